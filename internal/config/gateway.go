package config

import (
	"net/netip"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Gateway holds the settings of the token endpoint's REST API.
type Gateway struct {
	// StageName is the first part of the path. A change is a new URL for all clients, and a new stage with a new, empty cache.
	StageName string `yaml:"stageName" default:"v1" rule:"StageName"`
	// Integration `canonical` rebuilds each request from the cache key. `http-proxy` passes requests on unchanged, as AWS's guide does,
	// and gives up much.
	Integration string `yaml:"integration" default:"canonical" rule:"integration" see:"decisions/D01-canonical-request.md"`
	// RequireClientID refuses requests that do not name `client_id`, by which CloudTrail's events tell tenants apart.
	RequireClientID bool `yaml:"requireClientId" default:"true"`
	// Cache configures the stage's cache.
	Cache Cache `yaml:"cache"`
	// ExpectedRequestsPerSecond is how many requests all clients together make at a busy time, with those that the cache answers. It sets the
	// throttle.
	ExpectedRequestsPerSecond float64 `yaml:"expectedRequestsPerSecond" rule:"ExpectedRate"`
	// Throttle limits the requests of the whole stage, with those that the cache answers.
	Throttle Throttle `yaml:"throttle"`
	// Logs configures the logs of the gateway.
	Logs Logs `yaml:"logs"`
	// Tracing turns on X-Ray.
	Tracing bool `yaml:"tracing" default:"false"`
	// Edge adds a web ACL in front of the gateway, with a monthly price of its own. `{}` is one with the defaults.
	Edge *Edge `yaml:"edge"`
	// Authorization is what a request must pass before the cache is asked.
	Authorization Authorization `yaml:"authorization"`
	// Domain gives the gateway a domain name of its own. It needs account and region, and a Regional endpoint.
	Domain *TokenDomain `yaml:"domain"`
	// Endpoint says how the gateway is reached.
	Endpoint Endpoint `yaml:"endpoint"`
	// ResourcePolicy admits callers that match every list that is given. Give at least one.
	ResourcePolicy *ResourcePolicy `yaml:"resourcePolicy"`
}

// Cache holds the settings of the stage's cache.
type Cache struct {
	// SizeGB is the capacity of the cache in GB. A change empties the cache.
	SizeGB string `yaml:"sizeGb" default:"0.5" rule:"CacheSize"`
	// TTL is how long a token is served from the cache: whole seconds from 1s to the smaller of 1h and v − 5m, where v is the shortest
	// validity of any tenant. The default is the smallest of 75 % of v, v − 5m, and 1h.
	TTL time.Duration `yaml:"ttl" computed:"from the validities"`
}

// Throttle holds the limits of the whole stage.
type Throttle struct {
	// RatePerSecond is the steady rate in requests a second: more than 0 up to 10000, and not less than expectedRequestsPerSecond.
	RatePerSecond float64 `yaml:"ratePerSecond" computed:"twice expectedRequestsPerSecond, or 100"`
	// Burst is how many requests may come at once: 1 to 5000.
	Burst int `yaml:"burst" computed:"two seconds of twice expectedRequestsPerSecond, at most 5000, or 200"`
}

// Logs holds the settings of the gateway's logs.
type Logs struct {
	// RetentionDays is how long log groups keep their events.
	RetentionDays int `yaml:"retentionDays" default:"90" rule:"LogRetentionDays"`
	// ExecutionLevel is the level of the execution log.
	ExecutionLevel string `yaml:"executionLevel" default:"ERROR" rule:"ExecutionLogLevel"`
	// AccountRole says whether to create the account's CloudWatch role for API Gateway, of which there is one for each account and Region.
	AccountRole string `yaml:"accountRole" default:"create" rule:"accountRole" see:"deploy.md#before-the-first-deployment"`
}

// Edge holds the settings of the web ACL in front of the gateway.
type Edge struct {
	// Enabled false leaves the web ACL out and keeps its settings.
	Enabled bool `yaml:"enabled" default:"true"`
	// RateLimitPerIP is how many requests of one IP address are let through in rateWindow. Others get 429.
	RateLimitPerIP int `yaml:"rateLimitPerIp" default:"2000" rule:"RateLimit"`
	// RateLimitPerCredential is the same for requests with the same credentials.
	RateLimitPerCredential int `yaml:"rateLimitPerCredential" default:"1000" rule:"RateLimit"`
	// RateWindow is the time over which requests are counted.
	RateWindow time.Duration `yaml:"rateWindow" default:"5m" rule:"RateWindow"`
	// MaxBodyBytes is the largest body. Larger ones get 413.
	MaxBodyBytes int `yaml:"maxBodyBytes" default:"4096" rule:"MaxBodyBytes"`
	// AllowedCIDRs are the only networks that requests may come from: up to 10000 of IPv4 and of IPv6, in their canonical form (192.0.2.0/24).
	AllowedCIDRs []string `yaml:"allowedCidrs" unique:"network" rule:"IPSetNetwork"`
	// AllowedCountries are the only countries that requests may come from. They do not go with a private endpoint: addresses of a VPC are in
	// no country.
	AllowedCountries []string `yaml:"allowedCountries" unique:"country" rule:"CountryCode" most:"countries"`
	// AnonymousIP says what happens to requests from Tor, proxies and other services that hide the client.
	AnonymousIP string `yaml:"anonymousIp" default:"count" rule:"anonymousIP"`
	// BotControl counts bots. AWS charges a monthly fee and a fee for each request.
	BotControl bool `yaml:"botControl" default:"false"`
}

// Endpoint says how the gateway is reached.
type Endpoint struct {
	// Type `private` makes the gateway reachable through VPC endpoints only. It needs account and region.
	Type string `yaml:"type" default:"regional" rule:"endpointType"`
	// VPCEndpointIDs are interface endpoints for execute-api in the environment's account and Region. A private endpoint needs at least one.
	VPCEndpointIDs []string `yaml:"vpcEndpointIds" unique:"VPC endpoint" rule:"VPCEndpointID"`
}

// ResourcePolicy admits callers that match every list that is not empty. At least one is not.
type ResourcePolicy struct {
	// AllowedCIDRs are networks. They do not go with a private endpoint, whose requests have no public address.
	AllowedCIDRs []string `yaml:"allowedCidrs" unique:"network" rule:"Network"`
	// AllowedAccounts are AWS accounts. They need authorization type iam: a request without a signature has no account.
	AllowedAccounts []string `yaml:"allowedAccounts" unique:"account" rule:"AccountID"`
	// AllowedVPCEndpoints are VPC endpoints of any account. They need a private endpoint.
	AllowedVPCEndpoints []string `yaml:"allowedVpcEndpoints" unique:"VPC endpoint" rule:"VPCEndpointID" computed:"endpoint.vpcEndpointIds"`
}

// checkThrottle sets the stage's throttle for the expected requests, unless it is given, and checks it.
func (l *loaded) checkThrottle() {
	g := &l.env.Gateway
	rate, burst := 100.0, 200.0
	if l.sound(&g.ExpectedRequestsPerSecond) {
		rate, burst = awslimits.ThrottleFor(g.ExpectedRequestsPerSecond)
	}
	t := &g.Throttle
	if l.absent(&t.RatePerSecond) {
		t.RatePerSecond = rate
	}
	if l.absent(&t.Burst) {
		t.Burst = int(burst)
	}
	if !l.broken(&t.RatePerSecond) && !l.broken(&t.Burst) {
		l.must(t, awslimits.Throttle(t.RatePerSecond, float64(t.Burst)))
	}
	expected := g.ExpectedRequestsPerSecond
	if l.sound(&g.ExpectedRequestsPerSecond) && l.given(&t.RatePerSecond) && expected > t.RatePerSecond {
		l.report(&t.RatePerSecond, "%v requests a second are fewer than the %v of expectedRequestsPerSecond, of which the throttle would refuse "+
			"the rest: raise it, or remove it for twice the expected", t.RatePerSecond, expected)
	}
}

// checkFrontDoor checks the settings of what a request meets before the token method.
func (l *loaded) checkFrontDoor() {
	g := &l.env.Gateway
	l.checkEdge(g.Edge)
	l.checkAuthorization(&g.Authorization)
	l.checkTokenDomain(g.Domain)
	l.checkEndpoint(&g.Endpoint)
	l.checkResourcePolicy(g.ResourcePolicy)
	l.checkReachable(g)
}

// needsAccount reports a setting that names things of one account and region in an environment without.
func (l *loaded) needsAccount(setting any, what string) {
	if l.agnostic() {
		l.report(setting, "%s of one account and region, and the environment has none: give account and region", what)
	}
}

func (l *loaded) checkEdge(e *Edge) {
	versions := map[bool]int{}
	for _, cidr := range e.AllowedCIDRs {
		if prefix, err := netip.ParsePrefix(cidr); err == nil {
			versions[prefix.Addr().Is4()]++
		}
	}
	if n := max(versions[true], versions[false]); n > awslimits.NetworksPerSet {
		l.report(&e.AllowedCIDRs, "%d networks of one IP version are too many: AWS WAF takes up to %d", n, awslimits.NetworksPerSet)
	}
	if len(e.AllowedCountries) > 0 && l.meant(&l.env.Gateway.Endpoint.Type) == "private" {
		l.report(&e.AllowedCountries, "does not go with endpoint type private: addresses in a VPC are in no country, so that nobody would get "+
			"in; use allowedCidrs, or remove it")
	}
}

func (l *loaded) checkEndpoint(e *Endpoint) {
	switch l.meant(&e.Type) {
	case "private":
		if len(e.VPCEndpointIDs) == 0 && !l.broken(&e.VPCEndpointIDs) {
			l.report(&e.VPCEndpointIDs, "is missing or empty: give at least one VPC endpoint, through which alone a private API can be reached")
		}
		l.needsAccount(&e.Type, "private needs VPC endpoints")
	case "regional":
		if len(e.VPCEndpointIDs) > 0 {
			l.report(&e.VPCEndpointIDs, "has no effect, since the endpoint's type is regional: remove it, or use type private")
		}
	}
}

func (l *loaded) checkResourcePolicy(p *ResourcePolicy) {
	if !l.given(p) {
		return
	}
	unsure := l.broken(&p.AllowedCIDRs) || l.broken(&p.AllowedAccounts) || l.broken(&p.AllowedVPCEndpoints)
	if len(p.AllowedCIDRs)+len(p.AllowedAccounts)+len(p.AllowedVPCEndpoints) == 0 && !unsure {
		l.report(p, "allows nobody: list allowedCidrs, allowedAccounts or allowedVpcEndpoints, or remove it")
	}
	endpoint := l.meant(&l.env.Gateway.Endpoint.Type)
	if len(p.AllowedCIDRs) > 0 && endpoint == "private" {
		l.report(&p.AllowedCIDRs, "does not go with endpoint type private, whose requests have no public address, so that nobody would get in: "+
			"use allowedVpcEndpoints")
	}
	if len(p.AllowedVPCEndpoints) > 0 && endpoint == "regional" {
		l.report(&p.AllowedVPCEndpoints, "needs endpoint type private: AWS tells the VPC endpoint of a request to private APIs only, so that "+
			"nobody would get in")
	}
	if len(p.AllowedAccounts) > 0 {
		l.checkAllowedAccounts(p)
	}
}

// checkAllowedAccounts checks that there are callers of these accounts.
func (l *loaded) checkAllowedAccounts(p *ResourcePolicy) {
	a := &l.env.Gateway.Authorization
	switch l.meant(&a.Type) {
	case "":
		return
	case "iam":
	default:
		l.report(&p.AllowedAccounts, "needs authorization type iam: who does not sign a request has no account, so that nobody would get in")
		return
	}
	allowed := map[string]bool{}
	for i, account := range p.AllowedAccounts {
		if !l.sound(&p.AllowedAccounts[i]) {
			return
		}
		allowed[account] = true
	}
	for i, caller := range a.Callers {
		if !l.sound(&a.Callers[i]) {
			continue
		}
		if account := awslimits.CallerAccount(caller); !allowed[account] {
			l.report(&a.Callers[i], "caller %q is in account %s, which gateway.resourcePolicy.allowedAccounts leaves out: it would not get in",
				caller, account)
		}
	}
}
