package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Credentials holds the settings of the tenants' secrets and their rotation.
type Credentials struct {
	// Enabled gives each tenant a secret with its credentials, whose client secret rotates. Switching it off deletes all secrets, which
	// deleteSecrets must allow.
	Enabled bool `yaml:"enabled" default:"true" see:"operate.md#delete-secrets"`
	// SecretPrefix is what the name of each tenant's secret begins with; the tenant's id follows. The rotation may use every secret with that
	// prefix, so no environment of the account and Region may have one that begins with another's. A change is a new secret for every tenant,
	// and deletes the old ones, which deleteSecrets must allow.
	SecretPrefix string `yaml:"secretPrefix" default:"m2m/{name}/tenants/" rule:"SecretPrefix"`
	// Rotation is how often client secrets rotate. Each tenant has its own time.
	Rotation string `yaml:"rotation" default:"monthly" rule:"Cadence"`
	// Grace is how long a superseded client secret goes on working: from 1h to an hour less than the shortest time between two rotations,
	// which is 24h, 168h, 28 days (672h) or 89 days (2136h). Secrets Manager starts a rotation at any time within an hour.
	Grace time.Duration `yaml:"grace" default:"24h"`
	// SweepInterval is how often new tenants get their first credentials, changed ones a new version, and superseded client secrets are
	// deleted.
	SweepInterval time.Duration `yaml:"sweepInterval" default:"1h" rule:"SweepInterval"`
	// OrganizationID lets tenants' readers be in any account of this organization.
	OrganizationID string `yaml:"organizationId" rule:"OrganizationID"`
	// ReaderAccounts are the other accounts that tenants' readers may be in.
	ReaderAccounts []string `yaml:"readerAccounts" unique:"account" rule:"AccountID" most:"readerAccounts"`
	// ReservedConcurrency is the number of concurrent executions that are reserved for the rotation function; 0 reserves none.
	ReservedConcurrency int `yaml:"reservedConcurrency" default:"0" rule:"ReservedConcurrency"`
	// RevocationWindow is how long revocations are collected before the cache is flushed for all of them.
	RevocationWindow time.Duration `yaml:"revocationWindow" default:"5m" rule:"RevocationWindow"`
}

// checkCredentials checks the settings of the tenants' credentials, switched off or not.
func (l *loaded) checkCredentials(c *Credentials) {
	if !l.broken(&c.Grace) && l.sure(&c.Rotation) {
		l.must(&c.Grace, awslimits.ClientSecretGrace(c.Grace, c.Rotation))
	}
}

// readership says who can be let read a tenant's secret: roles and accounts that may use the key it is encrypted with.
type readership struct {
	*loaded
	// disabled says that there surely are no secrets.
	disabled bool
	// anyAccount is true where an organization's accounts are let in, or where it is not known which accounts are; otherwise accounts are,
	// and those already reported.
	anyAccount bool
	accounts   map[string]bool
}

func (l *loaded) readership() readership {
	c, env := l.env.Credentials, l.env
	r := readership{
		loaded:   l,
		disabled: l.given(&c.Enabled) && !c.Enabled,
		anyAccount: !l.absent(&c.OrganizationID) || l.broken(&c.ReaderAccounts) ||
			!l.sure(&env.Account) || l.absent(&env.Account) != l.absent(&env.Region),
		accounts: map[string]bool{env.Account: true},
	}
	for i, account := range c.ReaderAccounts {
		r.anyAccount = r.anyAccount || !l.sound(&c.ReaderAccounts[i])
		r.accounts[account] = true
	}
	return r
}

// check checks whether a tenant has credentials, and who reads them.
func (r readership) check(t *Tenant) {
	if r.disabled && r.given(&t.Credentials) && t.Credentials {
		r.report(&t.Credentials, "true, but the environment's credentials.enabled is false: remove one of the two")
	}
	switch {
	case len(t.Readers) == 0:
	case r.disabled:
		r.report(&t.Readers, "there is no secret to read, since the environment's credentials.enabled is false: remove the "+
			"readers, or enable credentials")
	case r.given(&t.Credentials) && !t.Credentials:
		r.report(&t.Readers, "there is no secret to read, since the tenant's credentials is false: remove one of the two")
	}
	t.Credentials = t.Credentials && r.env.Credentials.Enabled
	for i := range t.Readers {
		if r.sound(&t.Readers[i]) && !r.disabled {
			r.reader(&t.Readers[i])
		}
	}
}

// reader reports a reader that no policy lets in, once for an account: one setting is missing. In an environment without account, no
// account is known to be its own, so each is named.
func (r readership) reader(reader *string) {
	r.must(reader, awslimits.ReaderPartition(*reader, r.meant(&r.env.Region)))
	account := awslimits.ReaderAccount(*reader)
	if r.anyAccount || r.accounts[account] {
		return
	}
	r.accounts[account] = true
	switch r.env.Account {
	case "":
		r.report(reader, "reader %q is in account %s, and the environment names no account of its own: list the account in "+
			"credentials.readerAccounts, or give account and region", *reader, account)
	default:
		r.report(reader, "reader %q is in account %s, which may not use the secrets' key: list the account in "+
			"credentials.readerAccounts, or give credentials.organizationId when both accounts are in one organization", *reader, account)
	}
}
