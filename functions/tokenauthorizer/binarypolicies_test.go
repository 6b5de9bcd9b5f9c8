package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func TestFunction_asksThePolicyStore(t *testing.T) {
	const route = "/tenants/{tenant}/orders/{order}"
	store, err := cedarstore.Load("../../constructs/tokenauthorizer/testdata/schema.json",
		"../../constructs/tokenauthorizer/testdata/policies")
	if err != nil {
		t.Fatal(err)
	}
	asked, failing := 0, false
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if failing {
			http.Error(w, `{"__type":"AccessDeniedException"}`, http.StatusForbidden)
			return
		}
		store.ServeHTTP(w, r)
	}))
	t.Cleanup(service.Close)
	issuer := verifytest.NewIssuer(t)
	function, output := start(t, issuer, settings.Routes{
		"GET " + route: {All: []string{verifytest.Scope}, Action: "ReadOrder",
			Resource: &settings.Resource{Type: "Order", ID: "order", Tenant: "tenant"}},
		"GET /catalog": {Any: []string{verifytest.Scope, "orders/write"}},
	}, settings.PolicyStoreIDVariable+"=PSEXAMPLEabcdefg111111", settings.NamespaceVariable+"="+store.Namespace(),
		"AWS_ENDPOINT_URL_VERIFIEDPERMISSIONS="+service.URL, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	good := issuer.Token(verifytest.Scope)
	orderOf := func(tenant, order, token string) []byte {
		return event(t, route, "/tenants/"+tenant+"/orders/"+order, token, map[string]string{"tenant": tenant, "order": order})
	}
	began := time.Now()
	first := ask(t, function, orderOf("billing", "7", good))
	elapsed := time.Since(began)
	for name, test := range map[string]struct {
		got, want string
	}{
		"own order":        {first, "Allow /GET/tenants/billing/orders/7"},
		"another tenant's": {ask(t, function, orderOf("rival", "7", good)), "Deny /GET/tenants/*/orders/*"},
		"a wildcard":       {ask(t, function, orderOf("billing", "*", good)), "Deny /GET/tenants/*/orders/*"},
		"a long id":        {ask(t, function, orderOf("billing", strings.Repeat("7", 201), good)), "Deny /GET/tenants/*/orders/*"},
		"no scope":         {ask(t, function, orderOf("billing", "7", issuer.Token("orders/write"))), "Deny /GET/tenants/*/orders/*"},
		"the whole API":    {ask(t, function, event(t, "/catalog", "/catalog", issuer.Token("orders/write"), nil)), "Allow /GET/catalog"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", name, test.got, test.want)
		}
	}
	if asked != 3 {
		t.Errorf("the store was asked %d times, want 3: what scopes or the path refuse needs no policy", asked)
	}
	before := asked
	for _, attack := range verifytest.Attacks(issuer) {
		want := "Unauthorized"
		if errors.Is(attack.Want, verify.ErrScope) || errors.Is(attack.Want, verify.ErrClient) {
			want = "Deny /GET/tenants/*/orders/*"
		}
		if got := ask(t, function, orderOf("billing", "7", attack.Token)); got != want {
			t.Errorf("%s: got %s, want %s", attack.Name, got, want)
		}
	}
	if asked != before {
		t.Errorf("the store was asked %d times about attacks", asked-before)
	}
	t.Logf("ready %v after exec, keys read; first answer with a policy decision %v later", function.Ready.Round(100*time.Microsecond),
		elapsed.Round(10*time.Microsecond))

	failing = true
	if got := ask(t, function, orderOf("billing", "7", good)); !strings.Contains(got, "asking policy store PSEXAMPLEabcdefg111111: ") {
		t.Errorf("a store that refuses: got %s, want an error", got)
	}
	if strings.Contains(output.String(), good) || strings.Contains(output.String(), "Bearer") {
		t.Error("a token is logged")
	}
}
