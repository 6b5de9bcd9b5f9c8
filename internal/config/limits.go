package config

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/rules"

// fixedTenantResources is what a tenant file's stack may hold besides its tenants: room for shared resources, and for CDK's metadata where it is switched on.
const fixedTenantResources = 10

// resourcesPerTenant counts the CloudFormation resources of one tenant in the stack of its file: its app client, and the resource server
// of its own scopes.
func resourcesPerTenant(t Tenant) int {
	n := 1
	if len(t.OwnScopes) > 0 {
		n++
	}
	return n
}

// stackSizes reports tenant files that would become a stack over CloudFormation's limits. Every tenant has one output, its client_id.
func stackSizes(env *Environment, raw []*rawTenantFile, problems *Problems) {
	for i, file := range env.TenantFiles {
		resources := 0
		for _, t := range file.Tenants {
			resources += resourcesPerTenant(t)
		}
		for _, quota := range []struct {
			what                 string
			used, fixed, allowed int
		}{
			{"outputs", len(file.Tenants), 0, rules.OutputsPerStack},
			{"resources", resources, fixedTenantResources, rules.ResourcesPerStack},
		} {
			if quota.used+quota.fixed <= quota.allowed {
				continue
			}
			room := quota.allowed - quota.fixed
			problems.at(raw[i].Tenants.place, "%d tenants make a stack of %d %s, CloudFormation allows %d: split %s into %d files",
				len(file.Tenants), quota.used+quota.fixed, quota.what, quota.allowed, file.Path, (quota.used+room-1)/room)
		}
	}
}

// poolSizes checks the clients and resource servers of all files against the quotas of one user pool.
func poolSizes(raw rawLimits, env *Environment, problems *Problems) {
	maxClients := optional(raw.ClientsPerPool, rules.ClientsPerPool, rules.ClientsLimit, problems)
	maxServers := optional(raw.ResourceServersPerPool, rules.ResourceServersPerPool, rules.ResourceServersLimit, problems)
	clients, own := 0, 0
	for _, file := range env.TenantFiles {
		for _, t := range file.Tenants {
			clients++
			if len(t.OwnScopes) > 0 {
				own++
			}
		}
	}
	if rules.ClientsLimit(maxClients) == nil && clients > maxClients {
		problems.at(raw.ClientsPerPool.place, "%d tenants need as many app clients, the limit is %d: raise the account's quota (up to %d) and then this limit, or move tenants to another environment",
			clients, maxClients, rules.MaxClientsPerPool)
	}
	if shared := len(env.ResourceServers); rules.ResourceServersLimit(maxServers) == nil && shared+own > maxServers {
		problems.at(raw.ResourceServersPerPool.place, "%d resource servers (%d shared, %d of tenants with own scopes), the limit is %d: raise the account's quota (up to %d) and then this limit, or use fewer own scopes",
			shared+own, shared, own, maxServers, rules.MaxResourceServersPerPool)
	}
}
