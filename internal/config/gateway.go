package config

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"

// gateway checks the gateway's settings but for those of frontDoor. The cache TTL follows when the tenants are known, see cacheTTL.
func gateway(raw rawGateway, problems *Problems) Gateway {
	rate, burst := expectedThrottle(raw.ExpectedRequestsPerSecond)
	g := Gateway{
		StageName:         optional(raw.StageName, "v1", awslimits.StageName, problems),
		HTTPProxy:         optional(raw.Integration, "canonical", integration, problems) == "http-proxy",
		RequireClientID:   orDefault(raw.RequireClientID, true),
		CacheSizeGB:       optional(raw.Cache.SizeGB, "0.5", awslimits.CacheSize, problems),
		RatePerSecond:     orDefault(raw.Throttle.RatePerSecond, rate),
		Burst:             orDefault(raw.Throttle.Burst, int(burst)),
		LogRetentionDays:  optional(raw.Logs.RetentionDays, 90, awslimits.LogRetentionDays, problems),
		ExecutionLogLevel: optional(raw.Logs.ExecutionLevel, "ERROR", awslimits.ExecutionLogLevel, problems),
		CreateAccountRole: optional(raw.Logs.AccountRole, "create", accountRole, problems) == "create",
		Tracing:           orDefault(raw.Tracing, false),
	}
	if raw.Throttle.RatePerSecond.state != broken && raw.Throttle.Burst.state != broken {
		if err := awslimits.Throttle(g.RatePerSecond, float64(g.Burst)); err != nil {
			problems.at(raw.Throttle.place, "%v", err)
		}
	}
	expected := raw.ExpectedRequestsPerSecond
	g.ExpectedRequestsPerSecond = optional(expected, 0, awslimits.ExpectedRate, problems)
	if expected.state == given && awslimits.ExpectedRate(expected.got) == nil && raw.Throttle.RatePerSecond.state == given && expected.got > g.RatePerSecond {
		problems.at(raw.Throttle.RatePerSecond.place, "%v requests a second are fewer than the %v of expectedRequestsPerSecond, of which the throttle would refuse the rest: raise it, or remove it for twice the expected",
			g.RatePerSecond, expected.got)
	}
	return g
}

// expectedThrottle is the default throttle of the stage.
func expectedThrottle(expected value[float64]) (ratePerSecond, burst float64) {
	if expected.state == given && awslimits.ExpectedRate(expected.got) == nil {
		return awslimits.ThrottleFor(expected.got)
	}
	return 100, 200
}

func integration(kind string) error {
	return awslimits.OneOf("integration", kind, "canonical", "http-proxy")
}

func accountRole(origin string) error {
	return awslimits.OneOf("account role", origin, "create", "existing")
}

// cacheTTL resolves the cache TTL against the shortest validity of the tenants. It leaves out tenants whose validity is refused at its own
// line: the same mistake is not reported twice.
func cacheTTL(raw rawCache, env *Environment, problems *Problems) {
	if raw.TTL.state == broken {
		return
	}
	if raw.TTL.state == given && raw.TTL.got == 0 {
		// 0 asks rules.CacheTTL for the default, which here is leaving the key out.
		problems.at(raw.TTL.place, "cache TTL 0s is not allowed: use at least 1s, or remove the key for the default")
		return
	}
	var clients []awslimits.ClientValidity
	for _, c := range env.Validities() {
		if awslimits.CachedValidity(c.Validity) == nil {
			clients = append(clients, c)
		}
	}
	if len(clients) == 0 {
		return
	}
	ttl, err := awslimits.CacheTTL(raw.TTL.got, clients)
	if err != nil {
		problems.at(raw.TTL.place, "%v", err)
	}
	env.Gateway.CacheTTL = ttl
}
