package guard

import (
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func userPoolClient(r Resource, _ Template) []string {
	var m mistakes
	p := r.Properties
	if flows := texts(p, "AllowedOAuthFlows"); !slices.Equal(flows, []string{"client_credentials"}) {
		m.addf("AllowedOAuthFlows is %v: use exactly client_credentials, which Cognito allows with no other flow", flows)
	}
	if p["AllowedOAuthFlowsUserPoolClient"] != true {
		m.addf("AllowedOAuthFlowsUserPoolClient is %v: use true, or the client has no OAuth flow", p["AllowedOAuthFlowsUserPoolClient"])
	}
	if p["GenerateSecret"] != true {
		m.addf("GenerateSecret is %v: use true, client_credentials needs a secret", p["GenerateSecret"])
	}
	scopes := texts(p, "AllowedOAuthScopes")
	if n := len(scopes); n < 1 || n > awslimits.ScopesPerClient {
		m.addf("AllowedOAuthScopes has %d scopes: a client has 1 to %d", n, awslimits.ScopesPerClient)
	}
	for _, scope := range scopes {
		if !strings.Contains(scope, "/") {
			m.addf("AllowedOAuthScopes has %q: use custom scopes, resource server/scope, a machine has no user's", scope)
		}
	}
	// Without a list, Cognito turns user sign-in on.
	if flows := texts(p, "ExplicitAuthFlows"); !slices.Equal(flows, []string{"ALLOW_REFRESH_TOKEN_AUTH"}) {
		m.addf("ExplicitAuthFlows is %v: use exactly ALLOW_REFRESH_TOKEN_AUTH, which signs nobody in and issues no token around the proxy", flows)
	}
	return m
}

func userPoolDomain(r Resource, _ Template) []string {
	var m mistakes
	if domain, ok := r.Properties["Domain"].(string); ok && r.Properties["CustomDomainConfig"] == nil {
		m.add(awslimits.DomainPrefix(domain))
	}
	return m
}

func resourceServer(r Resource, _ Template) []string {
	var m mistakes
	if identifier, ok := r.Properties["Identifier"].(string); ok {
		m.add(awslimits.ResourceServerIdentifier(identifier))
	}
	scopes := list(r.Properties, "Scopes")
	if len(scopes) > awslimits.ScopesPerResourceServer {
		m.addf("Scopes has %d scopes: a resource server has up to %d", len(scopes), awslimits.ScopesPerResourceServer)
	}
	for _, s := range scopes {
		scope, _ := s.(map[string]any)
		if name, ok := scope["ScopeName"].(string); ok {
			m.add(awslimits.ScopeName(name))
		}
	}
	return m
}
