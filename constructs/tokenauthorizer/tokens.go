package tokenauthorizer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// tokens are those of one user pool.
type tokens struct {
	pool awscognito.IUserPool
	// scopes are all that there are; nil: not known.
	scopes []string
}

// tokensOf needs one of the two pools: without any there is nothing that a later check could go on with.
func tokensOf(name string, pool *m2mpool.M2MPool, userPool awscognito.IUserPool) tokens {
	switch {
	case (pool == nil) == (userPool == nil):
		panic("tokenauthorizer: " + name + " needs exactly one of Pool and UserPool")
	case pool == nil:
		return tokens{pool: userPool}
	}
	t := tokens{pool: pool.UserPool()}
	for _, scope := range pool.Scopes() {
		t.scopes = append(t.scopes, *scope)
	}
	return t
}

// checked are the requirement's scopes; every mistake in them is noted.
func (t tokens) checked(r *Requirement, errs *report.Errors) []string {
	if len(r.Scopes) == 0 {
		errs.Addf("Scopes", "is empty: name a scope, since without one every token of the user pool would do, or none of a machine's")
	}
	var scopes []string
	for i, scope := range r.Scopes {
		at := fmt.Sprintf("Scopes[%d]", i)
		switch {
		case scope == nil:
			errs.Addf(at, "is missing")
			continue
		case report.IsToken(scope):
			errs.Addf(at, "must be known at synth: it is compared with what tokens carry")
			continue
		}
		if err := settings.Scope(*scope); err != nil {
			errs.Add(at, err)
		} else if t.scopes != nil && !slices.Contains(t.scopes, *scope) {
			errs.Addf(at, "scope %q is of no resource server of the pool, which has %s", *scope, strings.Join(t.scopes, ", "))
		}
		scopes = append(scopes, *scope)
	}
	if twice := awslimits.Twice(scopes); twice != "" {
		errs.Addf("Scopes", "%q is there twice", twice)
	}
	return scopes
}

// onlyAny notes what API Gateway's own authorizers cannot check.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
func (r *Requirement) onlyAny(errs *report.Errors) {
	if len(r.Scopes) > 1 && !r.anyScope() {
		errs.Addf("Scopes", "has %d scopes, of which API Gateway's own authorizer takes any one: set AnyScope, or use NewLambdaAuthorizer",
			len(r.Scopes))
	}
	if r.Action != nil || r.Resource != nil {
		errs.Addf("Action", "goes with VerifiedPermissions, and so does Resource: use NewLambdaAuthorizer")
	}
}

func (r *Requirement) anyScope() bool { return r.AnyScope != nil && *r.AnyScope }

// defaultTTL is in RFC 7519 section 4.1.4's "small leeway, usually no more than a few minutes", and so is the most that is allowed:
// a kept answer outlives the token that it was given for.
const (
	defaultTTL = time.Minute
	maxTTL     = 5 * time.Minute
)

func checkTTL(d awscdk.Duration, errs *report.Errors) time.Duration {
	if d == nil {
		return defaultTTL
	}
	ttl, err := report.Duration(d)
	if err == nil && (ttl < 0 || ttl > maxTTL || ttl%time.Second != 0) {
		err = fmt.Errorf("%s is not allowed: use whole seconds from 0 to %s, since a token is taken for so long after it has expired",
			ttl, maxTTL)
	}
	errs.Add("CacheTTL", err)
	return ttl
}

// checkClients notes mistakes and returns what can be used.
func checkClients(clients []*Client, tenants bool, errs *report.Errors) []*Client {
	var valid []*Client
	var ids []string
	for i, c := range clients {
		at := fmt.Sprintf("Clients[%d]", i)
		if c == nil || c.ID == nil {
			errs.Addf(at+".ID", "is required")
			continue
		}
		if !report.IsToken(c.ID) {
			errs.Add(at+".ID", awslimits.ClientID(*c.ID))
		}
		ids = append(ids, *c.ID)
		switch {
		case !tenants && c.Tenant != nil:
			errs.Addf(at+".Tenant", "is %q, which API Gateway's JWT authorizer has no place for: leave it out", *c.Tenant)
		case tenants && c.Tenant == nil:
			errs.Addf(at+".Tenant", "is required")
			continue
		case tenants && report.IsToken(c.Tenant):
			errs.Addf(at+".Tenant", "must be known at synth, where it is checked")
		case tenants:
			errs.Add(at+".Tenant", awslimits.TenantID(*c.Tenant))
		}
		valid = append(valid, c)
	}
	if twice := awslimits.Twice(ids); twice != "" {
		errs.Addf("Clients", "%q is there twice", twice)
	}
	return valid
}
