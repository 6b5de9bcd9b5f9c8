package token_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// store answers as it is told, and remembers what it was asked.
type store struct {
	allow bool
	err   error
	asked []token.Question
}

func (s *store) Allows(_ context.Context, q token.Question) (bool, error) {
	s.asked = append(s.asked, q)
	return s.allow, s.err
}

func TestAuthorizer_asksThePolicyStore(t *testing.T) {
	const order = "/tenants/{tenant}/orders/{order}"
	table := settings.Routes{
		"GET " + order: {All: []string{"orders/read"}, Action: "ReadOrder",
			Resource: &settings.Resource{Type: "Order", ID: "order", Tenant: "tenant"}},
		"PUT " + order:              {All: []string{"orders/read"}, Resource: &settings.Resource{Type: "Order", ID: "order"}},
		"ANY /catalog":              {Any: []string{"orders/read"}},
		"GET /files/{name}/{path+}": {All: []string{"orders/read"}, Resource: &settings.Resource{Type: "File", ID: "path"}},
	}
	shop := "shop"
	question := func(action, resourceType, id string, tenant *string) []token.Question {
		return []token.Question{{
			ClientID: verifytest.ClientID, Tenant: verifytest.Tenant, Scopes: []string{"orders/read"}, Action: action,
			ResourceType: resourceType, ResourceID: id, ResourceTenant: tenant,
		}}
	}
	long := strings.Repeat("7", 201)
	issuer := verifytest.NewIssuer(t)
	for name, test := range map[string]struct {
		method, resource, path string
		parameters             map[string]string
		store                  store
		want                   string
		asked                  []token.Question
	}{
		"an entity with its tenant": {"GET", order, "/tenants/shop/orders/7", map[string]string{"tenant": "shop", "order": "7"},
			store{allow: true},
			"Allow /GET/tenants/shop/orders/7", question("ReadOrder", "Order", "7", &shop)},
		"no consent": {"GET", order, "/tenants/shop/orders/7", map[string]string{"tenant": "shop", "order": "7"}, store{},
			"Deny /GET/tenants/*/orders/*", question("ReadOrder", "Order", "7", &shop)},
		"an entity without a tenant, the action by default": {"PUT", order, "/tenants/shop/orders/7",
			map[string]string{"tenant": "shop", "order": "7"}, store{allow: true},
			"Allow /PUT/tenants/shop/orders/7", question("PUT "+order, "Order", "7", nil)},
		"the path itself": {"POST", "/catalog", "/catalog", nil, store{allow: true}, "Allow /POST/catalog",
			question("ANY /catalog", "Api", "/catalog", nil)},
		"the rest of the path": {"GET", "/files/{name}/{path+}", "/files/a/b/c", map[string]string{"name": "a", "path": "b/c"},
			store{allow: true},
			"Allow /GET/files/a/b/c", question("GET /files/{name}/{path+}", "File", "b/c", nil)},
		"a slash in a parameter": {"GET", "/files/{name}/{path+}", "/files/a%2Fb/c", map[string]string{"name": "a/b", "path": "c"},
			store{allow: true}, "Deny /GET/files/*/*", nil},
		"an encoded one": {"GET", "/files/{name}/{path+}", "/files/a%252fb/c",
			map[string]string{"name": "a%2fb", "path": "c"}, store{allow: true}, "Deny /GET/files/*/*", nil},
		"a wildcard in the path": {"GET", order, "/tenants/shop/orders/*", map[string]string{"tenant": "shop", "order": "*"},
			store{allow: true}, "Deny /GET/tenants/*/orders/*", nil},
		"a wildcard for one letter": {"GET", order, "/tenants/shop/orders/?", map[string]string{"tenant": "shop", "order": "?"},
			store{allow: true}, "Deny /GET/tenants/*/orders/*", nil},
		"a variable in the path": {"GET", order, "/tenants/shop/orders/$", map[string]string{"tenant": "shop", "order": "$"},
			store{allow: true}, "Deny /GET/tenants/*/orders/*", nil},
		"an id that is too long": {"GET", order, "/tenants/shop/orders/" + long, map[string]string{"tenant": "shop", "order": long},
			store{allow: true}, "Deny /GET/tenants/*/orders/*", nil},
		"a tenant that is too long": {"GET", order, "/tenants/" + long + "/orders/7", map[string]string{"tenant": long, "order": "7"},
			store{allow: true}, "Deny /GET/tenants/*/orders/*", nil},
		"a parameter that is missing": {"GET", order, "/tenants/shop/orders/7", map[string]string{"tenant": "shop"}, store{allow: true},
			"Deny /GET/tenants/*/orders/*", nil},
		"a store that does not answer": {"POST", "/catalog", "/catalog", nil, store{allow: true, err: errors.New("throttled")},
			"throttled", question("ANY /catalog", "Api", "/catalog", nil)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(t, issuer, table, &test.store)
			if got := said(s.Handle(t.Context(), request(test.method, test.resource, test.path, "Bearer "+s.issuer.Token("orders/read"),
				test.parameters))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if diff := cmp.Diff(test.asked, test.store.asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// Whose the client is comes from its token, as a parent and as an attribute, whatever tenant the path names.
func TestQuestion_hasTheEntities(t *testing.T) {
	rival := "rival"
	q := token.Question{
		ClientID: "1example", Tenant: "shop", Scopes: []string{"orders/read"}, Action: "ReadOrder", ResourceType: "Order",
		ResourceID: "7", ResourceTenant: &rival,
	}
	const want = `[{"uid":{"type":"Orders::Client","id":"1example"},` +
		`"attrs":{"tenant":{"__entity":{"type":"Orders::Tenant","id":"shop"}}},` +
		`"parents":[{"type":"Orders::Tenant","id":"shop"},{"type":"Orders::Scope","id":"orders/read"}]},` +
		`{"uid":{"type":"Orders::Order","id":"7"},"attrs":{"tenant":{"__entity":{"type":"Orders::Tenant","id":"rival"}}},"parents":[]}]`
	if got := q.Entities("Orders"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
