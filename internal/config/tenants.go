package config

import (
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// tenantFile checks one tenant file, but for its scopes and what depends on other files, and fills in defaults.
func tenantFile(raw *rawTenantFile, name string, validity time.Duration, readership readership, metering metering, problems *Problems) TenantFile {
	nonEmpty(raw.Tenants, "tenant", problems)
	file := TenantFile{Name: name, Path: raw.file}
	for _, t := range raw.Tenants.items {
		file.Tenants = append(file.Tenants, tenant(t, validity, readership, metering, problems))
	}
	metering.missing(raw, problems)
	return file
}

func tenant(raw rawTenant, validity time.Duration, readership readership, metering metering, problems *Problems) Tenant {
	t := Tenant{
		ID:                  required(raw.ID, awslimits.TenantID, problems),
		AccessTokenValidity: optional(raw.AccessTokenValidity, validity, awslimits.CachedValidity, problems),
		OwnScopes:           scopes(raw.OwnScopes, problems),
	}
	t.Credentials, t.Readers = readership.tenantCredentials(raw, problems)
	t.UsagePlan = metering.tenant(raw, problems)
	unique(raw.Scopes.items, "scope", problems)
	for _, s := range raw.Scopes.items {
		t.Scopes = append(t.Scopes, s.got)
	}
	for _, s := range t.OwnScopes {
		if full := awslimits.OwnResourceServer(t.ID) + "/" + s.Name; !slices.Contains(t.Scopes, full) {
			t.Scopes = append(t.Scopes, full)
		}
	}
	if len(t.Scopes) == 0 && raw.Scopes.state != broken && raw.OwnScopes.state != broken {
		problems.at(raw.Scopes.place, "has no scope: give at least one in scopes or ownScopes, or tokens could not be requested")
	}
	if len(t.Scopes) > awslimits.ScopesPerClient {
		problems.at(raw.Scopes.place, "%d scopes, own ones included, are too many: a client has at most %d", len(t.Scopes), awslimits.ScopesPerClient)
	}
	return t
}

// uniqueTenants reports ids that several tenants have, in whatever files.
func uniqueTenants(files []*rawTenantFile, problems *Problems) {
	first := map[string]place{}
	for _, file := range files {
		for _, t := range file.Tenants.items {
			if t.ID.state != given {
				continue
			}
			if p, ok := first[t.ID.got]; ok {
				problems.at(t.ID.place, "duplicate tenant id %q: it is already at %s", t.ID.got, p)
				continue
			}
			first[t.ID.got] = t.ID.place
		}
	}
}

// uniqueOwnServers reports shared resource servers whose identifier a tenant's own resource server has.
func uniqueOwnServers(servers list[rawResourceServer], files []*rawTenantFile, problems *Problems) {
	owners := map[string]place{}
	for _, file := range files {
		for _, t := range file.Tenants.items {
			if t.ID.state == given && len(t.OwnScopes.items) > 0 {
				owners[awslimits.OwnResourceServer(t.ID.got)] = t.ID.place
			}
		}
	}
	for _, s := range servers.items {
		if p, ok := owners[s.Identifier.got]; ok {
			problems.at(s.Identifier.place, "resource server identifier %q belongs to the own scopes of the tenant at %s: use another one", s.Identifier.got, p)
		}
	}
}
