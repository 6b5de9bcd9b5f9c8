package lifecycle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// immutable are properties that the service fixes at the creation, although AWS's model does not say that they replace the resource.
var immutable = map[string][]string{
	"AWS::Cognito::UserPool": {"AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration"},
	"AWS::KMS::Key":          {"KeySpec", "KeyUsage", "MultiRegion", "Origin"},
	"AWS::Logs::LogGroup":    {"LogGroupClass"},
}

// checkRefused reports updates that CloudFormation or the service refuses.
func (c *change) checkRefused() {
	if c.after == nil {
		return
	}
	switch c.after.Type {
	case "AWS::Cognito::UserPoolDomain":
		c.checkPoolDomain()
	case "AWS::Cognito::UserPoolClient":
		c.checkScopes()
	}
	if !c.updated() {
		return
	}
	for _, path := range immutable[c.after.Type] {
		if c.differs(path) {
			c.report("immutable", "property", path)
		}
	}
	switch {
	case custom(c.after.Type) && c.differs("ServiceToken"):
		c.report("service-token")
	case c.after.Type == "AWS::ApiGateway::RestApi" && c.differs("SecurityPolicy"):
		c.checkSecurityPolicy()
	case c.after.Type == "AWS::SecretsManager::RotationSchedule":
		c.report("rotation-schedule")
	case c.after.Type == "AWS::VerifiedPermissions::Policy" && !sameScope(c.before.properties, c.after.properties):
		c.report("policy-scope")
	}
}

func (c *change) checkSecurityPolicy() {
	before, after := securityPolicy(c.before), securityPolicy(c.after)
	switch {
	case before == after:
	case before == "TLS_1_0" && after == "TLS_1_2":
		c.report("security-policy")
	case after == "TLS_1_0":
		c.report("security-policy-dropped", "before", before)
	default:
		c.report("security-policy-changed", "before", before, "after", after)
	}
}

// securityPolicy is that of an API. One that names none has TLS_1_0, or TLS_1_2 if it is private.
func securityPolicy(api *instance) string {
	switch {
	case api.properties["SecurityPolicy"] != nil:
		return text(api.properties["SecurityPolicy"])
	case strings.Contains(text(get(api.properties, "EndpointConfiguration.Types")), "PRIVATE"):
		return "TLS_1_2"
	}
	return "TLS_1_0"
}

// checkPoolDomain knows that a user pool has one prefix domain and one custom domain at a time.
func (c *change) checkPoolDomain() {
	if c.updated() {
		return
	}
	kind := func(i *instance) string {
		return fmt.Sprint(i.Type, i.properties["CustomDomainConfig"] != nil, i.properties["UserPoolId"])
	}
	c.update.account.instances(func(i *instance) {
		if kind(i) == kind(c.after) && i.name != c.after.name {
			c.report("pool-domain", "old", text(i.properties["Domain"]))
		}
	})
}

// sameScope reports whether the static policies of two definitions have the same effect, principal and resource.
func sameScope(before, after map[string]any) bool {
	scope := func(properties map[string]any) string {
		statement := text(get(properties, "Definition.Static.Statement"))
		var policy cedar.Policy
		var head struct{ Effect, Principal, Resource any }
		if policy.UnmarshalCedar([]byte(statement)) != nil {
			return statement
		}
		body, err := policy.MarshalJSON()
		if err != nil || json.Unmarshal(body, &head) != nil {
			return statement
		}
		return fmt.Sprint(head)
	}
	return scope(before) == scope(after)
}

// checkScopes reports a client that is created or updated with a scope that its resource server does not have.
func (c *change) checkScopes() {
	provided := c.update.scopesAfter()
	for _, scope := range items(c.after.properties["AllowedOAuthScopes"]) {
		if !slices.Contains(provided, scope) && c.update.account.servers[serverOf(scope)] {
			c.report("scope-missing", "scope", scope)
		}
	}
}
