package houserules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// method wants a method that takes tokens of a user pool to name scopes. Without any, API Gateway takes the token for an ID token, which
// no machine has and every user's would be:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
func (w *watch) method(r *templates.Resource) {
	if r.Properties["AuthorizationType"] == "COGNITO_USER_POOLS" {
		w.scopes(r)
	}
}

// httpRoute wants the same of a route of an HTTP API, where without scopes every token of the issuer for an allowed client will do, and
// no authorizer that is not asked: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
func (w *watch) httpRoute(r *templates.Resource) {
	kind := r.Properties["AuthorizationType"]
	if kind != "JWT" && kind != "CUSTOM" && r.Properties["AuthorizerId"] != nil {
		w.addf("AuthorizationType is %v and AuthorizerId %v: use none with AWS_IAM and NONE, which would not ask it",
			kind, r.Properties["AuthorizerId"])
	}
	if kind == "JWT" {
		w.scopes(r)
	}
}

func (w *watch) scopes(r *templates.Resource) {
	names := templates.Texts(r.Properties, "AuthorizationScopes")
	if len(names) == 0 {
		w.addf("AuthorizationType is %v and there are no AuthorizationScopes: name the scopes of which a token needs one",
			r.Properties["AuthorizationType"])
	}
	for _, name := range names {
		if err := settings.Scope(name); err != nil && !strings.HasPrefix(name, "(") { // Known at deployment.
			w.addf("%v", err)
		}
	}
}

// httpAuthorizer wants a JWT authorizer to say whose tokens and for whom.
func (w *watch) httpAuthorizer(r *templates.Resource) {
	if r.Properties["AuthorizerType"] != "JWT" {
		return
	}
	configuration := templates.Section(r.Properties, "JwtConfiguration")
	if issuer := fmt.Sprint(configuration["Issuer"]); configuration["Issuer"] == nil || strings.HasPrefix(issuer, "http:") {
		w.addf("JwtConfiguration has the issuer %v: use that of the user pool, by https", configuration["Issuer"])
	}
	if len(templates.List(configuration, "Audience")) == 0 {
		w.addf("JwtConfiguration has no Audience: name the app clients whose tokens are taken")
	}
}

// policyStore wants policies to be held against a schema, without which a misspelt attribute is a policy that never applies.
func (w *watch) policyStore(r *templates.Resource) {
	if mode := templates.Section(r.Properties, "ValidationSettings")["Mode"]; mode != "STRICT" {
		w.addf("ValidationSettings.Mode is %v: use STRICT", mode)
	}
	if templates.Section(r.Properties, "Schema")["CedarJson"] == nil {
		w.addf("Schema is missing: with validation no policy would fit")
	}
}

// restAPI wants a private API to be reachable: none here has a private domain name.
func (w *watch) restAPI(r *templates.Resource) {
	types := templates.Texts(templates.Section(r.Properties, "EndpointConfiguration"), "Types")
	if slices.Contains(types, "PRIVATE") && r.Properties["DisableExecuteApiEndpoint"] == true {
		w.addf("the API is private and DisableExecuteApiEndpoint is true: the default endpoint is the only one it has")
	}
}
