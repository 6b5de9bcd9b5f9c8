package config

import (
	"path"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// environment checks environment.yaml, but for what depends on the tenants, and fills in its defaults. folder is the path of its folder, whose name it
// must have.
func environment(raw *rawEnvironment, folder string, problems *Problems) *Environment {
	env := &Environment{
		Name:                       required(raw.Name, awslimits.EnvironmentName, problems),
		Account:                    optional(raw.Account, "", awslimits.AccountID, problems),
		Region:                     optional(raw.Region, "", awslimits.Region, problems),
		Tags:                       tags(raw.Tags, problems),
		Destroy:                    optional(raw.RemovalPolicy, "retain", removalPolicy, problems) == "destroy",
		ResourceServers:            resourceServers(raw.ResourceServers, problems),
		OriginHeaderName:           optional(raw.OriginHeader.Name, "x-wafAuthAllowRule", awslimits.HeaderName, problems),
		Rotation:                   rotation(raw.OriginHeader.Rotation, problems),
		KeyDiscovery:               orDefault(raw.WebACL.KeyDiscovery, true),
		Gateway:                    gateway(raw.Gateway, problems),
		DefaultAccessTokenValidity: optional(raw.Tokens.AccessTokenValidity, awslimits.DefaultAccessTokenValidity, awslimits.CachedValidity, problems),
	}
	env.Credentials = credentials(raw.Credentials, env.Name, problems)
	env.Monitoring = monitoring(raw.Monitoring, env.Region, problems)
	trailed(raw, env, problems)
	env.UserPool = userPool(raw.UserPool, env.Name, problems)
	frontDoor(raw, env, folder, problems)
	if name := path.Base(folder); raw.Name.state == given && env.Name != name {
		problems.at(raw.Name.place, "environment name %q is not the folder's name: use %q", env.Name, name)
	}
	if raw.Account.state == given && raw.Region.state == absent {
		problems.at(raw.Account.place, "account %q without region: give both, or none for an environment-agnostic deployment", env.Account)
	}
	if raw.Region.state == given && raw.Account.state == absent {
		problems.at(raw.Region.place, "region %q without account: give both, or none for an environment-agnostic deployment", env.Region)
	}
	if env.Destroy && env.UserPool.DeletionProtection && raw.UserPool.DeletionProtection.state != broken {
		problems.at(raw.RemovalPolicy.place, "removal policy \"destroy\" cannot delete a user pool with deletion protection: set userPool.deletionProtection to false, or use retain")
	}
	return env
}

func removalPolicy(policy string) error {
	return awslimits.OneOf("removal policy", policy, "retain", "destroy")
}

func tags(raw dictionary, problems *Problems) map[string]string {
	if len(raw.entries) > awslimits.TagsPerResource {
		problems.at(raw.place, "%d tags are too many: use up to %d, since a resource has 50 and a tenant's secret four of its own", len(raw.entries), awslimits.TagsPerResource)
	}
	tags := map[string]string{}
	for _, t := range raw.entries {
		if err := awslimits.TagKey(t.key); err != nil {
			problems.at(t.value.place, "%v", err)
		}
		tags[t.key] = optional(t.value, "", awslimits.TagValue, problems)
	}
	return tags
}

func userPool(raw rawUserPool, environment string, problems *Problems) UserPool {
	pool := UserPool{
		Name:               optional(raw.Name, "m2m-"+environment, awslimits.UserPoolName, problems),
		DomainPrefix:       optional(raw.Domain.Prefix, "", awslimits.DomainPrefix, problems),
		CustomDomain:       optional(raw.Domain.CustomName, "", awslimits.CustomDomain, problems),
		CertificateARN:     optional(raw.Domain.CertificateARN, "", awslimits.CustomDomainCertificate, problems),
		FeaturePlan:        optional(raw.FeaturePlan, "ESSENTIALS", awslimits.FeaturePlan, problems),
		DeletionProtection: orDefault(raw.DeletionProtection, true),
	}
	prefix, custom, certificate := raw.Domain.Prefix, raw.Domain.CustomName, raw.Domain.CertificateARN
	if prefix.state == absent && custom.state == absent {
		problems.at(raw.Domain.place, "has no name: give prefix, or customName with certificateArn")
	}
	if prefix.state == given && custom.state == given {
		problems.at(prefix.place, "prefix %q and customName %q exclude each other: keep one", prefix.got, custom.got)
	}
	if custom.state == given && prefix.state == absent && certificate.state == absent {
		problems.at(certificate.place, "is missing: customName %q needs the ARN of its certificate", custom.got)
	}
	if certificate.state == given && custom.state == absent {
		problems.at(certificate.place, "certificate %q without customName: a prefix domain has no certificate, remove it or give customName", certificate.got)
	}
	return pool
}

func resourceServers(raw list[rawResourceServer], problems *Problems) []ResourceServer {
	nonEmpty(raw, "resource server", problems)
	var servers []ResourceServer
	var identifiers []value[string]
	for _, s := range raw.items {
		identifier := required(s.Identifier, awslimits.ResourceServerIdentifier, problems)
		identifiers = append(identifiers, s.Identifier)
		nonEmpty(s.Scopes, "scope", problems)
		servers = append(servers, ResourceServer{Identifier: identifier, Name: resourceServerName(s, problems), Scopes: scopes(s.Scopes, problems)})
	}
	unique(identifiers, "resource server identifier", problems)
	return servers
}

// resourceServerName is the identifier by default. An identifier may hold characters that a name may not, such as those of a URL.
func resourceServerName(raw rawResourceServer, problems *Problems) string {
	name := optional(raw.Name, raw.Identifier.got, awslimits.ResourceServerName, problems)
	if raw.Name.state == absent && awslimits.ResourceServerIdentifier(name) == nil {
		if err := awslimits.ResourceServerName(name); err != nil {
			problems.at(raw.Name.place, "is missing, and the identifier cannot stand for it: %v", err)
		}
	}
	return name
}

// scopes checks the scopes of one resource server.
func scopes(raw list[rawScope], problems *Problems) []Scope {
	if len(raw.items) > awslimits.ScopesPerResourceServer {
		problems.at(raw.place, "%d scopes are too many: a resource server has at most %d", len(raw.items), awslimits.ScopesPerResourceServer)
	}
	var scopes []Scope
	var names []value[string]
	for _, s := range raw.items {
		names = append(names, s.Name)
		scopes = append(scopes, Scope{
			Name:        required(s.Name, awslimits.ScopeName, problems),
			Description: required(s.Description, awslimits.ScopeDescription, problems),
		})
	}
	unique(names, "scope name", problems)
	return scopes
}
