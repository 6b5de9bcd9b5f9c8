package apigw

import (
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
)

// identity is the values of the identity sources; ok is false when one is missing. Without results kept, API Gateway is documented both to check a
// REQUEST authorizer's sources and not to: here it does not, so that the function has to.
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

func (a *authorizer) kept(key string) *policy.Policy {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.results[key]; ok && a.clock().Before(r.expires) {
		return r.policy
	}
	return nil
}

// keep keeps refusals as well as permissions.
func (a *authorizer) keep(key string, p *policy.Policy) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.results) >= maxResults {
		clear(a.results)
	}
	a.results[key] = result{p, a.clock().Add(a.ttl)}
}
