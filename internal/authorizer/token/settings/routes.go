package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Routes are the routes that the authorizer decides about, by Key.
type Routes map[string]Route

// Route is what a request to a method of a path needs. Exactly one of All and Any has scopes.
type Route struct {
	// All are scopes that the token needs, all of them.
	All []string `json:"all,omitempty"`
	// Any are scopes of which the token needs one.
	Any []string `json:"any,omitempty"`
	// Action is the id of the Cedar action. Empty: the route's key.
	Action string `json:"action,omitempty"`
	// Resource is what the request acts on, for a policy store. Nil: the path itself, an entity of type Api.
	Resource *Resource `json:"resource,omitempty"`
}

// Resource names an entity by parameters of the path.
type Resource struct {
	// Type is the entity's type, without the namespace.
	Type string `json:"type"`
	// ID is the path parameter that holds the entity's id.
	ID string `json:"id"`
	// Tenant is the path parameter that holds the id of the tenant that the entity belongs to. Empty: the entity has no tenant.
	Tenant string `json:"tenant,omitempty"`
}

// AnyMethod stands for every method of a path that has no route of its own.
const AnyMethod = "ANY"

// Key names a route: an HTTP method, or AnyMethod, and the path as API Gateway writes it, for example "GET /orders/{order}".
func Key(method, path string) string { return method + " " + path }

// Find is the route of a request. As in API Gateway, a method of its own comes before AnyMethod.
func (r Routes) Find(method, path string) (key string, route Route, found bool) {
	for _, key := range []string{Key(method, path), Key(AnyMethod, path)} {
		if route, found := r[key]; found {
			return key, route, true
		}
	}
	return "", Route{}, false
}

// Met says whether a token with these scopes has what the route needs. A route without scopes is never met: a list that came out
// empty by mistake must not open anything.
func (r Route) Met(has func(scope string) bool) bool {
	if slices.ContainsFunc(r.Any, has) {
		return true
	}
	return len(r.All) > 0 && !slices.ContainsFunc(r.All, func(scope string) bool { return !has(scope) })
}

var (
	routeKey = regexp.MustCompile(`^(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (/(?:(?:` + segment + `)(?:/(?:` + segment + `))*)?)$`)
	// parameter is a path parameter, at its end + if it takes the rest of the path.
	parameter = regexp.MustCompile(`\{([A-Za-z0-9._-]+)\+?\}`)
	entity    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// scope is a resource server's identifier, '/' and a name. RFC 6749 section 3.3 has the characters, of which Cognito allows fewer.
	scope = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+/[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$`)
)

// segment is a part of a path. '*', '?' and '$' are not among its characters: in a policy's resource they would stand for others.
const segment = `\{[A-Za-z0-9._-]+\+?\}|[A-Za-z0-9._~:@,-]+`

// Parameters are the names of the path's parameters.
func Parameters(path string) []string {
	var names []string
	for _, match := range parameter.FindAllStringSubmatch(path, -1) {
		names = append(names, match[1])
	}
	return names
}

// Pattern is a path with '*' for each parameter, as a policy's resource has it. '*' also stands for '/', so that the pattern of
// /orders/{order} covers /orders/{order}/items too: who keeps a policy has to keep it under its route.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func Pattern(path string) string { return parameter.ReplaceAllString(path, "*") }

// Scope checks the form of a scope as tokens carry it.
func Scope(name string) error {
	if !scope.MatchString(name) {
		return fmt.Errorf("scope %q is no custom scope: use RESOURCESERVER/NAME, for example orders/read", name)
	}
	return nil
}

// Check reports what is wrong with a route.
func (r Route) Check(key string) error {
	var errs []error
	if !routeKey.MatchString(key) {
		errs = append(errs, fmt.Errorf(
			"%q is no route: use a method and a path of letters, digits, ._~:@,- and parameters, for example GET /orders/{order}", key))
	}
	if (len(r.All) == 0) == (len(r.Any) == 0) {
		errs = append(errs, fmt.Errorf(
			"%d scopes of which all are needed and %d of which one is: want one of the two, with one scope at least", len(r.All), len(r.Any)))
	}
	for _, name := range slices.Concat(r.All, r.Any) {
		errs = append(errs, Scope(name))
	}
	if r.Resource != nil {
		errs = append(errs, r.Resource.check(key))
	}
	return errors.Join(errs...)
}

func (r *Resource) check(key string) error {
	var errs []error
	if !entity.MatchString(r.Type) {
		errs = append(errs, fmt.Errorf("resource type %q is no Cedar identifier: use letters, digits and '_', without the namespace",
			r.Type))
	}
	parameters := Parameters(key)
	if !slices.Contains(parameters, r.ID) {
		errs = append(errs, fmt.Errorf("resource id %q is no parameter of the path, which has %q", r.ID, parameters))
	}
	if r.Tenant != "" && !slices.Contains(parameters, r.Tenant) {
		errs = append(errs, fmt.Errorf("resource tenant %q is no parameter of the path, which has %q", r.Tenant, parameters))
	}
	return errors.Join(errs...)
}

// Encode writes the table for RoutesVariable. The same table is always the same text.
func (r Routes) Encode() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // Texts can always be marshalled.
	}
	return string(text)
}

// Decode reads what Encode wrote, and refuses what it does not know: a misspelt member would be a requirement that nobody checks.
func Decode(text string) (Routes, error) {
	if text == "" {
		return nil, errors.New("is not set")
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var routes Routes
	if err := decoder.Decode(&routes); err != nil {
		return nil, fmt.Errorf("is no table of routes: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || len(routes) == 0 {
		return nil, errors.New("is no table of routes: want one JSON object with one route at least")
	}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(routes)) {
		if err := routes[key].Check(key); err != nil {
			errs = append(errs, fmt.Errorf("route %q: %w", key, err))
		}
	}
	return routes, errors.Join(errs...)
}
