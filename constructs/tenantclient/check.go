package tenantclient

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// check checks the props of tenants at one place.
type check struct {
	region    string        // empty when it is known at deployment only
	scopes    []string      // of the pool's resource servers
	ttl       time.Duration // of the proxy's cache, 0 without a proxy
	durations map[awscdk.Duration]time.Duration
}

func newCheck(scope constructs.Construct, pool Pool, proxy Proxy) *check {
	c := &check{durations: map[awscdk.Duration]time.Duration{}}
	for _, s := range pool.Scopes() {
		c.scopes = append(c.scopes, *s)
	}
	if proxy != nil {
		c.ttl = time.Duration(*proxy.CacheTTL().ToSeconds(nil)) * time.Second
	}
	if region := awscdk.Stack_Of(scope).Region(); !report.IsToken(region) {
		c.region = *region
	}
	return c
}

// settings notes every mistake in props and returns what can be built in spite of it.
func (c *check) settings(props *TenantClientProps, errs *report.Errors) settings {
	s := settings{tenantID: "invalid", validity: awslimits.DefaultAccessTokenValidity, pool: props.Pool, proxy: props.Proxy}
	errs.Text("TenantID", props.TenantID, awslimits.TenantID)
	if props.TenantID != nil && !report.IsToken(props.TenantID) {
		s.tenantID = *props.TenantID
	}
	s.own = props.checkOwnScopes(s.tenantID, errs)
	var ownNames []string
	if s.own != nil {
		ownNames = s.own.FullNames()
	}
	s.shared = c.shared(props.Scopes, ownNames, errs)
	if n := len(props.OwnScopes) + countOthers(props.Scopes, ownNames); n < 1 || n > awslimits.ScopesPerClient {
		errs.Addf("Scopes", "tenant %q has %d scopes, OwnScopes included: a client has 1 to %d", s.tenantID, n, awslimits.ScopesPerClient)
	}
	c.validity(props, &s, errs)
	if props.DisableCredentials == nil || !*props.DisableCredentials {
		s.credentials = props.Credentials
	}
	s.clientID = props.checkExisting(s.credentials, errs)
	s.readers = c.readers(props.Readers, s.credentials, errs)
	return s
}

// checkExisting returns the id of the existing client, "" without one.
func (props *TenantClientProps) checkExisting(credentials Credentials, errs *report.Errors) string {
	if props.ExistingClientID == nil {
		return ""
	}
	if credentials == nil {
		errs.Addf("ExistingClientID", "needs Credentials: nothing is created for the client but its secret")
		return ""
	}
	if len(props.OwnScopes) > 0 {
		errs.Addf("OwnScopes", "has %d scopes, which an existing client does not get: give the client scopes of the pool's resource servers "+
			"and name them in Scopes",
			len(props.OwnScopes))
	}
	return errs.Text("ExistingClientID", props.ExistingClientID, awslimits.ClientID)
}

// shared returns the shared ones among the scopes. A scope of the tenant's own may be named there, too.
func (c *check) shared(scopes []*string, ownNames []string, errs *report.Errors) []string {
	known := errs.Texts("Scopes", scopes, func(scope string) error {
		if !slices.Contains(c.scopes, scope) && !slices.Contains(ownNames, scope) {
			return fmt.Errorf("%q is neither a scope of the pool's resource servers nor of OwnScopes: use one of %v", scope,
				slices.Concat(c.scopes, ownNames))
		}
		return nil
	})
	return slices.DeleteFunc(known, func(scope string) bool { return !slices.Contains(c.scopes, scope) })
}

// countOthers counts the scopes that are not among the tenant's own.
func countOthers(scopes []*string, ownNames []string) int {
	n := 0
	for _, scope := range scopes {
		if scope == nil || !slices.Contains(ownNames, *scope) {
			n++
		}
	}
	return n
}

func (props *TenantClientProps) checkOwnScopes(tenantID string, errs *report.Errors) *m2mpool.ResourceServer {
	if len(props.OwnScopes) == 0 {
		return nil
	}
	server := &m2mpool.ResourceServer{Identifier: jsii.String(awslimits.OwnResourceServer(tenantID)), Scopes: props.OwnScopes}
	if props.Pool.ResourceServer(*server.Identifier) != nil {
		errs.Addf("OwnScopes", "the pool already has a resource server %q, the identifier of this tenant's own", *server.Identifier)
		return nil
	}
	if mistakes := m2mpool.CheckScopes("OwnScopes", props.OwnScopes); len(mistakes) > 0 {
		errs.AddAll(mistakes)
		return nil
	}
	return server
}

func (c *check) validity(props *TenantClientProps, s *settings, errs *report.Errors) {
	if props.AccessTokenValidity != nil {
		validity, err := c.duration(props.AccessTokenValidity)
		if err != nil {
			errs.Add("AccessTokenValidity", err)
			return
		}
		s.validity = validity
	}
	if err := awslimits.AccessTokenValidity(s.validity); err != nil {
		errs.Add("AccessTokenValidity", err)
		return
	}
	if props.Proxy != nil {
		_, err := awslimits.CacheTTL(c.ttl, []awslimits.ClientValidity{{Client: s.tenantID, Validity: s.validity}})
		errs.Add("AccessTokenValidity", err)
	}
}

// duration asks CDK once for each: many tenants may share one.
func (c *check) duration(d awscdk.Duration) (time.Duration, error) {
	if known, ok := c.durations[d]; ok {
		return known, nil
	}
	got, err := report.Duration(d)
	if err == nil {
		c.durations[d] = got
	}
	return got, err
}

// readers returns those readers that can be built.
func (c *check) readers(readers []*string, credentials Credentials, errs *report.Errors) []string {
	if len(readers) > 0 && credentials == nil {
		errs.Addf("Readers", "has %d readers, but the tenant has no secret: give Credentials, or no reader", len(readers))
		return nil
	}
	if n := len(readers); n > awslimits.MaxReaders {
		errs.Addf("Readers", "%d readers are too many: a secret's policy has up to %d; let an account read and choose there", n,
			awslimits.MaxReaders)
	}
	return errs.Texts("Readers", readers, func(reader string) error {
		if err := awslimits.Reader(reader); err != nil {
			return err
		}
		if account := awslimits.ReaderAccount(reader); !credentials.Covers(account) {
			return fmt.Errorf("%q is in account %s, whose principals may not use the key of the secrets: add the account to the Credentials' "+
				"reader accounts, or remove the reader",
				reader, account)
		}
		return awslimits.ReaderPartition(reader, c.region)
	})
}
