package config

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"

// frontDoor checks the settings of what a request meets before the token method, and fills them in.
func frontDoor(raw *rawEnvironment, env *Environment, folder string, problems *Problems) {
	g := &env.Gateway
	d := newDoor(raw, env)
	g.Edge = edge(raw.Gateway.Edge, d, problems)
	g.Authorization = authorization(raw.Gateway.Authorization, d, problems)
	g.Domain = d.domain(raw.Gateway.Domain, folder, problems)
	g.Endpoint = d.endpoint(raw.Gateway.Endpoint, problems)
	g.ResourcePolicy = d.resourcePolicy(raw.Gateway.ResourcePolicy, problems)
	d.reachable(problems)
}

// door is what the settings of the front door depend on. Nothing is concluded from what is empty or false: it has mistakes, or is not known at synth.
type door struct {
	raw *rawEnvironment
	env *Environment
	// account and region are those of the environment.
	account, region string
	// agnostic says that the environment surely has neither.
	agnostic bool
	// authorization and endpointType are what is surely meant.
	authorization, endpointType string
	// httpProxy says that requests are surely passed through.
	httpProxy bool
}

func newDoor(raw *rawEnvironment, env *Environment) door {
	d := door{raw: raw, env: env, agnostic: raw.Account.state == absent && raw.Region.state == absent}
	if raw.Account.state == given && awslimits.AccountID(env.Account) == nil {
		d.account = env.Account
	}
	if raw.Region.state == given && awslimits.Region(env.Region) == nil {
		d.region = env.Region
	}
	d.authorization = meant(raw.Gateway.Authorization.Type, "none", authorizationType)
	d.endpointType = meant(raw.Gateway.Endpoint.Type, "regional", endpointType)
	d.httpProxy = meant(raw.Gateway.Integration, "canonical", integration) == "http-proxy"
	return d
}

// meant is a value within its rule, or its default; "" where it has a mistake.
func meant(v value[string], standard string, rule func(string) error) string {
	switch {
	case v.state == absent:
		return standard
	case v.state == given && rule(v.got) == nil:
		return v.got
	}
	return ""
}

// placed reports a setting that names things of one account and region in an environment without.
func (d door) placed(at place, what string, problems *Problems) {
	if d.agnostic {
		problems.at(at, "%s of one account and region, and the environment has none: give account and region", what)
	}
}

// texts checks a list of values that must all differ, and returns them.
func texts(raw list[value[string]], what string, rule func(string) error, problems *Problems) []string {
	unique(raw.items, what, problems)
	var all []string
	for _, item := range raw.items {
		all = append(all, optional(item, "", rule, problems))
	}
	return all
}

// whole is a rule of numbers for whole ones.
func whole(rule func(float64) error) func(int) error {
	return func(n int) error { return rule(float64(n)) }
}
