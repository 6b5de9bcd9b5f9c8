package settings_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// environment is a good one with changes; an empty value leaves a variable out.
func environment(changes map[string]string) func(string) string {
	values := map[string]string{settings.UserPoolIDVariable: "eu-west-1_a", settings.RoutesVariable: `{"GET /orders":{"all":["orders/read"]}}`}
	for name, value := range changes {
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

func TestRead(t *testing.T) {
	got, err := settings.Read(environment(map[string]string{
		settings.ClientsVariable: "shop=1example,shop=2example,billing=3example", settings.PolicyStoreIDVariable: "PS1", settings.NamespaceVariable: "Orders",
		settings.UserPoolIDVariable: "", settings.IssuersVariable: "https://a.example/pool https://b.example/pool=https://a.example/keys",
	}))
	want := settings.Config{
		Issuers:       []verify.Issuer{{URL: "https://a.example/pool"}, {URL: "https://b.example/pool", JWKSURL: "https://a.example/keys"}},
		Routes:        settings.Routes{"GET /orders": {All: []string{"orders/read"}}},
		Clients:       map[string]string{"1example": "shop", "2example": "shop", "3example": "billing"},
		PolicyStoreID: "PS1", Namespace: "Orders",
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := settings.Read(environment(nil)); err != nil || got.Clients != nil || got.UserPoolID != "eu-west-1_a" || got.Issuers != nil {
		t.Errorf("of a pool alone: got %+v, %v", got, err)
	}
}

func TestReadReportsEveryMistake(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]string
		want    []string
	}{
		"nothing":              {map[string]string{settings.UserPoolIDVariable: "", settings.RoutesVariable: ""}, []string{`USER_POOL_ID and ISSUERS: set one of the two, got "" and ""`, "ROUTES: is not set"}},
		"pool and issuers":     {map[string]string{settings.IssuersVariable: "https://a.example"}, []string{`got "eu-west-1_a" and "https://a.example"`}},
		"no routes":            {map[string]string{settings.RoutesVariable: "{}"}, []string{"ROUTES: is no table of routes: want one JSON object"}},
		"null":                 {map[string]string{settings.RoutesVariable: "null"}, []string{"ROUTES: is no table of routes"}},
		"two tables":           {map[string]string{settings.RoutesVariable: `{"GET /a":{"all":["a/b"]}}{}`}, []string{"ROUTES: is no table of routes"}},
		"a brace too many":     {map[string]string{settings.RoutesVariable: `{"GET /a":{"all":["a/b"]}}}`}, []string{"ROUTES: is no table of routes"}},
		"no scope":             {map[string]string{settings.RoutesVariable: `{"GET /a":{"all":[]},"GET /b":{}}`}, []string{`route "GET /a": 0 scopes`, `route "GET /b": 0 scopes`}},
		"all and any":          {map[string]string{settings.RoutesVariable: `{"GET /a":{"all":["a/b"],"any":["a/c"]}}`}, []string{"1 scopes of which all are needed and 1 of which one is"}},
		"unknown member":       {map[string]string{settings.RoutesVariable: `{"GET /a":{"scopes":["a/b"]}}`}, []string{`unknown field "scopes"`}},
		"no scope of Cognito":  {map[string]string{settings.RoutesVariable: `{"GET /a":{"any":["openid",""]}}`}, []string{`scope "openid"`, `scope ""`}},
		"wildcard in a path":   {map[string]string{settings.RoutesVariable: `{"GET /a*":{"all":["a/b"]}}`}, []string{`"GET /a*" is no route`}},
		"variable in a path":   {map[string]string{settings.RoutesVariable: `{"GET /$a":{"all":["a/b"]}}`}, []string{`"GET /$a" is no route`}},
		"unknown method":       {map[string]string{settings.RoutesVariable: `{"get /a":{"all":["a/b"]}}`}, []string{`"get /a" is no route`}},
		"resource of no store": {map[string]string{settings.RoutesVariable: `{"GET /{a}":{"all":["a/b"],"resource":{"type":"A","id":"a"}}}`}, []string{"names a resource, which only a policy store looks at"}},
		"no such parameter": {map[string]string{settings.PolicyStoreIDVariable: "p", settings.NamespaceVariable: "N", settings.RoutesVariable: `{"GET /{a}":{"all":["a/b"],"resource":{"type":"N::A","id":"b","tenant":"c"}}}`},
			[]string{`resource type "N::A"`, `resource id "b" is no parameter of the path, which has ["a"]`, `resource tenant "c"`}},
		"store without namespace": {map[string]string{settings.PolicyStoreIDVariable: "p"}, []string{"POLICY_STORE_ID and CEDAR_NAMESPACE are set both or not at all"}},
		"namespace without store": {map[string]string{settings.NamespaceVariable: "N"}, []string{"POLICY_STORE_ID and CEDAR_NAMESPACE are set both or not at all"}},
		"client without tenant":   {map[string]string{settings.ClientsVariable: "1example"}, []string{`CLIENTS: "1example" is no TENANT=CLIENTID`}},
		"client of two tenants":   {map[string]string{settings.ClientsVariable: "a=1example,b=1example"}, []string{`CLIENTS: client "1example" is there twice`}},
		"no tenant's id":          {map[string]string{settings.ClientsVariable: "A=1example"}, []string{`CLIENTS: tenant id "A"`}},
		"empty list":              {map[string]string{settings.ClientsVariable: ","}, []string{`CLIENTS: "" is no TENANT=CLIENTID`}},
	} {
		_, err := settings.Read(environment(test.changes))
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

func TestEncodeIsReadBack(t *testing.T) {
	routes := settings.Routes{
		"GET /a": {All: []string{"a/b", "a/c"}}, "ANY /{path+}": {Any: []string{"https://a.example/v1/x"}, Action: "A"},
		"GET /{a}/{b-1}": {All: []string{"a/b"}, Resource: &settings.Resource{Type: "A", ID: "b-1", Tenant: "a"}}, "POST /": {All: []string{"a/b"}},
	}
	got, err := settings.Decode(routes.Encode())
	if diff := cmp.Diff(routes, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestPattern(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/orders": "/orders", "/orders/{order}": "/orders/*", "/{a}/{b}/c": "/*/*/c", "/files/{path+}": "/files/*", "/{a-b.c_d}": "/*",
	} {
		if got := settings.Pattern(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := settings.Parameters("/{a}/{b}/{path+}"); !slices.Equal(got, []string{"a", "b", "path"}) {
		t.Errorf("parameters: got %v", got)
	}
}

func TestMet(t *testing.T) {
	for name, test := range map[string]struct {
		route settings.Route
		has   []string
		want  bool
	}{
		"nothing needed":  {settings.Route{}, []string{"a/b"}, false},
		"all, both":       {settings.Route{All: []string{"a/b", "a/c"}}, []string{"a/c", "a/b"}, true},
		"all, one":        {settings.Route{All: []string{"a/b", "a/c"}}, []string{"a/c"}, false},
		"all, none":       {settings.Route{All: []string{"a/b"}}, nil, false},
		"any, one":        {settings.Route{Any: []string{"a/b", "a/c"}}, []string{"a/c"}, true},
		"any, none":       {settings.Route{Any: []string{"a/b", "a/c"}}, []string{"a/d"}, false},
		"any, empty text": {settings.Route{Any: []string{"a/b"}}, []string{""}, false},
	} {
		if got := test.route.Met(func(scope string) bool { return slices.Contains(test.has, scope) }); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
