package config

import (
	"cmp"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Authorization is what a request must pass besides Cognito's authentication of the client.
type Authorization struct {
	// Type is none, lambda, iam or apiKey; the fields of the other types are zero.
	Type string
	// FunctionARN is an own function, of type lambda; else ClientIDs and SourceNetworks are who gets in. An empty one of them is everyone.
	FunctionARN               string
	ClientIDs, SourceNetworks []string
	// CacheTTL is how long the function's answers are kept.
	CacheTTL time.Duration
	// CredentialsHeader carries the client's credentials, of type iam. Callers are ARNs of IAM roles and users; none are all that may by their own policies.
	CredentialsHeader string
	Callers           []string
	// UsagePlans are what the tenants' API keys may use, of type apiKey.
	UsagePlans []UsagePlan
}

// authorization checks what a request must pass besides Cognito's authentication of the client. What belongs to another type is left out.
func authorization(raw rawAuthorization, d door, problems *Problems) Authorization {
	a := Authorization{Type: optional(raw.Type, "none", authorizationType, problems)}
	header := optional(raw.CredentialsHeader, awslimits.DefaultCredentialsHeader, d.credentialsHeader, problems)
	ttl := optional(raw.CacheTTL, awslimits.DefaultAuthorizerTTL, awslimits.AuthorizerTTL, problems)
	function := optional(raw.FunctionARN, "", d.functionARN, problems)
	clients := texts(raw.ClientIDs, "client id", awslimits.ClientID, problems)
	networks := texts(raw.SourceNetworks, "network", awslimits.Network, problems)
	callers := texts(raw.Callers, "caller", d.caller, problems)
	plans := usagePlans(raw.UsagePlans, d, problems)
	belongs(raw, d.authorization, problems)
	switch d.authorization {
	case "lambda":
		a.FunctionARN, a.ClientIDs, a.SourceNetworks, a.CacheTTL = function, clients, networks, ttl
		d.lambda(raw, problems)
	case "iam":
		a.CredentialsHeader, a.Callers = header, callers
		d.iam(raw, problems)
	case "apiKey":
		a.UsagePlans = plans
		nonEmpty(raw.UsagePlans, "usage plan, without which API Gateway refuses every API key", problems)
	}
	return a
}

func authorizationType(name string) error {
	return awslimits.OneOf("authorization type", name, "none", "lambda", "iam", "apiKey")
}

// belongs reports settings of other types than the one that is surely meant.
func belongs(raw rawAuthorization, meant string, problems *Problems) {
	for _, setting := range []struct {
		place
		used  bool
		owner string
	}{
		{raw.ClientIDs.place, len(raw.ClientIDs.items) > 0, "lambda"},
		{raw.SourceNetworks.place, len(raw.SourceNetworks.items) > 0, "lambda"},
		{raw.FunctionARN.place, raw.FunctionARN.state == given, "lambda"},
		{raw.CacheTTL.place, raw.CacheTTL.state == given, "lambda"},
		{raw.CredentialsHeader.place, raw.CredentialsHeader.state == given, "iam"},
		{raw.Callers.place, len(raw.Callers.items) > 0, "iam"},
		{raw.UsagePlans.place, len(raw.UsagePlans.items) > 0, "apiKey"},
	} {
		if setting.used && meant != "" && meant != setting.owner {
			problems.at(setting.place, "is for type %s, and the type is %s: remove it, or use type %s", setting.owner, meant, setting.owner)
		}
	}
}

func (d door) lambda(raw rawAuthorization, problems *Problems) {
	own, listed := raw.FunctionARN.state == given, len(raw.ClientIDs.items)+len(raw.SourceNetworks.items) > 0
	unsure := raw.FunctionARN.state == broken || raw.ClientIDs.state == broken || raw.SourceNetworks.state == broken
	switch {
	case own && listed:
		problems.at(raw.FunctionARN.place, "does not go with clientIds and sourceNetworks, which are for the project's own function: keep one of the two")
	case !own && !listed && !unsure:
		problems.at(raw.place, "type lambda has nothing to go by: give clientIds, sourceNetworks or both, or the functionArn of an authorizer of your own")
	}
	if own {
		d.placed(raw.FunctionARN.place, "is a function", problems)
	}
	if listed && d.httpProxy {
		problems.at(d.raw.Gateway.Integration.place, "http-proxy passes on a body that may name another client than the one that authorization looks at: use canonical, or another authorization")
	}
}

func (d door) iam(raw rawAuthorization, problems *Problems) {
	if d.httpProxy {
		problems.at(d.raw.Gateway.Integration.place, "http-proxy passes the request's signature on to Cognito in the place of the client's credentials: use canonical, or another authorization than iam")
	}
	if raw.CredentialsHeader.state != absent {
		return
	}
	if err := d.credentialsHeader(awslimits.DefaultCredentialsHeader); err != nil {
		problems.at(raw.CredentialsHeader.place, "is missing, and its default is not free: %v", err)
	}
}

func (d door) credentialsHeader(name string) error {
	return awslimits.CredentialsHeader(name, d.env.OriginHeaderName)
}

func (d door) functionARN(arn string) error {
	if err := awslimits.FunctionARN(arn); err != nil {
		return err
	}
	return cmp.Or(awslimits.InAccount(arn, d.account), awslimits.InRegion(arn, d.region))
}

func (d door) caller(arn string) error {
	if err := awslimits.Caller(arn); err != nil {
		return err
	}
	return awslimits.InPartition(arn, d.region)
}
