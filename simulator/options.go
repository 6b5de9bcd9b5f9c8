package simulator

import (
	"context"
	"net/netip"
	"time"
)

// Options configure a System. The zero value is usable.
type Options struct {
	// WAFBound is how long after a change of a pattern set a request may still meet a former version of it. Default: 0, changes are seen at
	// once.
	WAFBound time.Duration
	// StageBound is the same for the stage's variables.
	StageBound time.Duration
	// SecretBound is the same for an app client's secrets: a new one may be refused and a deleted one accepted.
	SecretBound time.Duration
	// CacheBeforeMapping makes the stage's cache keep what the integration answered, and map it at every hit. AWS does not document which it
	// does.
	CacheBeforeMapping bool
	// TokensPerSecond is Cognito's throttle. Default: 150, the quota of an account and Region.
	TokensPerSecond int
	// AccessLog gets each line of the stage's access log. Default: nowhere.
	AccessLog func(line string)
	// Authorizers are the functions of Lambda authorizers, by the function's ARN or by its path in the assembly, "stack/LogicalID". Default:
	// the project's own, functions/clientauthorizer and functions/tokenauthorizer, run in this process; an assembly with another one is
	// refused.
	Authorizers map[string]Authorizer
	// Functions are those behind the methods of resource servers, by the function's ARN, by its path in the assembly, "stack/LogicalID", or by
	// its description.
	Functions map[string]Function
	// OtherFunction is used for functions that Functions does not have. Default: none; an assembly with another function is refused.
	OtherFunction Function
	// Callers are the IAM principals that may sign requests to methods with IAM authorization. Default: none.
	Callers []Caller
	// Truststore is the truststore, in PEM, of every custom domain with mutual TLS. Default: what the assembly's Custom::Truststore puts in
	// place.
	Truststore []byte
	// SourceIP is where requests from loopback come from. Default: from loopback, which few allow lists know.
	SourceIP netip.Addr
	// Country is the country of an address, in ISO 3166 alpha-2, for rules that match it. Default: none has one, as AWS WAF's XX.
	Country func(netip.Addr) string
	// VPCEndpoint is the id of the VPC endpoint that requests to the default endpoint come through, unless WithVPCEndpoint says otherwise.
	// Default: none, they come from the internet.
	VPCEndpoint string
	// StageInDomainPaths makes the stage's web ACL see requests to a custom domain by the default endpoint's path, with the stage and without
	// the base path. AWS does not document which it is. Default: the path that the client sent.
	StageInDomainPaths bool
	// Clock is the time. Default: time.Now.
	Clock func() time.Time
	// Sleep is how rotations wait. Default: a real wait. A test with a Clock of its own can advance it here instead.
	Sleep func(context.Context, time.Duration) error
}
