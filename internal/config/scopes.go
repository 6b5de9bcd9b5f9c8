package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// catalog holds every scope that a client could have.
type catalog struct {
	shared []string
	// owners maps a tenant's own scope to the tenant's id.
	owners map[string]string
	// complete is false when some shared scopes could not be read: then no scope is known to be unknown.
	complete bool
}

func newCatalog(servers list[rawResourceServer], files []*rawTenantFile) catalog {
	c := catalog{owners: map[string]string{}, complete: servers.state == given && len(servers.items) > 0}
	for _, server := range servers.items {
		c.complete = c.complete && server.Identifier.state == given && server.Scopes.state == given
		for _, scope := range server.Scopes.items {
			c.complete = c.complete && scope.Name.state == given
			c.shared = append(c.shared, server.Identifier.got+"/"+scope.Name.got)
		}
	}
	slices.Sort(c.shared)
	c.shared = slices.Compact(c.shared)
	for _, file := range files {
		for _, t := range file.Tenants.items {
			for _, own := range ownScopes(t) {
				c.owners[own] = t.ID.got
			}
		}
	}
	return c
}

// check reports the scopes of a tenant that do not exist, or belong to another tenant.
func (c catalog) check(t rawTenant, problems *Problems) {
	own := ownScopes(t)
	allowed := slices.Concat(own, c.shared)
	for _, s := range t.Scopes.items {
		if s.state != given || slices.Contains(own, s.got) {
			continue
		}
		if _, shared := slices.BinarySearch(c.shared, s.got); shared {
			continue
		}
		if owner, ok := c.owners[s.got]; ok {
			problems.at(s.place, "scope %q is an own scope of tenant %q: use %s", s.got, owner, some(allowed))
		} else if c.complete {
			problems.at(s.place, "unknown scope %q%s: use %s", s.got, didYouMean(nearest(s.got, allowed)), some(allowed))
		}
	}
}

// ownScopes returns the full names of a tenant's own scopes.
func ownScopes(t rawTenant) []string {
	var own []string
	for _, s := range t.OwnScopes.items {
		own = append(own, awslimits.OwnResourceServer(t.ID.got)+"/"+s.Name.got)
	}
	return own
}

// some lists names, the first of them when they are many.
func some(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
