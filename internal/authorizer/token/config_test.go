package token_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// environment returns valid environment variables with changes.
func environment(changes map[string]string) func(string) string {
	values := map[string]string{settings.UserPoolIDVariable: "eu-west-1_a",
		settings.RoutesVariable: `{"GET /orders":{"all":["orders/read"]}}`}
	for name, value := range changes {
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

func TestReadConfig_readsEverything(t *testing.T) {
	got, err := token.ReadConfig(environment(map[string]string{
		settings.ClientsVariable:       "shop=1example,shop=2example,billing=3example",
		settings.PolicyStoreIDVariable: "PS1", settings.NamespaceVariable: "Orders",
		settings.UserPoolIDVariable: "", settings.IssuersVariable: "https://a.example/pool https://b.example/pool=https://a.example/keys",
	}))
	want := token.Config{
		Verify: verify.Config{
			Issuers: []verify.Issuer{{URL: "https://a.example/pool"}, {URL: "https://b.example/pool", JWKSURL: "https://a.example/keys"}},
			Clients: map[string]string{"1example": "shop", "2example": "shop", "3example": "billing"},
		},
		Routes:        settings.Routes{"GET /orders": {All: []string{"orders/read"}}},
		PolicyStoreID: "PS1", Namespace: "Orders",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	got, err = token.ReadConfig(environment(nil))
	want = token.Config{Verify: verify.Config{UserPoolID: "eu-west-1_a"}, Routes: want.Routes}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("of a pool alone: %v (-want +got):\n%s", err, diff)
	}
}

func TestReadConfig_reportsMistakes(t *testing.T) {
	routes := func(table string) map[string]string { return map[string]string{settings.RoutesVariable: table} }
	clients := func(list string) map[string]string { return map[string]string{settings.ClientsVariable: list} }
	const bothOrNone = `: set both or none`
	for name, test := range map[string]struct {
		changes map[string]string
		want    []string
	}{
		"nothing":          {routes(""), []string{"environment variable ROUTES: is not set"}},
		"no routes":        {routes("{}"), []string{"ROUTES: is no table of routes: want one JSON object"}},
		"null":             {routes("null"), []string{"ROUTES: is no table of routes"}},
		"two tables":       {routes(`{"GET /a":{"all":["a/b"]}}{}`), []string{"ROUTES: is no table of routes"}},
		"a brace too many": {routes(`{"GET /a":{"all":["a/b"]}}}`), []string{"ROUTES: is no table of routes"}},
		"no scope": {routes(`{"GET /a":{"all":[]},"GET /b":{}}`),
			[]string{`route "GET /a": 0 scopes`, `route "GET /b": 0 scopes`}},
		"all and any": {routes(`{"GET /a":{"all":["a/b"],"any":["a/c"]}}`),
			[]string{"1 scopes of which all are needed and 1 of which one is"}},
		"unknown member":      {routes(`{"GET /a":{"scopes":["a/b"]}}`), []string{`unknown field "scopes"`}},
		"no scope of Cognito": {routes(`{"GET /a":{"any":["openid",""]}}`), []string{`scope "openid"`, `scope ""`}},
		"wildcard in a path":  {routes(`{"GET /a*":{"all":["a/b"]}}`), []string{`"GET /a*" is no route`}},
		"variable in a path":  {routes(`{"GET /$a":{"all":["a/b"]}}`), []string{`"GET /$a" is no route`}},
		"unknown method":      {routes(`{"get /a":{"all":["a/b"]}}`), []string{`"get /a" is no route`}},
		"resource of no store": {routes(`{"GET /{a}":{"all":["a/b"],"resource":{"type":"A","id":"a"}}}`),
			[]string{"which only a policy store uses"}},
		"no such parameter": {
			map[string]string{
				settings.PolicyStoreIDVariable: "p", settings.NamespaceVariable: "N",
				settings.RoutesVariable: `{"GET /{a}":{"all":["a/b"],"resource":{"type":"N::A","id":"b","tenant":"c"}}}`,
			},
			[]string{`resource type "N::A"`, `resource id "b" is no parameter of the path, which has ["a"]`, `resource tenant "c"`},
		},
		"store without namespace": {map[string]string{settings.PolicyStoreIDVariable: "p"}, []string{bothOrNone}},
		"namespace without store": {map[string]string{settings.NamespaceVariable: "N"},
			[]string{`POLICY_STORE_ID is "", CEDAR_NAMESPACE is "N"` + bothOrNone}},
		"client without tenant": {clients("1example"), []string{`CLIENTS: "1example" is not TENANT=CLIENTID`}},
		"client of two tenants": {clients("a=1example,b=1example"), []string{`CLIENTS: duplicate client "1example"`}},
		"no tenant's id":        {clients("A=1example"), []string{`CLIENTS: tenant id "A"`}},
		"empty list":            {clients(","), []string{`CLIENTS: "" is not TENANT=CLIENTID`}},
		"several": {map[string]string{settings.ClientsVariable: ",", settings.RoutesVariable: ""},
			[]string{"ROUTES:", "CLIENTS:"}},
	} {
		_, err := token.ReadConfig(environment(test.changes))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in:\n%v", name, want, err)
			}
		}
	}
}
