package guard_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
)

// Every check is tried on a template of ours with one mistake in it.
func TestMistakes(t *testing.T) {
	const (
		client  = "AWS::Cognito::UserPoolClient"
		api     = "AWS::ApiGateway::Method"
		acl     = "AWS::WAFv2::WebACL"
		set     = "AWS::WAFv2::RegexPatternSet"
		stage   = "AWS::ApiGateway::Stage"
		domain  = "AWS::Cognito::UserPoolDomain"
		servers = "AWS::Cognito::UserPoolResourceServer"
	)
	type object = map[string]any
	for _, test := range []struct {
		name, stack, resourceType string
		breakIt                   func(object)
		want                      string
	}{
		{"misspelt flow", "tenants-sandbox", client, func(p object) { p["AllowedOAuthFlows"] = []any{"client_credential"} }, "AllowedOAuthFlows is [client_credential]"},
		{"mixed flows", "tenants-sandbox", client, func(p object) { p["AllowedOAuthFlows"] = []any{"code", "client_credentials"} }, "AllowedOAuthFlows is [code client_credentials]"},
		{"flows off", "tenants-sandbox", client, func(p object) { delete(p, "AllowedOAuthFlowsUserPoolClient") }, "AllowedOAuthFlowsUserPoolClient is <nil>"},
		{"no secret", "tenants-sandbox", client, func(p object) { p["GenerateSecret"] = false }, "GenerateSecret is false"},
		{"user scope", "tenants-sandbox", client, func(p object) { p["AllowedOAuthScopes"] = []any{"orders/read", "openid"} }, `AllowedOAuthScopes has "openid"`},
		{"no scope", "tenants-sandbox", client, func(p object) { p["AllowedOAuthScopes"] = []any{} }, "AllowedOAuthScopes has 0 scopes"},
		{"default sign-in flows", "tenants-sandbox", client, func(p object) { delete(p, "ExplicitAuthFlows") }, "ExplicitAuthFlows is []"},
		{"tokens around the proxy", "tenants-sandbox", client, func(p object) { p["ExplicitAuthFlows"] = []any{"ALLOW_CLIENT_TOKEN_AUTH"} }, "ExplicitAuthFlows is [ALLOW_CLIENT_TOKEN_AUTH]"},
		{"upper-case prefix", "identity", domain, func(p object) { p["Domain"] = "Acme" }, `domain prefix "Acme" is not allowed`},
		{"reserved prefix", "identity", domain, func(p object) { p["Domain"] = "my-aws-pool" }, `contains the reserved word "aws"`},
		{"slash in a scope name", "identity", servers, func(p object) { first(p["Scopes"])["ScopeName"] = "a/b" }, `scope name "a/b" is not allowed`},
		{"space in an identifier", "identity", servers, func(p object) { p["Identifier"] = "a b" }, `resource server identifier "a b" is not allowed`},
		{"101 scopes", "identity", servers, func(p object) { p["Scopes"] = make([]any, 101) }, "Scopes has 101 scopes"},
		{"rule without action", "gateway", acl, func(p object) { delete(first(p["Rules"]), "Action") }, "rule 0 (allow-origin-header) has the actions []: its statement needs exactly Action"},
		{"rule with two statements", "gateway", acl, func(p object) { first(p["Rules"])["Statement"].(object)["GeoMatchStatement"] = object{} }, "rule 0 (allow-origin-header) has 2 statements"},
		{"samples of the secret header", "gateway", acl, func(p object) { first(p["Rules"])["VisibilityConfig"].(object)["SampledRequestsEnabled"] = true }, "rule 0 (allow-origin-header) keeps samples of requests"},
		{"same priority", "gateway", acl, func(p object) { first(p["Rules"])["Priority"] = 1.0 }, "priority 1 is there twice"},
		{"same name", "gateway", acl, func(p object) { first(p["Rules"])["Name"] = "block-all" }, "rule 1 (block-all): the name is there twice"},
		{"id for an ARN", "gateway", "AWS::WAFv2::WebACLAssociation", func(p object) { p["ResourceArn"] = object{"Ref": "TokenProxyApi09D26809"} }, "ResourceArn is the id of TokenProxyApi09D26809 (AWS::ApiGateway::RestApi)"},
		{"no ARN", "gateway", "AWS::WAFv2::WebACLAssociation", func(p object) { p["ResourceArn"] = "eu-west-1_abc" }, `ResourceArn "eu-west-1_abc" is not an ARN`},
		{"11 patterns", "gateway", set, func(p object) { p["RegularExpressionList"] = repeat("^a$", 11) }, "RegularExpressionList has 11 patterns"},
		{"pattern not anchored", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^abc"} }, "pattern 0 is not anchored"},
		{"reference not anchored", "gateway", set, func(p object) {
			join := first(p["RegularExpressionList"])["Fn::Join"].([]any)[1].([]any)
			join[0] = strings.TrimPrefix(join[0].(string), "^")
		}, "pattern 0 is not anchored"},
		{"invalid pattern", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^(a$"} }, "pattern 0 is no regular expression"},
		{"long pattern", "gateway", set, func(p object) { p["RegularExpressionList"] = []any{"^" + strings.Repeat("a", 200) + "$"} }, "pattern 0 has 202 characters"},
		{"cache size", "gateway", stage, func(p object) { p["CacheClusterSize"] = "1" }, `cache size "1" is not one of`},
		{"TTL", "gateway", stage, func(p object) { tokenSetting(p)["CacheTtlInSeconds"] = 3601.0 }, "has a cache TTL of 3601 s: use 1 to 3600"},
		{"unencrypted", "gateway", stage, func(p object) { tokenSetting(p)["CacheDataEncrypted"] = false }, "POST /~1oauth2~1token caches unencrypted"},
		{"caching left out", "gateway", stage, func(p object) { delete(first(p["MethodSettings"]), "CachingEnabled") }, "method setting * /* leaves CachingEnabled out"},
		{"data trace", "gateway", stage, func(p object) { tokenSetting(p)["DataTraceEnabled"] = true }, "may trace data"},
		{"log level", "gateway", stage, func(p object) { tokenSetting(p)["LoggingLevel"] = "INFO" }, `execution log level "INFO"`},
		{"variable's name", "gateway", stage, func(p object) { p["Variables"] = object{"origin-header": "a"} }, `stage variable "origin-header"`},
		{"variable's value", "gateway", stage, func(p object) { p["Variables"] = object{"originHeader": "a b"} }, `the value of stage variable "originHeader"`},
		{"destination", "gateway", api, func(p object) { integration(p)["RequestParameters"] = object{"method.request.header.X": "'a'"} }, `the integration maps to "method.request.header.X"`},
		{"source", "gateway", api, func(p object) { integration(p)["RequestParameters"] = object{"integration.request.header.X": "a"} }, `the integration maps "a" to`},
		{"undeclared cache key", "gateway", api, func(p object) { delete(p["RequestParameters"].(object), "method.request.querystring.scope") }, `cache key "method.request.querystring.scope" is declared neither`},
		{"no HTTP method", "gateway", api, func(p object) { delete(integration(p), "IntegrationHttpMethod") }, "the integration has no IntegrationHttpMethod"},
		{"catch-all 200", "gateway", api, func(p object) { delete(first(integration(p)["IntegrationResponses"]), "SelectionPattern") }, "without a selection pattern is 200"},
		{"same status twice", "gateway", api, func(p object) { first(integration(p)["IntegrationResponses"])["StatusCode"] = "400" }, "two integration responses have status 400"},
		{"undeclared status", "gateway", api, func(p object) { p["MethodResponses"] = []any{} }, "status 200 of an integration response is not among the method responses"},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := load(t, test.stack)
			for _, resource := range template.Resources {
				if resource.Type == test.resourceType {
					test.breakIt(resource.Properties)
				}
			}
			expect(t, template, test.want)
		})
	}
}

// Resources of other kinds, by themselves.
func TestMistakesInOtherResources(t *testing.T) {
	for _, test := range []struct{ resourceType, properties, want string }{
		{"AWS::SecretsManager::RotationSchedule", `{"RotationRules":{"ScheduleExpression":"rate(30 days)"}}`, "RotateImmediatelyOnUpdate is <nil>: use false"},
		{"AWS::SecretsManager::RotationSchedule", `{"RotateImmediatelyOnUpdate":false,"RotationRules":{"ScheduleExpression":"every month"}}`, `rotation schedule "every month" is not one of Secrets Manager`},
		{"AWS::SecretsManager::RotationSchedule", `{"RotateImmediatelyOnUpdate":false,"RotationRules":{"ScheduleExpression":"cron(0 23 1 * ? *)","Duration":"2h"}}`, "reaches into the next day"},
		{"AWS::SecretsManager::RotationSchedule", `{"RotateImmediatelyOnUpdate":false,"RotationRules":{}}`, "RotationRules needs exactly one of"},
		{"AWS::CloudWatch::Dashboard", `{"DashboardBody":"{\"widgets\":["}`, "DashboardBody is not JSON"},

		{"AWS::ApiGateway::Method", `{"AuthorizationType":"CUSTOM"}`, "AuthorizationType is CUSTOM and AuthorizerId <nil>: use an authorizer"},
		{"AWS::ApiGateway::Method", `{"AuthorizationType":"NONE","AuthorizerId":"a"}`, "AuthorizationType is NONE and AuthorizerId a"},
		{"AWS::ApiGateway::Method", `{"AuthorizationType":"AWS_IAM","AuthorizerId":"a"}`, "AuthorizationType is AWS_IAM and AuthorizerId a"},
		{"AWS::ApiGateway::Method", `{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP_PROXY","IntegrationHttpMethod":"POST"}}`, "passes the Authorization header through"},
		{"AWS::ApiGateway::Method", `{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP","RequestParameters":{"integration.request.header.X":"method.request.header.authorization"}}}`, `maps the Authorization header to "integration.request.header.X"`},
		{"AWS::ApiGateway::Authorizer", `{"Type":"REQUEST","IdentitySource":"context.identity.sourceIp","AuthorizerResultTtlInSeconds":3601}`, "authorizer TTL 1h0m1s is not allowed"},
		{"AWS::ApiGateway::Authorizer", `{"Type":"REQUEST"}`, "IdentitySource is missing: an answer that is kept"},
		{"AWS::ApiGateway::Authorizer", `{"Type":"REQUEST","IdentitySource":"method.request.header.Authorization, context.identity.sourceIp"}`, `IdentitySource has " context.identity.sourceIp"`},
		{"AWS::ApiGateway::Authorizer", `{"Type":"REQUEST","IdentitySource":"$context.identity.sourceIp"}`, `IdentitySource has "$context.identity.sourceIp"`},
		{"AWS::ApiGateway::RestApi", `{"EndpointConfiguration":{"Types":["PRIVATE"]}}`, "the API is private and has no Policy"},
		{"AWS::ApiGateway::RestApi", `{"EndpointConfiguration":{"Types":["PRIVATE"]},"Policy":{"Statement":[{"Effect":"Allow"}]},"DisableExecuteApiEndpoint":true}`, "the default endpoint is the only one it has"},
		{"AWS::ApiGateway::RestApi", `{"Policy":{"Statement":[{"Effect":"Deny"}]}}`, "Policy allows nothing"},
		{"AWS::ApiGateway::RestApi", `{"SecurityPolicy":"TLS_1_0"}`, `security policy "TLS_1_0" is not one of`},
		{"AWS::ApiGateway::RestApi", `{"SecurityPolicy":"SecurityPolicy_TLS13_1_3_2025_09"}`, `endpoint access mode "" is not one of STRICT, BASIC`},
		{"AWS::ApiGateway::RestApi", `{"EndpointAccessMode":"STRICT"}`, `endpoint access mode "STRICT" does not go with`},
		{"AWS::ApiGateway::ApiKey", `{"Value":"0123456789abcdefghij","GenerateDistinctId":true}`, "Value is in the template"},
		{"AWS::ApiGateway::ApiKey", `{"Value":{"Fn::Join":["",["{{resolve:secretsmanager:",{"Ref":"S"},":SecretString:::}}"]]}}`, "GenerateDistinctId is <nil>"},
		{"AWS::Lambda::Permission", `{"Principal":"apigateway.amazonaws.com"}`, "apigateway.amazonaws.com may invoke the function for every account"},
		{"AWS::Logs::MetricFilter", `{"FilterPattern":"{ ($.a = \"b\" }"}`, `FilterPattern has 1 "(" and 0 ")"`},
		{"AWS::Logs::MetricFilter", `{"MetricTransformations":[{"DefaultValue":0,"Dimensions":[]}]}`, "has both DefaultValue and Dimensions"},
		{"AWS::Logs::MetricFilter", `{"MetricTransformations":[{"MetricNamespace":"AWS/ApiGateway"}]}`, `writes to namespace "AWS/ApiGateway"`},
	} {
		var properties map[string]any
		if err := json.Unmarshal([]byte(test.properties), &properties); err != nil {
			t.Fatal(err)
		}
		expect(t, guard.Template{Resources: map[string]guard.Resource{"R": {Type: test.resourceType, Properties: properties}}}, test.want)
	}
}

// What the front door may be, and no environment has all of it.
func TestWhatIsRightIsLeftAlone(t *testing.T) {
	for resourceType, properties := range map[string][]string{
		"AWS::ApiGateway::Method": {
			`{"AuthorizationType":"CUSTOM","AuthorizerId":{"Ref":"A"},"Integration":{"Type":"HTTP_PROXY","IntegrationHttpMethod":"POST"}}`,
			`{"AuthorizationType":"AWS_IAM","Integration":{"Type":"HTTP","IntegrationHttpMethod":"POST","RequestParameters":{"integration.request.header.Authorization":"method.request.header.x-client-authorization"}}}`,
		},
		"AWS::ApiGateway::Authorizer": {
			`{"Type":"REQUEST","AuthorizerResultTtlInSeconds":0}`,
			`{"Type":"REQUEST","IdentitySource":"method.request.header.Authorization,context.identity.sourceIp,method.request.querystring.client_id"}`,
			`{"Type":"COGNITO_USER_POOLS"}`,
		},
		"AWS::ApiGateway::RestApi": {
			`{"EndpointConfiguration":{"Types":["REGIONAL"]},"DisableExecuteApiEndpoint":true,"SecurityPolicy":"TLS_1_2"}`,
			`{"EndpointConfiguration":{"Types":["PRIVATE"]},"Policy":{"Statement":[{"Effect":"Deny"},{"Effect":"Allow"}]},"SecurityPolicy":"SecurityPolicy_TLS13_1_3_2025_09","EndpointAccessMode":"STRICT"}`,
		},
		"AWS::ApiGateway::ApiKey": {`{}`, `{"Value":"{{resolve:secretsmanager:a:SecretString:::}}","GenerateDistinctId":true}`},
		"AWS::Lambda::Permission": {`{"Principal":"apigateway.amazonaws.com","SourceArn":"a"}`, `{"Principal":"secretsmanager.amazonaws.com","SourceAccount":"a"}`, `{"Principal":"111122223333"}`},
		"AWS::Logs::MetricFilter": {`{"FilterPattern":"{ ($.a = \"b\") }","MetricTransformations":[{"DefaultValue":0,"MetricNamespace":"CognitoM2M/A"}]}`},
	} {
		for _, body := range properties {
			var p map[string]any
			if err := json.Unmarshal([]byte(body), &p); err != nil {
				t.Fatal(err)
			}
			if found := (guard.Template{Resources: map[string]guard.Resource{"R": {Type: resourceType, Properties: p}}}).Check(); len(found) > 0 {
				t.Errorf("%s: %v", body, found)
			}
		}
	}
}

func TestOurTemplatesHaveNoMistake(t *testing.T) {
	for _, stack := range []string{"identity", "gateway", "tenants-sandbox"} {
		if found := load(t, stack).Check(); len(found) > 0 {
			t.Errorf("%s: %s", stack, strings.Join(found, "\n"))
		}
	}
}

func TestAnAssemblyThatCannotBeReadIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "broken.template.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if errs := guard.CheckAssembly(dir); len(errs) != 1 || !strings.Contains(errs[0].Error(), "broken.template.json") {
		t.Errorf("got %v", errs)
	}
}

func load(t *testing.T, stack string) guard.Template {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "testdata", "snapshots", "m2m-dev-"+stack+"_1.snap.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template guard.Template
	if err := json.Unmarshal(body, &template); err != nil {
		t.Fatal(err)
	}
	return template
}

func expect(t *testing.T, template guard.Template, want string) {
	t.Helper()
	found := strings.Join(template.Check(), "\n")
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

// Clients and cache are in different stacks, so the TTL is checked over the whole assembly.
func TestTheTTLFitsEveryValidity(t *testing.T) {
	write := func(dir, stack, resourceType, properties string) {
		body := `{"Resources":{"R":{"Type":"` + resourceType + `","Properties":` + properties + `}}}`
		if err := os.WriteFile(filepath.Join(dir, stack+".template.json"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const settings = `{"MethodSettings":[{"HttpMethod":"POST","ResourcePath":"/a","CachingEnabled":true,"CacheDataEncrypted":true,"DataTraceEnabled":false,"CacheTtlInSeconds":1501}]}`
	for validity, want := range map[string]string{
		`"AccessTokenValidity":30,"TokenValidityUnits":{"AccessToken":"minutes"}`: `stack gateway: AWS::ApiGateway::Stage R: cache TTL 25m1s is not allowed`,
		`"AccessTokenValidity":1`: ``,
		`"ClientId":"default"`:    ``,
	} {
		dir := t.TempDir()
		write(dir, "gateway", "AWS::ApiGateway::Stage", settings)
		write(dir, "tenants", "AWS::Cognito::UserPoolClient", `{"ClientName":"shop","AllowedOAuthFlows":["client_credentials"],"AllowedOAuthFlowsUserPoolClient":true,"GenerateSecret":true,`+
			`"AllowedOAuthScopes":["a/b"],"ExplicitAuthFlows":["ALLOW_REFRESH_TOKEN_AUTH"],`+validity+`}`)
		errs := guard.CheckAssembly(dir)
		if (len(errs) == 0) != (want == "") || len(errs) > 0 && !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("%s: got %v, want %q", validity, errs, want)
		}
	}
}

func TestStackTagsMustNotReachTheAcceptedValues(t *testing.T) {
	for tags, want := range map[string]int{`{}`: 0, `{"team":"platform"}`: 1} {
		dir := t.TempDir()
		for name, body := range map[string]string{
			"a.template.json": `{"Resources":{"Set":{"Type":"AWS::WAFv2::RegexPatternSet","Properties":{"RegularExpressionList":["^a$"]}}}}`,
			"manifest.json":   `{"artifacts":{"a":{"properties":{"tags":` + tags + `}}}}`,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if errs := guard.CheckAssembly(dir); len(errs) != want {
			t.Errorf("tags %s: got %v, want %d", tags, errs, want)
		}
	}
}
