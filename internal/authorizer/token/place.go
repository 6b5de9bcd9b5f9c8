package token

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
)

// place is where a request goes.
type place struct {
	methodARN            string // of the path that the client asked for
	stageARN             string
	method, resourcePath string
	parameters           map[string]string
	key                  string // of the route
	route                settings.Route
}

// find reads where the request goes. The method must be the same in the ARN and in the context: the answer is kept under the one
// and speaks of the other.
func (a *Authorizer) find(event authorizer.Event) (place, error) {
	p := place{
		methodARN: event.MethodArn, method: event.RequestContext.HTTPMethod, resourcePath: event.RequestContext.ResourcePath,
		parameters: event.PathParameters,
	}
	// arn:PARTITION:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
	parts := strings.SplitN(event.MethodArn, "/", 4)
	if len(parts) < 3 || parts[2] != p.method || p.method == "" || !strings.HasPrefix(p.resourcePath, "/") {
		return place{}, authorizer.ErrNoMethod
	}
	p.stageARN = parts[0] + "/" + parts[1]
	var found bool
	if p.key, p.route, found = a.config.Routes.Find(p.method, p.resourcePath); !found {
		return place{}, fmt.Errorf("there is no route %q: require scopes for the method, or take the authorizer away from it",
			settings.Key(p.method, p.resourcePath))
	}
	return p, nil
}

// pattern is the resource of a policy for all paths of the route.
func (p place) pattern() string {
	return p.stageARN + "/" + p.method + settings.Pattern(p.resourcePath)
}

// exact is the resource of a policy for the one path, or why there can be none.
func (p place) exact() (string, refusal) {
	if strings.ContainsAny(p.methodARN, "*?$") {
		return "", wildcards
	}
	for _, name := range slices.Sorted(maps.Keys(p.parameters)) {
		if strings.Contains(p.resourcePath, "{"+name+"+}") {
			continue
		}
		if value := p.parameters[name]; strings.Contains(value, "/") || strings.Contains(strings.ToLower(value), "%2f") {
			return "", slashes
		}
	}
	return p.methodARN, ""
}
