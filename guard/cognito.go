package guard

import (
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

const clientCredentials = "client_credentials"

// refusedClient: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
func refusedClient(r *templates.Resource, m *mistakes) {
	p := r.Properties
	flows, scopes := texts(p, "AllowedOAuthFlows"), texts(p, "AllowedOAuthScopes")
	for _, flow := range flows {
		if !strings.HasPrefix(flow, "(") {
			m.add(awslimits.OneOf("AllowedOAuthFlows: flow", flow, "code", "implicit", clientCredentials))
		}
	}
	if slices.Contains(flows, clientCredentials) {
		if len(flows) > 1 {
			m.addf("AllowedOAuthFlows is %v: Cognito allows %s with no other flow", flows, clientCredentials)
		}
		if secret := p["GenerateSecret"]; secret == nil || secret == false {
			m.addf("GenerateSecret is %v: use true, %s needs a secret", secret, clientCredentials)
		}
	}
	if p["AllowedOAuthFlowsUserPoolClient"] == true && (empty(p["AllowedOAuthFlows"]) || empty(p["AllowedOAuthScopes"])) {
		m.addf("AllowedOAuthFlows is %v and AllowedOAuthScopes %v: a client with AllowedOAuthFlowsUserPoolClient needs both", flows, scopes)
	}
	if n := len(scopes); n > awslimits.ScopesPerClient {
		m.addf("AllowedOAuthScopes has %d scopes: a client has up to %d", n, awslimits.ScopesPerClient)
	}
}

// empty says whether the value is an empty list or missing. A reference to a list is not.
func empty(value any) bool {
	items, ok := value.([]any)
	return value == nil || ok && len(items) == 0
}

func refusedUserPoolDomain(r *templates.Resource, m *mistakes) {
	if domain, ok := r.Properties["Domain"].(string); ok && r.Properties["CustomDomainConfig"] == nil {
		m.add(awslimits.DomainPrefix(domain))
	}
}

func refusedResourceServer(r *templates.Resource, m *mistakes) {
	if identifier, ok := r.Properties["Identifier"].(string); ok {
		m.add(awslimits.ResourceServerIdentifier(identifier))
	}
	scopes := list(r.Properties, "Scopes")
	if len(scopes) > awslimits.ScopesPerResourceServer {
		m.addf("Scopes has %d scopes: a resource server has up to %d", len(scopes), awslimits.ScopesPerResourceServer)
	}
	for _, scope := range scopes {
		if name, ok := section(scope)["ScopeName"].(string); ok {
			m.add(awslimits.ScopeName(name))
		}
	}
}

// client reports a machine client that can get tokens without the gateway.
func (d *door) client(r *templates.Resource, m *mistakes) {
	p := r.Properties
	if flows := texts(p, "AllowedOAuthFlows"); !slices.Equal(flows, []string{clientCredentials}) {
		m.addf("AllowedOAuthFlows is %v: use exactly %s", flows, clientCredentials)
	}
	if p["AllowedOAuthFlowsUserPoolClient"] != true {
		m.addf("AllowedOAuthFlowsUserPoolClient is %v: use true, or the client has no OAuth flow", p["AllowedOAuthFlowsUserPoolClient"])
	}
	if p["GenerateSecret"] != true {
		m.addf("GenerateSecret is %v: use true", p["GenerateSecret"])
	}
	scopes := texts(p, "AllowedOAuthScopes")
	if len(scopes) == 0 {
		m.addf("AllowedOAuthScopes has 0 scopes: name a custom scope")
	}
	for _, scope := range scopes {
		if !strings.Contains(scope, "/") && !strings.HasPrefix(scope, "(") {
			m.addf("AllowedOAuthScopes has %q: use custom scopes, resource server/scope, a machine has no user's", scope)
		}
	}
	// Without a list, Cognito turns user sign-in on.
	if flows := texts(p, "ExplicitAuthFlows"); !slices.Equal(flows, []string{"ALLOW_REFRESH_TOKEN_AUTH"}) {
		m.addf("ExplicitAuthFlows is %v: use exactly ALLOW_REFRESH_TOKEN_AUTH, which signs nobody in and issues no token around the proxy", flows)
	}
}

// validities are the access token validities of app clients.
func validities(clients []*templates.Resource) []awslimits.ClientValidity {
	units := map[any]time.Duration{"seconds": time.Second, "minutes": time.Minute, nil: time.Hour, "hours": time.Hour, "days": 24 * time.Hour}
	var all []awslimits.ClientValidity
	for _, r := range clients {
		validity := awslimits.DefaultAccessTokenValidity
		if n, ok := r.Properties["AccessTokenValidity"].(float64); ok {
			validity = time.Duration(n * float64(units[section(r.Properties, "TokenValidityUnits")["AccessToken"]]))
		}
		all = append(all, awslimits.ClientValidity{Client: r.Text(r.Properties["ClientName"]), Validity: validity})
	}
	return all
}
