package houserules_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// protectedAPIs is a template without a mistake: a REST API with API Gateway's authorizer and ours, and an HTTP API.
func protectedAPIs() map[string]*templates.Resource {
	type object = map[string]any
	ref := func(id string) object { return object{"Ref": id} }
	return map[string]*templates.Resource{
		"Method": {Type: "AWS::ApiGateway::Method", Properties: object{
			"AuthorizationType": "COGNITO_USER_POOLS", "AuthorizerId": ref("Cognito"), "AuthorizationScopes": []any{"orders/read",
				ref("Scope")}, "Integration": object{"Type": "MOCK"},
		}},
		"Cognito": {Type: "AWS::ApiGateway::Authorizer",
			Properties: object{"Type": "COGNITO_USER_POOLS", "IdentitySource": "method.request.header.Authorization"}},
		"Ours": {Type: "AWS::ApiGateway::Authorizer", Properties: object{
			"Type": "REQUEST", "IdentitySource": "method.request.header.Authorization,context.httpMethod,context.resourcePath,context.path",
			"AuthorizerResultTtlInSeconds": 60.0,
			"AuthorizerUri":                object{"Fn::Join": []any{"", []any{"arn:", object{"Fn::GetAtt": []any{"Function", "Arn"}}, "/invocations"}}},
		}},
		"Function": {Type: "AWS::Lambda::Function", Properties: object{
			"Environment": object{"Variables": object{settings.PolicyStoreIDVariable: ref("Store")}},
		}, Metadata: object{templates.Mark: "tokenauthorizer"}},
		"Store": {Type: "AWS::VerifiedPermissions::PolicyStore",
			Properties: object{"ValidationSettings": object{"Mode": "STRICT"}, "Schema": object{"CedarJson": "{}"}}},
		"Route": {Type: "AWS::ApiGatewayV2::Route",
			Properties: object{"AuthorizationType": "JWT", "AuthorizerId": ref("JWT"), "AuthorizationScopes": []any{"orders/read"}}},
		"Open": {Type: "AWS::ApiGatewayV2::Route", Properties: object{"AuthorizationType": "NONE"}},
		"JWT": {Type: "AWS::ApiGatewayV2::Authorizer", Properties: object{
			"AuthorizerType": "JWT", "JwtConfiguration": object{"Issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a",
				"Audience": []any{ref("Client")}},
		}},
	}
}

func in(t *testing.T, resources map[string]*templates.Resource) []string {
	t.Helper()
	return houserules.In(t, map[string]any{"Resources": resources})
}

func TestFind_checksResourceServers(t *testing.T) {
	type object = map[string]any
	if found := in(t, protectedAPIs()); len(found) > 0 {
		t.Fatalf("the template without a mistake: %v", found)
	}
	for name, test := range map[string]struct {
		resource string
		breakIt  func(object)
		want     string
	}{
		"method without scopes": {"Method", func(p object) { delete(p, "AuthorizationScopes") },
			"AuthorizationType is COGNITO_USER_POOLS and there are no AuthorizationScopes"},
		"method with no scope": {"Method", func(p object) { p["AuthorizationScopes"] = []any{} }, "there are no AuthorizationScopes"},
		"method with a bare scope": {"Method", func(p object) { p["AuthorizationScopes"] = []any{"openid"} },
			`scope "openid" is no custom scope`},
		"route without scopes": {"Route", func(p object) { delete(p, "AuthorizationScopes") },
			"AuthorizationType is JWT and there are no AuthorizationScopes"},
		"route without authorizer": {"Route", func(p object) { delete(p, "AuthorizerId") }, "AuthorizationType is JWT and AuthorizerId <nil>"},
		"authorizer nobody asks":   {"Open", func(p object) { p["AuthorizerId"] = "a" }, "AuthorizationType is NONE and AuthorizerId a"},
		"issuer by http": {"JWT", func(p object) { p["JwtConfiguration"].(object)["Issuer"] = "http://example.com" },
			"the issuer http://example.com"},
		"no issuer":   {"JWT", func(p object) { delete(p["JwtConfiguration"].(object), "Issuer") }, "the issuer <nil>"},
		"no audience": {"JWT", func(p object) { delete(p["JwtConfiguration"].(object), "Audience") }, "no Audience"},
		"policies not validated": {"Store", func(p object) { p["ValidationSettings"].(object)["Mode"] = "OFF" },
			"ValidationSettings.Mode is OFF"},
		"no schema": {"Store", func(p object) { delete(p, "Schema") }, "Schema is missing"},
		"kept under the token alone": {"Ours", func(p object) {
			p["IdentitySource"] = "method.request.header.Authorization,context.httpMethod,context.path"
		}, "IdentitySource has no context.resourcePath"},
		"kept for every path": {"Ours", func(p object) {
			p["IdentitySource"] = "method.request.header.Authorization,context.httpMethod,context.resourcePath"
		}, "IdentitySource has no context.path"},
		"kept for a time by default": {"Ours", func(p object) {
			delete(p, "AuthorizerResultTtlInSeconds")
			p["IdentitySource"] = "context.httpMethod,context.resourcePath,context.path"
		}, "IdentitySource has no method.request.header.Authorization"},
	} {
		t.Run(name, func(t *testing.T) {
			template := protectedAPIs()
			test.breakIt(template[test.resource].Properties)
			if found := in(t, template); len(found) != 1 || !strings.Contains(found[0], test.want) {
				t.Errorf("got %q, want one …%s…", found, test.want)
			}
		})
	}
	template := protectedAPIs()
	ours := template["Ours"].Properties
	ours["IdentitySource"], ours["AuthorizerResultTtlInSeconds"] = "method.request.header.Authorization", 0.0
	if found := in(t, template); len(found) > 0 {
		t.Errorf("answers that are not kept: got %q", found)
	}
}
