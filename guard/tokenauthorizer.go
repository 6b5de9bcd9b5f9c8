package guard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
)

// scopes wants a method that takes tokens of a user pool to name scopes. Without any, API Gateway takes the token for an ID token, which no machine has and
// every user's would be: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
func scopes(r Resource) mistakes {
	if r.Properties["AuthorizationType"] != "COGNITO_USER_POOLS" {
		return nil
	}
	return scopeList(r, "AuthorizationType is COGNITO_USER_POOLS")
}

// httpRoute wants the same of a route of an HTTP API, where without scopes every token of the issuer for an allowed client will do, and an authorizer
// exactly where one is asked: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
func httpRoute(r Resource, _ Template) []string {
	var m mistakes
	kind := r.Properties["AuthorizationType"]
	if asks := kind == "JWT" || kind == "CUSTOM"; asks != (r.Properties["AuthorizerId"] != nil) {
		m.addf("AuthorizationType is %v and AuthorizerId %v: use an authorizer with JWT and CUSTOM, and none with AWS_IAM and NONE, which would not ask it", kind, r.Properties["AuthorizerId"])
	}
	if kind == "JWT" {
		m = append(m, scopeList(r, "AuthorizationType is JWT")...)
	}
	return m
}

func scopeList(r Resource, why string) mistakes {
	var m mistakes
	names := texts(r.Properties, "AuthorizationScopes")
	if len(names) == 0 {
		m.addf("%s and there are no AuthorizationScopes: name the scopes of which a token needs one", why)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "(") { // Known at deployment.
			m.add(settings.Scope(name))
		}
	}
	return m
}

// httpAuthorizer wants a JWT authorizer to say whose tokens and for whom.
func httpAuthorizer(r Resource, _ Template) []string {
	var m mistakes
	if r.Properties["AuthorizerType"] != "JWT" {
		return nil
	}
	configuration := section(r.Properties, "JwtConfiguration")
	if issuer := fmt.Sprint(configuration["Issuer"]); configuration["Issuer"] == nil || strings.HasPrefix(issuer, "http:") {
		m.addf("JwtConfiguration has the issuer %v: use that of the user pool, by https", configuration["Issuer"])
	}
	if len(list(configuration, "Audience")) == 0 {
		m.addf("JwtConfiguration has no Audience: name the app clients whose tokens are taken")
	}
	return m
}

// policyStore wants policies to be held against a schema, without which a misspelt attribute is a policy that never applies.
func policyStore(r Resource, _ Template) []string {
	var m mistakes
	if mode := section(r.Properties, "ValidationSettings")["Mode"]; mode != "STRICT" {
		m.addf("ValidationSettings.Mode is %v: use STRICT", mode)
	}
	if section(r.Properties, "Schema")["CedarJson"] == nil {
		m.addf("Schema is missing: with validation no policy would fit")
	}
	return m
}

// routeKey wants the answers of our own authorizer to be kept under what they depend on: its policy is for the paths of one route, and with a policy store
// for one path.
func routeKey(r Resource, t Template) mistakes {
	var m mistakes
	function, ours := asked(r, t)
	if !ours || r.Properties["AuthorizerResultTtlInSeconds"] == 0.0 {
		return nil
	}
	needed := []string{"method.request.header.Authorization", "context.httpMethod", "context.resourcePath"}
	if section(section(function.Properties, "Environment"), "Variables")[settings.PolicyStoreIDVariable] != nil {
		needed = append(needed, "context.path")
	}
	sources := strings.Split(fmt.Sprint(r.Properties["IdentitySource"]), ",")
	for _, source := range needed {
		if !slices.Contains(sources, source) {
			m.addf("IdentitySource has no %s: an answer for one route or path would be used for others", source)
		}
	}
	return m
}

// asked is the function that the authorizer asks, if it is ours.
func asked(r Resource, t Template) (Resource, bool) {
	uri, err := json.Marshal(r.Properties["AuthorizerUri"])
	if err != nil {
		return Resource{}, false
	}
	for id, resource := range t.Resources {
		if resource.Properties["Description"] == settings.Description && strings.Contains(string(uri), `"Fn::GetAtt":["`+id+`","Arn"]`) {
			return resource, true
		}
	}
	return Resource{}, false
}
