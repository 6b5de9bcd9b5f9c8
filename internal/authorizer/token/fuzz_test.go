package token_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// goodToken is the only one that is genuine.
const goodToken = "good"

type oneToken struct{}

func (oneToken) Verify(_ context.Context, token string, _ ...verify.Requirement) (*verify.Token, error) {
	if token != goodToken {
		return nil, &verify.Error{Reason: verify.ErrMalformed}
	}
	return &verify.Token{ClientID: "client", Tenant: "shop", Scopes: []string{"orders/read"}}, nil
}

// Whatever a client writes into a request, and even what API Gateway should never make of it: only the good token is let in, only
// where its scope is enough, and with policies by a resource that stands for nothing but itself.
func FuzzHandle(f *testing.F) {
	const order = "/tenants/{tenant}/orders/{order}"
	table := settings.Routes{
		"GET " + order: {All: []string{"orders/read"}, Resource: &settings.Resource{Type: "Order", ID: "order", Tenant: "tenant"}},
		"PUT " + order: {All: []string{"orders/write"}, Resource: &settings.Resource{Type: "Order", ID: "order", Tenant: "tenant"}},
		"GET /catalog": {Any: []string{"orders/read"}},
	}
	for _, seed := range []struct{ method, resource, path, tenant, order, authorization string }{
		{"GET", order, "/tenants/shop/orders/7", "shop", "7", "Bearer " + goodToken},
		{"GET", order, "/tenants/shop/orders/*", "shop", "*", "Bearer " + goodToken},
		{"PUT", order, "/tenants/shop/orders/7", "shop", "7", "bearer " + goodToken},
		{"GET", "/catalog", "/catalog", "", "", "Bearer x"},
		{"", "", "", "", "", ""},
	} {
		event, err := json.Marshal(request(seed.method, seed.resource, seed.path, seed.authorization,
			map[string]string{"tenant": seed.tenant, "order": seed.order}))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(event)
	}
	byScopes := token.New(token.Config{Routes: table}, oneToken{}, nil, slog.New(slog.DiscardHandler))
	byPolicies := token.New(token.Config{Routes: table}, oneToken{}, &store{allow: true}, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, text []byte) {
		var event authorizer.Event
		if json.Unmarshal(text, &event) != nil {
			return
		}
		for name, a := range map[string]*token.Authorizer{"scopes": byScopes, "policies": byPolicies} {
			response, err := a.Handle(t.Context(), event)
			if err != nil || response.PolicyDocument.Statement[0].Effect != "Allow" {
				continue
			}
			resource := response.PolicyDocument.Statement[0].Resource[0]
			if !strings.Contains(string(text), goodToken) || event.RequestContext.HTTPMethod != "GET" {
				t.Errorf("%s: allowed %s", name, resource)
			}
			if name == "policies" && (resource != event.MethodArn || strings.ContainsAny(resource, "*?$")) {
				t.Errorf("policies allow %q, asked for %q", resource, event.MethodArn)
			}
		}
	})
}
