package config

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"

// UsagePlan limits what a tenant's API key may use.
type UsagePlan struct {
	Name string
	// RequestsPerDay is 0 without a quota, RatePerSecond and Burst are 0 without a throttle.
	RequestsPerDay int
	RatePerSecond  float64
	Burst          int
}

func usagePlans(raw list[rawUsagePlan], d door, problems *Problems) []UsagePlan {
	var plans []UsagePlan
	var names []value[string]
	for _, p := range raw.items {
		names = append(names, p.Name)
		plans = append(plans, UsagePlan{
			Name:           required(p.Name, awslimits.UsagePlanName, problems),
			RequestsPerDay: optional(p.RequestsPerDay, 0, whole(awslimits.Quota), problems),
			RatePerSecond:  orDefault(p.RatePerSecond, 0),
			Burst:          orDefault(p.Burst, 0),
		})
		d.planThrottle(p, problems)
	}
	unique(names, "usage plan", problems)
	return plans
}

// planThrottle checks the throttle of one plan, which that of the stage bounds.
func (d door) planThrottle(raw rawUsagePlan, problems *Problems) {
	rate, burst := raw.RatePerSecond, raw.Burst
	if rate.state == broken || burst.state == broken {
		return
	}
	switch {
	case rate.state == absent && burst.state == absent:
		return
	case rate.state == absent:
		problems.at(rate.place, "is missing: a plan's throttle needs ratePerSecond and burst, or neither")
		return
	case burst.state == absent:
		problems.at(burst.place, "is missing: a plan's throttle needs ratePerSecond and burst, or neither")
		return
	}
	if err := awslimits.Throttle(rate.got, float64(burst.got)); err != nil {
		problems.at(rate.place, "%v", err)
		return
	}
	g := d.raw.Gateway
	unsure := g.ExpectedRequestsPerSecond.state == broken || g.Throttle.RatePerSecond.state == broken
	if stage := d.env.Gateway.RatePerSecond; !unsure && rate.got > stage {
		problems.at(rate.place, "%v requests a second are more than the %v that the stage's throttle lets through: lower it, or raise gateway.throttle.ratePerSecond or gateway.expectedRequestsPerSecond", rate.got, stage)
	}
}

// metering says which usage plans a tenant can have.
type metering struct {
	// authorization is the type that is surely meant, or "".
	authorization string
	// plans are the names of all plans; known is false when some could not be read.
	plans []string
	known bool
}

func newMetering(raw rawAuthorization) metering {
	m := metering{authorization: meant(raw.Type, "none", authorizationType), known: raw.UsagePlans.state == given && len(raw.UsagePlans.items) > 0}
	for _, p := range raw.UsagePlans.items {
		m.known = m.known && p.Name.state == given
		m.plans = append(m.plans, p.Name.got)
	}
	return m
}

// tenant checks the usage plan of one tenant.
func (m metering) tenant(raw rawTenant, problems *Problems) string {
	plan := raw.UsagePlan
	if plan.state != given {
		return ""
	}
	switch m.authorization {
	case "":
		return ""
	case "apiKey":
		if err := awslimits.OneOf("usage plan", plan.got, m.plans...); m.known && err != nil {
			problems.at(plan.place, "unknown usage plan %q%s: use %s", plan.got, didYouMean(nearest(plan.got, m.plans)), some(m.plans))
		}
		return plan.got
	}
	problems.at(plan.place, "is for API keys, and gateway.authorization.type is %s: remove it, or use type apiKey", m.authorization)
	return ""
}

// missing reports the tenants of a file without a usage plan, where API keys are asked for.
func (m metering) missing(raw *rawTenantFile, problems *Problems) {
	if m.authorization != "apiKey" || !m.known {
		return
	}
	var ids []string
	var first place
	for _, t := range raw.Tenants.items {
		if t.state != given || t.UsagePlan.state != absent {
			continue
		}
		if len(ids) == 0 {
			first = t.UsagePlan.place
		}
		ids = append(ids, t.ID.got)
	}
	if len(ids) > 0 {
		problems.at(first, "is missing for %s: gateway.authorization asks for an API key, which must be in a plan; use %s", tenantsNamed(ids), some(m.plans))
	}
}
