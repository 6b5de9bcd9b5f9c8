package config

import (
	"fmt"
	"slices"
	"strings"
)

// checkScopes reports scopes of tenants that do not exist, or belong to another tenant.
func (l *loaded) checkScopes() {
	var shared []string
	// complete is false when some shared scopes could not be read: then no scope is known to be unknown.
	complete := l.given(&l.env.ResourceServers) && len(l.env.ResourceServers) > 0
	for _, server := range l.env.ResourceServers {
		complete = complete && l.given(&server.Identifier) && l.given(&server.Scopes)
		for _, scope := range server.Scopes {
			complete = complete && l.given(&scope.Name)
			shared = append(shared, server.Identifier+"/"+scope.Name)
		}
	}
	slices.Sort(shared)
	shared = slices.Compact(shared)
	// owners maps a tenant's own scope to the tenant's id.
	owners := map[string]string{}
	for t := range l.tenants {
		for _, own := range t.ownScopes() {
			owners[own] = t.ID
		}
	}
	for t := range l.tenants {
		own := t.ownScopes()
		for i, scope := range t.Scopes {
			if _, known := slices.BinarySearch(shared, scope); known || slices.Contains(own, scope) || !l.given(&t.Scopes[i]) {
				continue
			}
			allowed := slices.Concat(own, shared)
			if owner, ok := owners[scope]; ok {
				l.report(&t.Scopes[i], "scope %q is an own scope of tenant %q: use %s", scope, owner, some(allowed))
			} else if complete {
				l.report(&t.Scopes[i], "unknown scope %q%s: use %s", scope, didYouMean(nearest(scope, allowed)), some(allowed))
			}
		}
	}
}

// some lists names, the first of them when they are many.
func some(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
