package config

import (
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// fixedTenantResources is what a tenant file's stack may hold besides its tenants: room for shared resources, and for CDK's metadata
// where it is switched on.
const fixedTenantResources = 10

// resourcesPerTenant counts the CloudFormation resources of one tenant in the stack of its file: its app client, the resource server of
// its own scopes, its secret with a rotation schedule, its API key with its secret and its place in a usage plan, and each secret's
// policy for the readers.
func resourcesPerTenant(t *Tenant) int {
	n := 0
	if t.ExistingClientID == "" {
		n++
	}
	if len(t.OwnScopes) > 0 {
		n++
	}
	if t.Credentials {
		n += 2
		if len(t.Readers) > 0 {
			n++
		}
	}
	if t.UsagePlan != "" {
		n += 3
		if len(t.Readers) > 0 {
			n++
		}
	}
	return n
}

// checkStackSizes reports tenant files that would become a stack over CloudFormation's limits. Every tenant has one output, its client_id.
func (l *loaded) checkStackSizes() {
	for _, file := range l.env.TenantFiles {
		resources, references := 0, 0
		for _, t := range file.Tenants {
			resources += resourcesPerTenant(t)
			if t.UsagePlan != "" {
				references++ // The API key's value, which its secret holds.
			}
		}
		var exceeded []string
		files := 0
		for _, quota := range []struct {
			what                 string
			used, fixed, allowed int
		}{
			{"outputs", len(file.Tenants), 0, awslimits.OutputsPerStack},
			{"resources", resources, fixedTenantResources, awslimits.ResourcesPerStack},
			{"dynamic references", references, 0, awslimits.DynamicReferencesPerTemplate},
		} {
			if quota.used+quota.fixed > quota.allowed {
				room := quota.allowed - quota.fixed
				exceeded = append(exceeded, fmt.Sprintf("%d %s (CloudFormation allows %d)", quota.used+quota.fixed, quota.what, quota.allowed))
				files = max(files, (quota.used+room-1)/room)
			}
		}
		if len(exceeded) > 0 {
			l.report(&file.Tenants, "%d tenants make a stack of %s: split %s into %d files by moving tenants that are not deployed yet, since "+
				"another file means another app client", len(file.Tenants), strings.Join(exceeded, " and "), file.Path, files)
		}
	}
}

// checkPoolSizes checks the clients and resource servers of all files against the quotas of one user pool.
func (l *loaded) checkPoolSizes() {
	clients, own := 0, 0
	for t := range l.tenants {
		clients++
		if len(t.OwnScopes) > 0 {
			own++
		}
	}
	limits := &l.env.Limits
	if most := limits.ClientsPerPool; l.sure(&limits.ClientsPerPool) && clients > most {
		l.report(&limits.ClientsPerPool, "%d tenants need as many app clients, the limit is %d: raise the account's quota (up to %d) and then "+
			"this limit, or move tenants to another environment", clients, most, awslimits.MaxClientsPerPool)
	}
	shared, most := len(l.env.ResourceServers), limits.ResourceServersPerPool
	if l.sure(&limits.ResourceServersPerPool) && shared+own > most {
		l.report(&limits.ResourceServersPerPool, "%d resource servers (%d shared, %d of tenants with own scopes), the limit is %d: raise the "+
			"account's quota (up to %d) and then this limit, or use fewer own scopes",
			shared+own, shared, own, most, awslimits.MaxResourceServersPerPool)
	}
}
