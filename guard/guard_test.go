package guard_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// Every check is tried on a template of ours with one mistake in it.
func TestCheckAssembly_findsMistakesInOurTemplates(t *testing.T) {
	const (
		client  = "AWS::Cognito::UserPoolClient"
		api     = "AWS::ApiGateway::Method"
		acl     = "AWS::WAFv2::WebACL"
		set     = "AWS::WAFv2::RegexPatternSet"
		stage   = "AWS::ApiGateway::Stage"
		domain  = "AWS::Cognito::UserPoolDomain"
		servers = "AWS::Cognito::UserPoolResourceServer"
	)

	for _, test := range []struct {
		name, stack, resourceType string
		breakIt                   func(object)
		want                      string
	}{
		{"misspelt flow", "tenants-sandbox", client, func(p object) { p["AllowedOAuthFlows"] = []any{"client_credential"} },
			"AllowedOAuthFlows is [client_credential]"},
		{"mixed flows", "tenants-sandbox", client, func(p object) { p["AllowedOAuthFlows"] = []any{"code", "client_credentials"} },
			"AllowedOAuthFlows is [code client_credentials]"},
		{"flows off", "tenants-sandbox", client, func(p object) { delete(p, "AllowedOAuthFlowsUserPoolClient") },
			"AllowedOAuthFlowsUserPoolClient is <nil>"},
		{"no secret", "tenants-sandbox", client, func(p object) { p["GenerateSecret"] = false }, "GenerateSecret is false"},
		{"user scope", "tenants-sandbox", client, func(p object) { p["AllowedOAuthScopes"] = []any{"orders/read", "openid"} },
			`AllowedOAuthScopes has "openid"`},
		{"no scope", "tenants-sandbox", client, func(p object) { p["AllowedOAuthScopes"] = []any{} }, "AllowedOAuthScopes has 0 scopes"},
		{"default sign-in flows", "tenants-sandbox", client, func(p object) { delete(p, "ExplicitAuthFlows") }, "ExplicitAuthFlows is []"},
		{"tokens around the proxy", "tenants-sandbox", client, func(p object) { p["ExplicitAuthFlows"] = []any{"ALLOW_CLIENT_TOKEN_AUTH"} },
			"ExplicitAuthFlows is [ALLOW_CLIENT_TOKEN_AUTH]"},
		{"upper-case prefix", "identity", domain, func(p object) { p["Domain"] = "Acme" }, `domain prefix "Acme" is not allowed`},
		{"reserved prefix", "identity", domain, func(p object) { p["Domain"] = "my-aws-pool" }, `contains the reserved word "aws"`},
		{"slash in a scope name", "identity", servers, func(p object) { first(p["Scopes"])["ScopeName"] = "a/b" },
			`scope name "a/b" is not allowed`},
		{"space in an identifier", "identity", servers, func(p object) { p["Identifier"] = "a b" },
			`resource server identifier "a b" is not allowed`},
		{"101 scopes", "identity", servers, func(p object) { p["Scopes"] = make([]any, 101) }, "Scopes has 101 scopes"},
		{"rule without action", "gateway", acl, func(p object) { delete(first(p["Rules"]), "Action") },
			"rule 0 (allow-origin-header) has the actions []: its statement needs exactly Action"},
		{"rule with two statements", "gateway", acl, func(p object) { first(p["Rules"])["Statement"].(object)["GeoMatchStatement"] = object{} },
			"rule 0 (allow-origin-header) has 2 statements"},
		{"samples of the secret header", "gateway", acl,
			func(p object) { first(p["Rules"])["VisibilityConfig"].(object)["SampledRequestsEnabled"] = true },
			"rule 0 (allow-origin-header) keeps samples of requests"},
		{"same priority", "gateway", acl, func(p object) { first(p["Rules"])["Priority"] = 1.0 }, "duplicate rule priority 1"},
		{"same name", "gateway", acl, func(p object) { first(p["Rules"])["Name"] = "block-all" }, `duplicate rule name "block-all"`},
		{"id for an ARN", "gateway", "AWS::WAFv2::WebACLAssociation",
			func(p object) { p["ResourceArn"] = object{"Ref": "TokenProxyApi09D26809"} },
			"ResourceArn is the id of TokenProxyApi09D26809 (AWS::ApiGateway::RestApi)"},
		{"no ARN", "gateway", "AWS::WAFv2::WebACLAssociation", func(p object) { p["ResourceArn"] = "eu-west-1_abc" },
			`ResourceArn "eu-west-1_abc" is not an ARN`},
		{"11 patterns", "gateway", set, func(p object) { p["RegularExpressionList"] = repeat("^a$", 11) },
			"RegularExpressionList has 11 patterns"},
		{"pattern not anchored", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^abc"} }, "pattern 0 is not anchored"},
		{"reference not anchored", "gateway", set, func(p object) {
			join := first(p["RegularExpressionList"])["Fn::Join"].([]any)[1].([]any)
			join[0] = strings.TrimPrefix(join[0].(string), "^")
		}, "pattern 0 is not anchored"},
		{"invalid pattern", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^(a$"} }, "pattern 0 is no regular expression"},
		{"long pattern", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^" + strings.Repeat("a", 200) + "$"} },
			"pattern 0 has 202 characters"},
		{"cache size", "gateway", stage, func(p object) { p["CacheClusterSize"] = "1" }, `cache size "1" is not one of`},
		{"TTL", "gateway", stage, func(p object) { tokenSetting(p)["CacheTtlInSeconds"] = 3601.0 }, "has a cache TTL of 3601 s: use 0 to 3600"},
		{"unencrypted", "gateway", stage, func(p object) { tokenSetting(p)["CacheDataEncrypted"] = false },
			"POST /~1oauth2~1token caches unencrypted"},
		{"caching left out", "gateway", stage, func(p object) { delete(first(p["MethodSettings"]), "CachingEnabled") },
			"method setting * /* leaves CachingEnabled out"},
		{"data trace", "gateway", stage, func(p object) { tokenSetting(p)["DataTraceEnabled"] = true }, "may trace data"},
		{"log level", "gateway", stage, func(p object) { tokenSetting(p)["LoggingLevel"] = "INFO" }, `execution log level "INFO"`},
		{"variable's name", "gateway", stage, func(p object) { p["Variables"] = object{"origin-header": "a"} }, `stage variable "origin-header"`},
		{"variable's value", "gateway", stage, func(p object) { p["Variables"] = object{"originHeader": "a b"} },
			`the value of stage variable "originHeader"`},
		{"destination", "gateway", api, func(p object) { integration(p)["RequestParameters"] = object{"method.request.header.X": "'a'"} },
			`the integration maps to "method.request.header.X"`},
		{"source", "gateway", api, func(p object) { integration(p)["RequestParameters"] = object{"integration.request.header.X": "a"} },
			`the integration maps "a" to`},
		{"undeclared cache key", "gateway", api, func(p object) { delete(p["RequestParameters"].(object), "method.request.querystring.scope") },
			`cache key "method.request.querystring.scope" is declared neither`},
		{"no HTTP method", "gateway", api, func(p object) { delete(integration(p), "IntegrationHttpMethod") },
			"the integration has no IntegrationHttpMethod"},
		{"catch-all 200", "gateway", api, func(p object) { delete(first(integration(p)["IntegrationResponses"]), "SelectionPattern") },
			"without a selection pattern is 200"},
		{"same status twice", "gateway", api, func(p object) { first(integration(p)["IntegrationResponses"])["StatusCode"] = "400" },
			"two integration responses have status 400"},
		{"undeclared status", "gateway", api, func(p object) { p["MethodResponses"] = []any{} },
			"status 200 of an integration response is not among the method responses"},
	} {
		t.Run(test.name, func(t *testing.T) {
			broken := load(t, test.stack)
			for _, resource := range broken.Resources {
				if resource.Type == test.resourceType {
					test.breakIt(resource.Properties)
				}
			}
			expect(t, broken, test.want)
		})
	}
}

// Resources of other kinds, by themselves.
func TestCheckAssembly_findsMistakesOfBothTiers(t *testing.T) {
	for _, test := range []struct {
		tier                           guard.Tier
		resourceType, properties, want string
	}{
		{guard.TierDoor, "AWS::SecretsManager::RotationSchedule", `{"RotationRules":{"ScheduleExpression":"rate(30 days)"}}`,
			"RotateImmediatelyOnUpdate is <nil>: use false"},
		{guard.TierAWS, "AWS::SecretsManager::RotationSchedule",
			`{"RotateImmediatelyOnUpdate":false,"RotationRules":{"ScheduleExpression":"every month"}}`,
			`rotation schedule "every month" is not one of Secrets Manager`},
		{guard.TierAWS, "AWS::SecretsManager::RotationSchedule",
			`{"RotateImmediatelyOnUpdate":false,"RotationRules":{"ScheduleExpression":"cron(0 23 1 * ? *)","Duration":"2h"}}`,
			"reaches into the next day"},
		{guard.TierAWS, "AWS::SecretsManager::RotationSchedule",
			`{"RotateImmediatelyOnUpdate":false,"RotationRules":{"AutomaticallyAfterDays":1,"ScheduleExpression":"rate(1 days)"}}`,
			"RotationRules has both"},
		{guard.TierDoor, "AWS::SecretsManager::RotationSchedule", `{"RotateImmediatelyOnUpdate":false,"RotationRules":{}}`,
			"RotationRules has neither"},
		{guard.TierAWS, "AWS::CloudWatch::Dashboard", `{"DashboardBody":"{\"widgets\":["}`, "DashboardBody is not JSON"},

		{guard.TierAWS, "AWS::ApiGateway::Method", `{"AuthorizationType":"CUSTOM"}`,
			"AuthorizationType is CUSTOM and AuthorizerId <nil>: use an authorizer"},
		{guard.TierDoor, "AWS::ApiGateway::Method", `{"AuthorizationType":"NONE","AuthorizerId":"a"}`,
			"AuthorizationType is NONE and AuthorizerId a"},
		{guard.TierDoor, "AWS::ApiGateway::Method", `{"AuthorizationType":"AWS_IAM","AuthorizerId":"a"}`,
			"AuthorizationType is AWS_IAM and AuthorizerId a"},
		{guard.TierDoor, "AWS::ApiGateway::Method",
			`{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP_PROXY","IntegrationHttpMethod":"POST"}}`,
			"passes the Authorization header through"},
		{guard.TierDoor, "AWS::ApiGateway::Method",
			`{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP",
				"RequestParameters":{"integration.request.header.X":"method.request.header.authorization"}}}`,
			`maps the Authorization header to "integration.request.header.X"`},
		{guard.TierAWS, "AWS::ApiGateway::Authorizer",
			`{"Type":"REQUEST","IdentitySource":"context.identity.sourceIp","AuthorizerResultTtlInSeconds":3601}`,
			"authorizer TTL 1h0m1s is not allowed"},
		{guard.TierAWS, "AWS::ApiGateway::Authorizer", `{"Type":"REQUEST"}`, "IdentitySource is missing: an answer that is kept"},
		{guard.TierDoor, "AWS::ApiGateway::Authorizer",
			`{"Type":"REQUEST","IdentitySource":"method.request.header.Authorization, context.identity.sourceIp"}`, `IdentitySource has a space`},
		{guard.TierAWS, "AWS::ApiGateway::Authorizer", `{"Type":"REQUEST","IdentitySource":"$context.identity.sourceIp"}`,
			`IdentitySource has "$context.identity.sourceIp"`},
		{guard.TierAWS, "AWS::ApiGateway::RestApi", `{"EndpointConfiguration":{"Types":["PRIVATE"]}}`, "the API is private and has no Policy"},
		{guard.TierDoor, "AWS::ApiGateway::RestApi", `{"Policy":{"Statement":[{"Effect":"Deny"}]}}`, "Policy allows nothing"},
		{guard.TierDoor, "AWS::ApiGateway::RestApi", `{"SecurityPolicy":"TLS_1_0"}`, `security policy "TLS_1_0" is not one of`},
		{guard.TierAWS, "AWS::ApiGateway::RestApi", `{"SecurityPolicy":"SecurityPolicy_TLS13_1_3_2025_09"}`,
			`endpoint access mode "" is not one of STRICT, BASIC`},
		{guard.TierAWS, "AWS::ApiGateway::RestApi", `{"EndpointAccessMode":"STRICT"}`, `endpoint access mode "STRICT" does not go with`},
		{guard.TierDoor, "AWS::ApiGateway::ApiKey", `{"Value":"0123456789abcdefghij","GenerateDistinctId":true}`, "Value is in the template"},
		{guard.TierDoor, "AWS::ApiGateway::ApiKey", `{"Value":{"Fn::Join":["",["{{resolve:secretsmanager:",{"Ref":"S"},":SecretString:::}}"]]}}`,
			"GenerateDistinctId is <nil>"},
		{guard.TierDoor, "AWS::Lambda::Permission", `{"Principal":"apigateway.amazonaws.com"}`,
			"apigateway.amazonaws.com may invoke the function for every account"},
		{guard.TierAWS, "AWS::Logs::MetricFilter", `{"FilterPattern":"{ ($.a = \"b\" }"}`, `FilterPattern has 1 "(" and 0 ")"`},
		{guard.TierAWS, "AWS::Logs::MetricFilter", `{"MetricTransformations":[{"DefaultValue":0,"Dimensions":[]}]}`,
			"has both DefaultValue and Dimensions"},
		{guard.TierAWS, "AWS::Logs::MetricFilter", `{"MetricTransformations":[{"MetricNamespace":"AWS/ApiGateway"}]}`,
			`writes to namespace "AWS/ApiGateway"`},
		{guard.TierAWS, "AWS::ApiGatewayV2::Route", `{"AuthorizationType":"JWT"}`, `AuthorizationType is JWT and AuthorizerId <nil>`},
		{guard.TierAWS, "AWS::ApiGateway::Stage", `{"MethodSettings":[{"HttpMethod":"*","ResourcePath":"/*","CacheTtlInSeconds":3601}]}`,
			`has a cache TTL of 3601 s`},
		{guard.TierAWS, "AWS::ApiGateway::Stage", `{"MethodSettings":[{"HttpMethod":"*","ResourcePath":"/*","LoggingLevel":"DEBUG"}]}`,
			`execution log level "DEBUG" is not one of OFF, ERROR, INFO`},
		{guard.TierAWS, "AWS::ApiGateway::DomainName", `{"SecurityPolicy":"TLS_1_1"}`, `security policy "TLS_1_1" is not one of`},
		{guard.TierAWS, "AWS::Cognito::UserPoolClient", `{"AllowedOAuthFlows":["implicitly"]}`,
			`flow "implicitly" is not one of code, implicit, client_credentials`},
		{guard.TierAWS, "AWS::Cognito::UserPoolClient", `{"AllowedOAuthFlows":["client_credentials"]}`, `GenerateSecret is <nil>`},
		{guard.TierAWS, "AWS::Cognito::UserPoolClient", `{"AllowedOAuthFlows":["code","client_credentials"],"GenerateSecret":true}`,
			`Cognito allows client_credentials with no other flow`},
		{guard.TierAWS, "AWS::Cognito::UserPoolClient", `{"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true}`, `needs both`},
		{guard.TierAWS, "AWS::CloudTrail::Trail", `{"IsMultiRegionTrail":true}`, `a multi-Region trail must include them`},
		{guard.TierAWS, "AWS::CloudTrail::Trail", `{"CloudWatchLogsRoleArn":"a"}`, `must be there both or neither`},
		{guard.TierAWS, "AWS::CloudWatch::Alarm", `{"Metrics":[{"Id":"m"},{"Id":"m","ReturnData":false}]}`, `duplicate metric id "m"`},
		{guard.TierAWS, "AWS::CloudWatch::Alarm", `{"Metrics":[{"Id":"e","Expression":"RATE(m)"}]}`, `uses "m" in "RATE(m)"`},
		{guard.TierAWS, "AWS::CloudWatch::Alarm", `{"Metrics":[{"Id":"e","Expression":"SUM(SEARCH('a', 'Sum'))"}]}`,
			`which an alarm cannot have`},
		{guard.TierAWS, "AWS::CloudWatch::Alarm", `{"Metrics":[{"Id":"a"},{"Id":"b"}]}`, `returns the data of [a b]`},
		{guard.TierAWS, "AWS::CloudWatch::Alarm", `{"Metrics":[{"Id":"a"},{"Id":"b"}],"ThresholdMetricId":"c"}`, `returns the data of [a b]`},
		{guard.TierAWS, "AWS::Logs::LogGroup", `{"DataProtectionPolicy":{"Statement":[]}}`, `want Audit and Deidentify`},
		{guard.TierAWS, "AWS::WAFv2::WebACL", `{"Rules":[{"Name":"a"}]}`, `rule 0 (a) has the actions []`},
		{guard.TierAWS, "AWS::WAFv2::WebACLAssociation", `{"ResourceArn":"eu-west-1_a"}`, `is not an ARN`},
		{guard.TierAWS, "AWS::WAFv2::LoggingConfiguration", `{"LogDestinationConfigs":["arn:aws:logs:eu-west-1:1:log-group:a"]}`,
			`logs to the log group "a"`},
		{guard.TierAWS, "AWS::WAFv2::RegexPatternSet", `{"RegularExpressionList":["(a"]}`, `pattern 0 is no regular expression`},
		{guard.TierDoor, "AWS::WAFv2::RegexPatternSet", `{"RegularExpressionList":["a"]}`, `pattern 0 is not anchored`},
	} {
		var properties map[string]any
		if err := json.Unmarshal([]byte(test.properties), &properties); err != nil {
			t.Fatal(err)
		}
		broken := template{map[string]*templates.Resource{"R": {Type: test.resourceType, Properties: properties}}}
		expect(t, broken, test.want)
		// The first tier needs no door.
		found := strings.Join(findings(t, houserules.Write(t, object{"test": broken})), "\n")
		if got := strings.Contains(found, test.want); got != (test.tier == guard.TierAWS) {
			t.Errorf("without a door: got %q, want it to contain %q: %t", found, test.want, !got)
		}
	}
}

// The options of the edge. No environment has all of them.
func TestCheckAssembly_leavesSoundResourcesAlone(t *testing.T) {
	for resourceType, properties := range map[string][]string{
		"AWS::ApiGateway::Method": {
			`{"AuthorizationType":"CUSTOM","AuthorizerId":{"Ref":"A"},"Integration":{"Type":"HTTP_PROXY","IntegrationHttpMethod":"POST"}}`,
			`{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP","IntegrationHttpMethod":"POST",
				"RequestParameters":{"integration.request.header.Authorization":"method.request.header.x-client-authorization"}}}`,
		},
		"AWS::ApiGateway::Authorizer": {
			`{"Type":"REQUEST","AuthorizerResultTtlInSeconds":0}`,
			`{"Type":"REQUEST",
				"IdentitySource":"method.request.header.Authorization,context.identity.sourceIp,method.request.querystring.client_id"}`,
			`{"Type":"COGNITO_USER_POOLS"}`,
		},
		"AWS::ApiGateway::RestApi": {
			`{"EndpointConfiguration":{"Types":["REGIONAL"]},"DisableExecuteApiEndpoint":true,"SecurityPolicy":"TLS_1_2"}`,
			`{"EndpointConfiguration":{"Types":["PRIVATE"]},"Policy":{"Statement":[{"Effect":"Deny"},{"Effect":"Allow"}]},
				"SecurityPolicy":"SecurityPolicy_TLS13_1_3_2025_09","EndpointAccessMode":"STRICT"}`,
		},
		"AWS::ApiGateway::ApiKey": {`{}`, `{"Value":"{{resolve:secretsmanager:a:SecretString:::}}","GenerateDistinctId":true}`},
		"AWS::Lambda::Permission": {`{"Principal":"apigateway.amazonaws.com","SourceArn":"a"}`,
			`{"Principal":"secretsmanager.amazonaws.com","SourceAccount":"a"}`, `{"Principal":"111122223333"}`},
		"AWS::Logs::MetricFilter": {`{"FilterPattern":"{ ($.a = \"b\") }","MetricTransformations":[{"DefaultValue":0,
			"MetricNamespace":"CognitoM2M/A"}]}`},
	} {
		for _, body := range properties {
			var p map[string]any
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				t.Fatal(err)
			}
			if found := (template{map[string]*templates.Resource{"R": {Type: resourceType, Properties: p}}}).check(t); len(found) > 0 {
				t.Errorf("%s: %v", body, found)
			}
		}
	}
}

func TestCheckAssembly_findsNothingInOurTemplates(t *testing.T) {
	for _, stack := range []string{"identity", "gateway", "tenants-sandbox"} {
		if found := load(t, stack).check(t); len(found) > 0 {
			t.Errorf("%s: %s", stack, strings.Join(found, "\n"))
		}
	}
}

func load(t *testing.T, stack string) template {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "testdata", "snapshots", "m2m-dev-"+stack+"_1.snap.json"))
	if err != nil {
		t.Fatal(err)
	}
	var read template
	if err := json.Unmarshal(body, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func expect(t *testing.T, broken template, want string) {
	t.Helper()
	found := strings.Join(broken.check(t), "\n")
	if !strings.Contains(found, want) {
		t.Errorf("got %q, want …%s…", found, want)
	}
}

func first(items any) map[string]any { return items.([]any)[0].(map[string]any) }

func integration(properties map[string]any) map[string]any {
	return properties["Integration"].(map[string]any)
}

// tokenSetting is the method setting of POST /oauth2/token.
func tokenSetting(properties map[string]any) map[string]any {
	return properties["MethodSettings"].([]any)[1].(map[string]any)
}

func repeat(s string, n int) []any {
	var all []any
	for range n {
		all = append(all, s)
	}
	return all
}
