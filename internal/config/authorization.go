package config

import (
	"cmp"
	"reflect"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Authorization is what a request must pass besides Cognito's authentication of the client. Settings of other types are refused.
type Authorization struct {
	// Type says what a request must pass before the cache is asked, also when the cache would answer it. Settings of other types are refused.
	Type string `yaml:"type" default:"none" rule:"authorizationType"`
	// ClientIDs are the app clients that get in, about 140 at most, with type lambda. They do not go with integration http-proxy.
	ClientIDs []string `yaml:"clientIds" unique:"client id" rule:"ClientID" owner:"lambda"`
	// SourceNetworks are the networks that get in, with type lambda, which needs clientIds, sourceNetworks or both, or functionArn. They do
	// not go with integration http-proxy.
	SourceNetworks []string `yaml:"sourceNetworks" unique:"network" rule:"Network" owner:"lambda"`
	// FunctionARN is a request authorizer of your own in the environment's account and Region, with type lambda.
	FunctionARN string `yaml:"functionArn" rule:"FunctionARN" owner:"lambda" computed:"the project's own function"`
	// CacheTTL is how long API Gateway keeps the function's answers, with type lambda.
	CacheTTL time.Duration `yaml:"cacheTtl" default:"5m" rule:"AuthorizerTTL" owner:"lambda"`
	// CredentialsHeader carries the client's credentials, with type iam, since the request's signature is in the `Authorization` header. It
	// must not be originHeader.name.
	CredentialsHeader string `yaml:"credentialsHeader" default:"x-client-authorization" owner:"iam"`
	// Callers are ARNs of the IAM roles and users that may call, with type iam. Without them, all may whose own policies let them: of the
	// environment's account, or of resourcePolicy.allowedAccounts. Type iam does not go with integration http-proxy.
	Callers []string `yaml:"callers" unique:"caller" rule:"Caller" owner:"iam"`
	// UsagePlans limit the tenants' API keys, with type apiKey, which needs at least one. Every tenant then needs usagePlan.
	UsagePlans []*UsagePlan `yaml:"usagePlans" owner:"apiKey"`
}

// UsagePlan limits what a tenant's API key may use.
type UsagePlan struct {
	// Name is the name of the plan. Another name is another plan.
	Name string `yaml:"name" required:"true" unique:"usage plan" rule:"UsagePlanName"`
	// RequestsPerDay is the quota of each key. There is none by default.
	RequestsPerDay int `yaml:"requestsPerDay" rule:"Quota"`
	// RatePerSecond is the throttle of each key, at most that of the stage. Give ratePerSecond and burst, or neither.
	RatePerSecond float64 `yaml:"ratePerSecond"`
	// Burst is how many requests of a key may come at once. Give ratePerSecond and burst, or neither.
	Burst int `yaml:"burst"`
}

func (l *loaded) checkAuthorization(a *Authorization) {
	account, region := l.meant(&l.env.Account), l.meant(&l.env.Region)
	if l.sound(&a.FunctionARN) {
		l.must(&a.FunctionARN, cmp.Or(awslimits.InAccount(a.FunctionARN, account), awslimits.InRegion(a.FunctionARN, region)))
	}
	for i, caller := range a.Callers {
		if l.sound(&a.Callers[i]) {
			l.must(&a.Callers[i], awslimits.InPartition(caller, region))
		}
	}
	if l.given(&a.CredentialsHeader) {
		l.must(&a.CredentialsHeader, awslimits.CredentialsHeader(a.CredentialsHeader, l.env.OriginHeader.Name))
	}
	for _, p := range a.UsagePlans {
		l.checkPlan(p)
	}
	kind := l.meant(&a.Type)
	l.checkOwners(a, kind)
	switch kind {
	case "lambda":
		l.checkLambda(a)
	case "iam":
		l.checkIAM(a)
	case "apiKey":
		if len(a.UsagePlans) == 0 && !l.broken(&a.UsagePlans) {
			l.report(&a.UsagePlans, "is missing or empty: give at least one usage plan, without which API Gateway refuses every API key")
		}
	}
}

// checkOwners reports settings of other types than the one that is surely meant.
func (l *loaded) checkOwners(a *Authorization, meant string) {
	v := reflect.ValueOf(a).Elem()
	for _, s := range declared[v.Type()] {
		owner, field := s.Tag.Get("owner"), v.FieldByIndex(s.Index)
		at := field.Addr().Interface()
		if owner == "" || meant == "" || meant == owner || !l.given(at) || field.Kind() == reflect.Slice && field.Len() == 0 {
			continue
		}
		l.report(at, "is for type %s, and the type is %s: remove it, or use type %s", owner, meant, owner)
	}
}

// httpProxy says that requests are surely passed through.
func (l *loaded) httpProxy() bool { return l.meant(&l.env.Gateway.Integration) == "http-proxy" }

func (l *loaded) checkLambda(a *Authorization) {
	own, listed := l.given(&a.FunctionARN), len(a.ClientIDs)+len(a.SourceNetworks) > 0
	unsure := l.broken(&a.FunctionARN) || l.broken(&a.ClientIDs) || l.broken(&a.SourceNetworks)
	switch {
	case own && listed:
		l.report(&a.FunctionARN, "does not go with clientIds and sourceNetworks, which are for the project's own function: keep one of the two")
	case !own && !listed && !unsure:
		l.report(a, "type lambda has nothing to go by: give clientIds, sourceNetworks or both, or the functionArn of an authorizer of your own")
	}
	if own {
		l.needsAccount(&a.FunctionARN, "is a function")
	}
	if listed && l.httpProxy() {
		l.report(&l.env.Gateway.Integration, "http-proxy passes on a body that may name another client than the one that authorization looks "+
			"at: use canonical, or another authorization")
	}
}

func (l *loaded) checkIAM(a *Authorization) {
	if l.httpProxy() {
		l.report(&l.env.Gateway.Integration, "http-proxy passes the request's signature on to Cognito in the place of the client's credentials: "+
			"use canonical, or another authorization than iam")
	}
	if err := awslimits.CredentialsHeader(a.CredentialsHeader, l.env.OriginHeader.Name); l.absent(&a.CredentialsHeader) && err != nil {
		l.report(&a.CredentialsHeader, "is missing, and its default is not free: %v", err)
	}
}

// checkPlan checks the throttle of one plan, which that of the stage bounds.
func (l *loaded) checkPlan(p *UsagePlan) {
	if l.broken(&p.RatePerSecond) || l.broken(&p.Burst) || l.absent(&p.RatePerSecond) && l.absent(&p.Burst) {
		return
	}
	for _, half := range []any{&p.RatePerSecond, &p.Burst} {
		if l.absent(half) {
			l.report(half, "is missing: a plan's throttle needs ratePerSecond and burst, or neither")
			return
		}
	}
	if err := awslimits.Throttle(p.RatePerSecond, float64(p.Burst)); err != nil {
		l.report(&p.RatePerSecond, "%v", err)
		return
	}
	g := &l.env.Gateway
	unsure := l.broken(&g.ExpectedRequestsPerSecond) || l.broken(&g.Throttle.RatePerSecond)
	if stage := g.Throttle.RatePerSecond; !unsure && p.RatePerSecond > stage {
		l.report(&p.RatePerSecond, "%v requests a second are more than the %v that the stage's throttle lets through: lower it, or raise "+
			"gateway.throttle.ratePerSecond or gateway.expectedRequestsPerSecond", p.RatePerSecond, stage)
	}
}
