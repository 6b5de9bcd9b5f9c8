package config

import (
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// ExistingPool is a user pool that the app does not create. Its domain and its resource servers stay as they are, too.
type ExistingPool struct {
	// ID is the id of the pool, which is in the environment's account and Region.
	ID string `yaml:"id" required:"true" rule:"UserPoolID"`
	// UsersBlocked must be true. It acknowledges that users of the pool can no longer sign in: the web ACL blocks them and the hosted pages.
	UsersBlocked bool `yaml:"usersBlocked" required:"true"`
	// WebACLReplaced must be true. It acknowledges that the pool's web ACL, if it has one, is replaced.
	WebACLReplaced bool `yaml:"webAclReplaced" required:"true"`
}

// checkExisting checks an existing pool, or else what only a pool that the app creates has to have.
func (l *loaded) checkExisting() {
	pool, env := l.env.UserPool.Existing, l.env
	created := l.absent(pool)
	for _, s := range env.ResourceServers {
		if l.given(&s.Name) && l.given(pool) {
			l.report(&s.Name, "does not go with userPool.existing, whose resource servers stay as they are: remove it")
		}
		for _, scope := range s.Scopes {
			l.checkDescription(scope, created)
		}
	}
	if !l.given(pool) {
		return
	}
	for _, setting := range []any{
		&env.UserPool.Name, &env.UserPool.FeaturePlan, &env.UserPool.DeletionProtection, &env.UserPool.Domain.CertificateARN,
	} {
		if l.given(setting) {
			l.report(setting, "does not go with userPool.existing, which stays as it is: remove it")
		}
	}
	if l.sound(&pool.UsersBlocked) && !pool.UsersBlocked {
		l.report(&pool.UsersBlocked, "false, but the pool's web ACL would block its users and hosted pages: use true if nobody needs them")
	}
	if l.sound(&pool.WebACLReplaced) && !pool.WebACLReplaced {
		l.report(&pool.WebACLReplaced, "false, but the web ACL would replace the one that the pool may have: use true if that may be")
	}
	region, _, _ := strings.Cut(pool.ID, "_")
	if home := l.meant(&env.Region); l.sound(&pool.ID) && home != "" && region != home {
		l.report(&pool.ID, "user pool %q is in %s, and the environment in %s: use a pool of the environment's region", pool.ID, region, home)
	}
	l.needsAccount(&pool.ID, "is a user pool")
}

// checkDescription reports a scope that is created without a description.
func (l *loaded) checkDescription(s *Scope, created bool) {
	if created && l.given(s) && l.absent(&s.Description) {
		l.report(&s.Description, "is missing: it must be given")
	}
}

// checkExistingClients checks the app clients that tenants have from before.
func (l *loaded) checkExistingClients() {
	first := map[string]*place{}
	for t := range l.tenants {
		for _, s := range t.OwnScopes {
			l.checkDescription(s, true)
		}
		id := &t.ExistingClientID
		if !l.given(id) {
			continue
		}
		if p, ok := first[*id]; ok {
			l.report(id, "duplicate existing client %q: it is already at %s", *id, p)
		}
		first[*id] = l.at(id)
		if l.absent(l.env.UserPool.Existing) {
			l.report(id, "needs userPool.existing: a pool that the app creates has no client from before; remove it, or name the client's pool")
		}
		if len(t.OwnScopes) > 0 {
			l.report(&t.OwnScopes, "does not go with existingClientId, since the client stays as it is: give it scopes of the pool's resource "+
				"servers, and name them in scopes")
		}
		if !l.broken(&t.Credentials) && !l.broken(&l.env.Credentials.Enabled) && !t.Credentials {
			l.report(id, "needs credentials, which are all that is created for the client: enable them, or remove the tenant")
		}
	}
}

// secretName is the last part of the name of a tenant's secret, which has the id of an existing client.
func (t *Tenant) secretName() string {
	if t.ExistingClientID == "" {
		return t.ID
	}
	return clientsecret.ExistingClient(t.ID, t.ExistingClientID)
}
