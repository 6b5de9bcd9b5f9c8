package apigw

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
)

// identity is the values of the identity sources; ok is false when one is missing. Without results kept, API Gateway is documented both to
// check a REQUEST authorizer's sources and not to: here it does not, so that the function has to.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
func (a *authorizer) identity(req *request) (key string, ok bool) {
	var b strings.Builder
	for _, from := range a.sources {
		value := from.value(req)
		if value == "" && (a.token || a.ttl > 0) {
			return "", false
		}
		writePart(&b, value)
	}
	if a.valid != nil && !a.valid.MatchString(a.sources[0].value(req)) {
		return "", false
	}
	return b.String(), true
}

// newResult takes what a function returned. Its context may have texts, numbers and booleans, which the integration gets as texts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
func newResult(response events.APIGatewayCustomAuthorizerResponse) (result, error) {
	p, err := policy.FromAuthorizer(response)
	if err != nil {
		return result{}, err
	}
	r := result{policy: p, context: map[string]any{"principalId": response.PrincipalID}}
	for name, value := range response.Context {
		switch reflect.ValueOf(value).Kind() {
		case reflect.String, reflect.Bool, reflect.Float64, reflect.Float32, reflect.Int, reflect.Int64, reflect.Int32:
			r.context[name] = text(value)
		default:
			return result{}, fmt.Errorf("the authorizer's context has a %T under %q, want a text, a number or a boolean", value, name)
		}
	}
	return r, nil
}

func (a *authorizer) kept(key string) (result, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.results[key]
	return r, ok && a.clock().Before(r.expires)
}

// keep keeps refusals as well as permissions.
func (a *authorizer) keep(key string, r result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.results) >= maxResults {
		clear(a.results)
	}
	r.expires = a.clock().Add(a.ttl)
	a.results[key] = r
}
