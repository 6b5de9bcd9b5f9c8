package cognito_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

// with is a copy of the properties in which name has this value; nil removes it.
func with(props map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(props)
	changed[name] = value
	if value == nil {
		delete(changed, name)
	}
	return changed
}

func TestClient_addResourceServerRefuses(t *testing.T) {
	p := newPool(t, cognito.Config{})
	good := resourceServer("billing", "read")
	scope := func(name string) []any { return []any{map[string]any{"ScopeName": name, "ScopeDescription": "d"}} }
	many := make([]any, 101)
	for i := range many {
		many[i] = map[string]any{"ScopeName": strings.Repeat("s", i+1), "ScopeDescription": "d"}
	}
	for _, test := range []struct {
		props map[string]any
		want  string
	}{
		{with(good, "Typo", 1.0), "stack/Server.Typo: unknown property"},
		{with(good, "Name", nil), "stack/Server.Name: is required"},
		{with(good, "UserPoolId", "eu-west-1_other"),
			`stack/Server.UserPoolId: got "eu-west-1_other", want the simulated user pool eu-west-1_Exampl001`},
		{with(good, "Identifier", "a b"), `stack/Server.Identifier: got "a b"`},
		{with(good, "Identifier", "orders"), `stack/Server.Identifier: the user pool eu-west-1_Exampl001 has a resource server "orders" already`},
		{with(good, "Scopes", scope("a/b")), `stack/Server.Scopes[0].ScopeName: got "a/b"`},
		{with(good, "Scopes", append(scope("a"), scope("a")...)), `stack/Server.Scopes[1].ScopeName: "a" is there twice`},
		{with(good, "Scopes", many), "stack/Server.Scopes: got 101 scopes, Cognito allows 100"},
	} {
		if err := p.AddResourceServer("stack/Server", test.props); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	if err := p.AddResourceServer("stack/Server", good); err != nil {
		t.Errorf("a refused resource server left something behind: %v", err)
	}
}

func TestClient_addClientRefuses(t *testing.T) {
	p := newPool(t, cognito.Config{})
	good := clientProperties("orders/read")
	many := make([]string, 51)
	for i := range many {
		many[i] = "orders/read"
	}
	for _, test := range []struct {
		props map[string]any
		want  string
	}{
		{map[string]any{}, "stack/Client.UserPoolId: is required"},
		{with(good, "Typo", 1.0), "stack/Client.Typo: unknown property"},
		{with(good, "UserPoolId", "x"), `stack/Client.UserPoolId: got "x"`},
		{with(good, "GenerateSecret", false), "stack/Client.GenerateSecret: got false, want true"},
		{with(good, "GenerateSecret", nil), "stack/Client.GenerateSecret: is required"},
		{with(good, "AllowedOAuthFlowsUserPoolClient", false), "stack/Client.AllowedOAuthFlowsUserPoolClient: got false, want true"},
		{with(good, "AllowedOAuthFlows", []any{"client_credentials", "code"}),
			`stack/Client.AllowedOAuthFlows: got ["client_credentials" "code"], want client_credentials alone`},
		{with(good, "ExplicitAuthFlows", []any{"ALLOW_CLIENT_TOKEN_AUTH"}), `stack/Client.ExplicitAuthFlows[0]: got "ALLOW_CLIENT_TOKEN_AUTH"`},
		{with(good, "CallbackURLs", []any{}), "stack/Client.CallbackURLs: is not simulated"},
		{with(good, "AllowedOAuthScopes", []any{"orders/delete"}),
			`stack/Client.AllowedOAuthScopes[0]: got "orders/delete", the resource server has orders/read, orders/write`},
		{with(good, "AllowedOAuthScopes", []any{"stock/read"}),
			`stack/Client.AllowedOAuthScopes[0]: got "stock/read", want a custom scope: there is no resource server "stock"`},
		{with(good, "AllowedOAuthScopes", []any{"openid"}), `got "openid", want a custom scope`},
		{with(good, "AllowedOAuthScopes", []any{"orders/read", "orders/read"}),
			`stack/Client.AllowedOAuthScopes[1]: "orders/read" is there twice`},
		{with(good, "AllowedOAuthScopes", many), "stack/Client.AllowedOAuthScopes: got 51 scopes, Cognito allows 50"},
		{with(good, "AccessTokenValidity", 4.0), "stack/Client.AccessTokenValidity: got 4 minutes, want 5m0s to 24h0m0s"},
		{with(good, "AccessTokenValidity", 0.0), "stack/Client.AccessTokenValidity: got 0"},
		{with(with(good, "AccessTokenValidity", 25.0), "TokenValidityUnits", nil), "stack/Client.AccessTokenValidity: got 25 hours"},
		{with(good, "TokenValidityUnits", map[string]any{"AccessToken": "weeks"}), `stack/Client.TokenValidityUnits.AccessToken: got "weeks"`},
	} {
		if _, err := p.AddClient("stack/Client", test.props); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
	if _, err := p.AddClient("stack/Client", good); err != nil {
		t.Errorf("a refused client left something behind: %v", err)
	}
	if _, err := p.AddClient("stack/Client", good); err == nil {
		t.Error("two clients of one path")
	}
}

func TestClient_areDescribed(t *testing.T) {
	p := newPool(t, cognito.Config{})
	validity := func(name string, n any, unit string) map[string]any {
		props := with(with(clientProperties("orders/read", "orders/write"), "ClientName", name), "AccessTokenValidity", n)
		if unit == "" {
			return with(props, "TokenValidityUnits", nil)
		}
		return with(props, "TokenValidityUnits", map[string]any{"AccessToken": unit, "IdToken": "hours"})
	}
	want := []cognito.Client{}
	for _, c := range []struct {
		name, unit string
		n          any
		validity   time.Duration
	}{
		{"a", "seconds", 300.0, 5 * time.Minute}, {"b", "minutes", "60", time.Hour}, {"c", "hours", 24.0, 24 * time.Hour},
		{"d", "days", 1.0, 24 * time.Hour},
		{"e", "", 2.0, 2 * time.Hour}, {"f", "", nil, time.Hour}, {"g", "minutes", nil, time.Hour},
	} {
		id, err := p.AddClient("stack/"+c.name, validity(c.name, c.n, c.unit))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, cognito.Client{ID: id, Name: c.name, Scopes: []string{"orders/read", "orders/write"}, Validity: c.validity})
	}
	if diff := cmp.Diff(want, p.Clients()); diff != "" {
		t.Error(diff)
	}
	if _, err := p.AddClient("stack/Unnamed", with(clientProperties("orders/read"), "ClientName", nil)); err != nil ||
		p.Clients()[0].Name != "Unnamed" {
		t.Errorf("%v, %v", err, p.Clients()[0])
	}
}
