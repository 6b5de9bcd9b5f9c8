package tenantclient

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rules"
)

// client is what a TenantClient is built from, after the check.
type client struct {
	tenantID string
	shared   []string
	own      *m2mpool.ResourceServer
	validity time.Duration
}

// check notes every mistake in props and returns what can be built in spite of it.
func (props *TenantClientProps) check(errs *report.Errors) client {
	c := client{tenantID: "invalid", validity: rules.DefaultAccessTokenValidity}
	switch {
	case props.TenantID == nil:
		errs.Addf("TenantID", "is required")
	case report.IsToken(props.TenantID):
		errs.Addf("TenantID", "must be known at synth: the tenant's resources are named by it")
	default:
		errs.Add("TenantID", rules.TenantID(*props.TenantID))
		c.tenantID = *props.TenantID
	}
	c.own = props.checkOwnScopes(c.tenantID, errs)
	var ownNames []string
	if c.own != nil {
		ownNames = c.own.FullNames()
	}
	c.shared = props.checkScopes(ownNames, errs)
	if n := len(props.OwnScopes) + countOthers(props.Scopes, ownNames); n < 1 || n > rules.ScopesPerClient {
		errs.Addf("Scopes", "tenant %q has %d scopes, OwnScopes included: a client has 1 to %d", c.tenantID, n, rules.ScopesPerClient)
	}
	props.checkValidity(&c, errs)
	return c
}

// checkScopes returns the shared ones among Scopes. A scope of the tenant's own may be named there, too.
func (props *TenantClientProps) checkScopes(ownNames []string, errs *report.Errors) []string {
	var seen, shared []string
	for i, scope := range props.Scopes {
		prop := fmt.Sprintf("Scopes[%d]", i)
		switch {
		case scope == nil:
			errs.Addf(prop, "is nil")
			continue
		case slices.Contains(seen, *scope):
			errs.Addf(prop, "%q is there twice", *scope)
		case slices.Contains(props.Pool.Scopes(), *scope):
			shared = append(shared, *scope)
		case !slices.Contains(ownNames, *scope):
			errs.Addf(prop, "%q is neither a scope of the pool's resource servers nor of OwnScopes: use one of %v",
				*scope, slices.Concat(props.Pool.Scopes(), ownNames))
		}
		seen = append(seen, *scope)
	}
	return shared
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
	server := &m2mpool.ResourceServer{Identifier: jsii.String(rules.OwnResourceServer(tenantID)), Scopes: props.OwnScopes}
	if props.Pool.ResourceServer(*server.Identifier) != nil {
		errs.Addf("OwnScopes", "the pool already has a resource server %q, the identifier of this tenant's own", *server.Identifier)
		return nil
	}
	var own report.Errors
	if server.Check("OwnScopes", &own); !errs.Merge(own) {
		return nil
	}
	return server
}

func (props *TenantClientProps) checkValidity(c *client, errs *report.Errors) {
	if props.AccessTokenValidity != nil {
		validity, err := report.Duration(props.AccessTokenValidity)
		if err != nil {
			errs.Add("AccessTokenValidity", err)
			return
		}
		c.validity = validity
	}
	if err := rules.AccessTokenValidity(c.validity); err != nil {
		errs.Add("AccessTokenValidity", err)
		return
	}
	if props.Proxy != nil {
		_, err := rules.CacheTTL(props.Proxy.CacheTTL(), []rules.ClientValidity{{Client: c.tenantID, Validity: c.validity}})
		errs.Add("AccessTokenValidity", err)
	}
}
