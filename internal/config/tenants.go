package config

import (
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// TenantFile is a file of tenants, which becomes one stack.
type TenantFile struct {
	// Name is the file's name without its extension.
	Name, Path string
	// Tenants are the tenants of the file.
	Tenants []*Tenant `yaml:"tenants" least:"tenant"`
}

// Tenant is one machine client with its scopes.
type Tenant struct {
	// ID names the app client. It must be unique in the environment.
	ID string `yaml:"id" required:"true" rule:"TenantID"`
	// ExistingClientID is the id of an app client that the tenant has already, in userPool.existing. Its client secret goes on working until
	// you delete it. Then scopes and accessTokenValidity are those that the client has.
	ExistingClientID string `yaml:"existingClientId" rule:"ClientID" see:"existing-pool.md#keep-an-existing-clients-credentials"`
	// AccessTokenValidity is how long the tenant's access tokens are valid. The shortest of all tenants bounds the cache TTL.
	AccessTokenValidity time.Duration `yaml:"accessTokenValidity" rule:"CachedValidity" computed:"tokens.accessTokenValidity"`
	// Scopes are full names, IDENTIFIER/NAME. A tenant has 1 to 50 scopes together with ownScopes.
	Scopes []string `yaml:"scopes" unique:"scope"`
	// OwnScopes are scopes of this tenant alone. They get a resource server of their own, tenant-ID, and the tenant's client has all of them.
	OwnScopes []*Scope `yaml:"ownScopes" most:"scopes"`
	// Credentials false leaves out the secret and its rotation: somebody hands over the client secret that Cognito generated.
	Credentials bool `yaml:"credentials" default:"true" computed:"credentials.enabled"`
	// Readers may read the tenant's secret: ARNs of IAM roles, which must exist when the stack is deployed, and ids of accounts, whose own
	// policies then say who. Those of other accounts need credentials.readerAccounts or organizationId. In an environment without account,
	// all of them do, since no account is known to be its own.
	Readers []string `yaml:"readers" unique:"reader" rule:"Reader" most:"readers"`
	// UsagePlan is the plan of the tenant's API key: one of gateway.authorization.usagePlans. It is required with authorization type apiKey.
	UsagePlan string `yaml:"usagePlan"`
}

// AllScopes are the full names of all scopes of the client: in the order of the file, then own scopes not listed there.
func (t *Tenant) AllScopes() []string {
	all := slices.Clone(t.Scopes)
	for _, own := range t.ownScopes() {
		if !slices.Contains(all, own) {
			all = append(all, own)
		}
	}
	return all
}

// ownScopes are the full names of a tenant's own scopes.
func (t *Tenant) ownScopes() []string {
	var own []string
	for _, s := range t.OwnScopes {
		own = append(own, awslimits.OwnResourceServer(t.ID)+"/"+s.Name)
	}
	return own
}

// checkTenant checks a tenant, but for its scopes and what depends on other tenants.
func (l *loaded) checkTenant(t *Tenant) {
	if l.absent(&t.AccessTokenValidity) {
		t.AccessTokenValidity = l.env.Tokens.AccessTokenValidity
	}
	n := len(t.AllScopes())
	if n == 0 && !l.broken(&t.Scopes) && !l.broken(&t.OwnScopes) {
		l.report(&t.Scopes, "has no scope: give at least one in scopes or ownScopes, or tokens could not be requested")
	}
	if n > awslimits.ScopesPerClient {
		l.report(&t.Scopes, "%d scopes, own ones included, are too many: a client has at most %d", n, awslimits.ScopesPerClient)
	}
}

// checkIDs reports ids that several tenants have, in whatever files, and shared resource servers whose identifier a tenant's own resource
// server has.
func (l *loaded) checkIDs() {
	first, owners := map[string]*place{}, map[string]*place{}
	for t := range l.tenants {
		if !l.given(&t.ID) {
			continue
		}
		at := l.at(&t.ID)
		if len(t.OwnScopes) > 0 {
			owners[awslimits.OwnResourceServer(t.ID)] = at
		}
		if p, ok := first[t.ID]; ok {
			l.report(&t.ID, "duplicate tenant id %q: it is already at %s", t.ID, p)
			continue
		}
		first[t.ID] = at
	}
	for _, s := range l.env.ResourceServers {
		if p, ok := owners[s.Identifier]; ok {
			l.report(&s.Identifier, "resource server identifier %q belongs to the own scopes of the tenant at %s: use another one", s.Identifier, p)
		}
	}
}

// metering says which usage plans a tenant can have.
type metering struct {
	*loaded
	// authorization is the type that is surely meant, or "".
	authorization string
	// plans are the names of all plans; known is false when some could not be read.
	plans []string
	known bool
}

func (l *loaded) metering() metering {
	a := &l.env.Gateway.Authorization
	m := metering{loaded: l, authorization: l.meant(&a.Type), known: len(a.UsagePlans) > 0}
	for _, p := range a.UsagePlans {
		m.known = m.known && l.given(&p.Name)
		m.plans = append(m.plans, p.Name)
	}
	return m
}

// check checks the usage plan of one tenant.
func (m metering) check(t *Tenant) {
	switch {
	case !m.given(&t.UsagePlan) || m.authorization == "":
	case m.authorization != "apiKey":
		m.report(&t.UsagePlan, "is for API keys, and gateway.authorization.type is %s: remove it, or use type apiKey", m.authorization)
	case m.known && !slices.Contains(m.plans, t.UsagePlan):
		m.report(&t.UsagePlan, "unknown usage plan %q%s: use %s", t.UsagePlan, didYouMean(nearest(t.UsagePlan, m.plans)), some(m.plans))
	}
}

// missing reports the tenants of a file without a usage plan, where API keys are asked for.
func (m metering) missing(file *TenantFile) {
	if m.authorization != "apiKey" || !m.known {
		return
	}
	var without []*Tenant
	var ids []string
	for _, t := range file.Tenants {
		if m.given(t) && m.absent(&t.UsagePlan) {
			without, ids = append(without, t), append(ids, t.ID)
		}
	}
	if len(ids) > 0 {
		m.report(&without[0].UsagePlan, "is missing for %s: gateway.authorization asks for an API key, which must be in a plan; use %s",
			tenantsNamed(ids), some(m.plans))
	}
}
