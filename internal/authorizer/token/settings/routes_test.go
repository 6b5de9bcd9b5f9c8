package settings_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
)

func TestRoutes_areReadBack(t *testing.T) {
	routes := settings.Routes{
		"GET /a": {All: []string{"a/b", "a/c"}}, "ANY /{path+}": {Any: []string{"https://a.example/v1/x"}, Action: "A"},
		"GET /{a}/{b-1}": {All: []string{"a/b"}, Resource: &settings.Resource{Type: "A", ID: "b-1", Tenant: "a"}},
		"POST /":         {All: []string{"a/b"}},
	}
	got, err := settings.Decode(routes.Encode())
	if diff := cmp.Diff(routes, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestPattern_coversThePathsOfARoute(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/orders": "/orders", "/orders/{order}": "/orders/*", "/{a}/{b}/c": "/*/*/c", "/files/{path+}": "/files/*",
		"/{a-b.c_d}": "/*",
	} {
		if got := settings.Pattern(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := settings.Parameters("/{a}/{b}/{path+}"); !slices.Equal(got, []string{"a", "b", "path"}) {
		t.Errorf("parameters: got %v", got)
	}
}

func TestRoute_isMetByItsScopes(t *testing.T) {
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
