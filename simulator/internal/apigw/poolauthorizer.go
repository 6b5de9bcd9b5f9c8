package apigw

import (
	"fmt"
	"slices"
	"strings"
)

// Verify returns the claims of a token that a user pool signed and that has not expired.
type Verify func(token string) (claims map[string]any, err error)

const byUserPool = "COGNITO_USER_POOLS"

// newPoolAuthorizer reads an authorizer of type COGNITO_USER_POOLS.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
func newPoolAuthorizer(where string, spec authorizerSpec, c Config) (*authorizer, error) {
	a := &authorizer{clock: c.Clock, token: true}
	if len(spec.ProviderARNs) != 1 || spec.AuthorizerUri != "" {
		return nil, fmt.Errorf("%s: %d ProviderARNs and AuthorizerUri %q: one user pool and no function is supported with type %s", where,
			len(spec.ProviderARNs), spec.AuthorizerUri, byUserPool)
	}
	if err := a.readSettings(where, spec); err != nil {
		return nil, err
	}
	if c.Pool == nil {
		return nil, fmt.Errorf("%s: there is no user pool", where)
	}
	var err error
	if a.verify, err = c.Pool(spec.ProviderARNs[0]); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return a, nil
}

// askPool verifies each token anew. A method with scopes takes access tokens with one of them at least, a method without any takes identity
// tokens only.
func (s *Stage) askPool(req *request, rt *route) *refusal {
	if _, ok := rt.authorizer.identity(req); !ok {
		return unauthorized
	}
	header := rt.authorizer.sources[0].value(req)
	claims, err := rt.authorizer.verify(strings.TrimPrefix(header, "Bearer "))
	if err != nil || !rt.takes(claims) {
		return unauthorized
	}
	texts := map[string]any{}
	for name, value := range claims {
		texts[name] = text(value)
	}
	req.authorizer = map[string]any{"claims": texts}
	return nil
}

func (r *route) takes(claims map[string]any) bool {
	if len(r.scopes) == 0 {
		return claims["token_use"] == "id"
	}
	scope, _ := claims["scope"].(string)
	return claims["token_use"] == "access" && slices.ContainsFunc(strings.Fields(scope), func(s string) bool {
		return slices.Contains(r.scopes, s)
	})
}

// text is a value as API Gateway hands it on: numbers and booleans as text.
func text(value any) string {
	if number, ok := value.(float64); ok && number == float64(int64(number)) {
		return fmt.Sprint(int64(number))
	}
	return fmt.Sprint(value)
}
