package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// credentials checks the settings of the tenants' credentials, switched off or not. They are nil when switched off.
func credentials(raw rawCredentials, environment string, problems *Problems) *Credentials {
	c := Credentials{
		SecretPrefix:        optional(raw.SecretPrefix, "m2m/"+environment+"/tenants/", awslimits.SecretPrefix, problems),
		Cadence:             optional(raw.Rotation, awslimits.DefaultCadence, awslimits.Cadence, problems),
		Grace:               orDefault(raw.Grace, awslimits.DefaultClientSecretGrace),
		SweepInterval:       optional(raw.SweepInterval, time.Hour, awslimits.SweepInterval, problems),
		OrganizationID:      optional(raw.OrganizationID, "", awslimits.OrganizationID, problems),
		ReaderAccounts:      readerAccounts(raw.ReaderAccounts, problems),
		ReservedConcurrency: optional(raw.ReservedConcurrency, 0, awslimits.ReservedConcurrency, problems),
		RevocationWindow:    optional(raw.RevocationWindow, awslimits.MaxRevocationWindow, awslimits.RevocationWindow, problems),
	}
	if raw.Grace.state != broken && raw.Rotation.state != broken && awslimits.Cadence(c.Cadence) == nil {
		if err := awslimits.ClientSecretGrace(c.Grace, c.Cadence); err != nil {
			problems.at(raw.Grace.place, "%v", err)
		}
	}
	if !orDefault(raw.Enabled, true) {
		return nil
	}
	return &c
}

func readerAccounts(raw list[value[string]], problems *Problems) []string {
	if len(raw.items) > awslimits.MaxReaderAccounts {
		problems.at(raw.place, "%d accounts are too many: use up to %d, or organizationId for all accounts of an organization", len(raw.items), awslimits.MaxReaderAccounts)
	}
	unique(raw.items, "account", problems)
	var accounts []string
	for _, account := range raw.items {
		accounts = append(accounts, optional(account, "", awslimits.AccountID, problems))
	}
	return accounts
}

// readership says who can be let read a tenant's secret: roles and accounts that may use the key it is encrypted with.
type readership struct {
	// enabled and disabled are both false when the setting could not be read.
	enabled, disabled bool
	// region is empty when it is not known.
	region string
	// anyAccount is true where an organization's accounts are let in, or where it is not known which accounts are; otherwise accounts are, and those
	// already reported.
	anyAccount bool
	accounts   map[string]bool
	ownAccount string
}

func newReadership(raw *rawEnvironment, env *Environment) readership {
	r := readership{
		enabled:    env.Credentials != nil,
		disabled:   env.Credentials == nil && raw.Credentials.Enabled.state == given,
		anyAccount: raw.Credentials.OrganizationID.state != absent || raw.Credentials.ReaderAccounts.state == broken || raw.Account.state != raw.Region.state,
		accounts:   map[string]bool{},
		ownAccount: env.Account,
	}
	if raw.Region.state == given && awslimits.Region(env.Region) == nil {
		r.region = env.Region
	}
	for _, account := range append(raw.Credentials.ReaderAccounts.items, raw.Account) {
		r.anyAccount = r.anyAccount || account.state == broken || account.state == given && awslimits.AccountID(account.got) != nil
		r.accounts[account.got] = true
	}
	return r
}

// tenantCredentials checks whether a tenant has credentials, and who reads them.
func (r readership) tenantCredentials(raw rawTenant, problems *Problems) (bool, []string) {
	if r.disabled && raw.Credentials.state == given && raw.Credentials.got {
		problems.at(raw.Credentials.place, "true, but the environment's credentials.enabled is false: remove one of the two")
	}
	if len(raw.Readers.items) > 0 && r.disabled {
		problems.at(raw.Readers.place, "there is no secret to read, since the environment's credentials.enabled is false: remove the readers, or enable credentials")
	} else if len(raw.Readers.items) > 0 && raw.Credentials.state == given && !raw.Credentials.got {
		problems.at(raw.Readers.place, "there is no secret to read, since the tenant's credentials is false: remove one of the two")
	}
	return r.enabled && orDefault(raw.Credentials, true), r.readers(raw.Readers, problems)
}

func (r readership) readers(raw list[value[string]], problems *Problems) []string {
	if len(raw.items) > awslimits.MaxReaders {
		problems.at(raw.place, "%d readers are too many: use up to %d, or accounts in the place of their roles", len(raw.items), awslimits.MaxReaders)
	}
	unique(raw.items, "reader", problems)
	var readers []string
	for _, item := range raw.items {
		reader := optional(item, "", awslimits.Reader, problems)
		readers = append(readers, reader)
		if item.state == given && awslimits.Reader(reader) == nil && !r.disabled {
			r.check(item, problems)
		}
	}
	return readers
}

// check reports a reader that no policy lets in, once for an account: one setting is missing. In an environment without account, no account is known to
// be its own, so each is named.
func (r readership) check(reader value[string], problems *Problems) {
	if err := awslimits.ReaderPartition(reader.got, r.region); err != nil {
		problems.at(reader.place, "%v", err)
	}
	account := awslimits.ReaderAccount(reader.got)
	if r.anyAccount || r.accounts[account] {
		return
	}
	r.accounts[account] = true
	switch r.ownAccount {
	case "":
		problems.at(reader.place, "reader %q is in account %s, and the environment names no account of its own: list the account in credentials.readerAccounts, or give account and region", reader.got, account)
	default:
		problems.at(reader.place, "reader %q is in account %s, which may not use the secrets' key: list the account in credentials.readerAccounts, or give credentials.organizationId when both accounts are in one organization", reader.got, account)
	}
}
