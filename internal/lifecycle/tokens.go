package lifecycle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkTokens reports what the change of a resource means for those that ask for tokens.
func (c *change) checkTokens() {
	if c.created() {
		return
	}
	switch c.before.Type {
	case "AWS::Cognito::UserPool":
		c.reportGone("user-pool")
	case "AWS::Cognito::UserPoolClient":
		c.client()
	case "AWS::Cognito::UserPoolDomain":
		c.reportGone("token-endpoint")
	case "AWS::SecretsManager::Secret":
		c.reportGone("secret")
		if c.differs("SecretString") || c.differs("GenerateSecretString") {
			c.report("secret-overwritten")
		}
	case "AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlanKey":
		c.reportGone("api-key")
	case "AWS::ApiGateway::RestApi":
		c.restAPI()
	case "AWS::ApiGateway::Stage":
		c.stage()
	case "AWS::ApiGateway::Method":
		c.method()
	case "AWS::ApiGateway::DomainName":
		c.domainName()
	case "AWS::Route53::RecordSet":
		c.reportGone("dns-record", "clients", c.clients())
	case "AWS::WAFv2::WebACL":
		c.webACL()
	case "AWS::WAFv2::RegexPatternSet":
		// The rotation has written the set since its creation.
		if c.updated() && strings.Contains(text(c.after.properties["RegularExpressionList"]), "{{resolve:secretsmanager:") {
			c.report("accepted-values")
		}
	}
}

// reportGone reports a resource that is deleted or replaced. What is retained when it leaves its stack keeps working.
func (c *change) reportGone(rule string, fill ...string) {
	if c.replaced() || c.removed() && !c.retained() {
		c.report(rule, fill...)
	}
}

func (c *change) client() {
	c.reportGone("app-client")
	if !c.updated() {
		return
	}
	after := items(c.after.properties["AllowedOAuthScopes"])
	for _, scope := range items(c.before.properties["AllowedOAuthScopes"]) {
		if !slices.Contains(after, scope) {
			c.report("scope-withdrawn", "scope", scope)
		}
	}
}

// clients are those that ask for tokens at the API of a changed resource.
func (c *change) clients() string {
	for _, r := range c.update.before.Template.Resources {
		if r.Type == "AWS::ApiGateway::Method" && strings.Contains(text(get(r.Properties, "Integration.Uri")), "/oauth2/token") {
			return "all tenants"
		}
	}
	return "clients of the API"
}

func (c *change) restAPI() {
	c.reportGone("api-address", "clients", c.clients())
	if c.differs("DisableExecuteApiEndpoint") && c.after.properties["DisableExecuteApiEndpoint"] == true {
		c.report("endpoint-closed", "clients", c.clients())
	}
	if c.differs("EndpointConfiguration.Types") {
		c.report("endpoint-type", "clients", c.clients())
	}
	if c.differs("Policy") && c.after.properties["Policy"] != nil {
		c.report("resource-policy")
	}
}

func (c *change) stage() {
	if !c.updated() {
		api := c.update.before.resources[text(get(c.before.Properties["RestApiId"], "Ref"))]
		if api != nil && api.properties["DisableExecuteApiEndpoint"] == true {
			c.reportGone("stage-behind-domain")
		} else {
			c.reportGone("stage-name", "clients", c.clients())
		}
		return
	}
	c.checkTTL()
	switch {
	case c.before.properties["CacheClusterEnabled"] != true:
	case c.differs("CacheClusterSize") || c.differs("CacheClusterEnabled"):
		c.report("cache-recreated")
	case c.differs("DeploymentId"):
		c.report("cache-emptied")
	}
}

// checkTTL reports a cache TTL that rises above what clients allow that are updated later. Design decision D3: tokens have 5 minutes left
// at least.
func (c *change) checkTTL() {
	before, after := ttl(c.before), ttl(c.after)
	if after <= before {
		return
	}
	var tenants []string
	c.update.account.instances(func(i *instance) {
		if i.Type == "AWS::Cognito::UserPoolClient" && validity(i)-300 < after {
			tenants = append(tenants, c.update.account.tenant(i))
		}
	})
	if tenants != nil {
		c.report("ttl-before-validity", "ttl", fmt.Sprint(after), "tenants", strings.Join(tenants, ", "))
	}
}

// ttl is how long a stage caches answers, in seconds.
func ttl(stage *instance) float64 {
	longest := 0.0
	settings, _ := stage.properties["MethodSettings"].([]any)
	for _, s := range settings {
		if seconds, ok := get(s, "CacheTtlInSeconds").(float64); ok && get(s, "CachingEnabled") == true {
			longest = max(longest, seconds)
		}
	}
	return longest
}

// validity is how long a client's access tokens live, in seconds.
func validity(client *instance) float64 {
	n, ok := client.properties["AccessTokenValidity"].(float64)
	if !ok {
		return 3600
	}
	switch get(client.properties, "TokenValidityUnits.AccessToken") {
	case "seconds":
		return n
	case "minutes":
		return n * 60
	case "days":
		return n * 86400
	}
	return n * 3600
}

func (c *change) method() {
	after := func(property string, value any) bool {
		return c.differs(property) && c.after.properties[property] == value
	}
	if c.differs("AuthorizationType") && !after("AuthorizationType", "NONE") || after("ApiKeyRequired", true) {
		c.report("authorization", "clients", c.clients())
	}
	if c.updated() && headers(c.before) != "" && headers(c.before) != headers(c.after) {
		c.report("header-sent")
	}
}

// headers are the parameters of a method's integration that come from stage variables.
func headers(method *instance) string {
	parameters, _ := get(method.properties, "Integration.RequestParameters").(map[string]any)
	return strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(parameters)), func(name string) bool {
		return !strings.HasPrefix(text(parameters[name]), "stageVariables.")
	}), " ")
}

func (c *change) domainName() {
	c.reportGone("domain-name", "clients", c.clients())
	if before := text(c.before.properties["SecurityPolicy"]); c.differs("SecurityPolicy") {
		c.report("security-policy-changed", "before", before, "after", text(c.after.properties["SecurityPolicy"]))
	}
	if c.differs("MutualTlsAuthentication") && c.before.properties["MutualTlsAuthentication"] == nil {
		c.report("mutual-tls", "clients", c.clients())
	}
}

// webACL looks at the rules of a user pool's web ACL: the header that lets requests in, and the path of the keys.
func (c *change) webACL() {
	if !c.updated() {
		return
	}
	header := func(i *instance) (name string) {
		walk(i.properties["Rules"], func(key string, value any) {
			if key == "RegexPatternSetReferenceStatement" {
				name = text(get(value, "FieldToMatch.SingleHeader.Name"))
			}
		})
		return name
	}
	if before := header(c.before); before != "" && before != header(c.after) {
		c.report("header-accepted", "header", before)
	}
	const keys = "/.well-known/jwks.json"
	if strings.Contains(text(c.before.properties["Rules"]), keys) && !strings.Contains(text(c.after.properties["Rules"]), keys) {
		c.report("keys-blocked")
	}
}
