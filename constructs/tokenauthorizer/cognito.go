package tokenauthorizer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
)

// identityAuthorization is the header that carries the token.
const identityAuthorization = "method.request.header.Authorization"

// CognitoAuthorizer lets requests with an access token of the user pool into the methods of a REST API. API Gateway verifies it.
//
// Every app client of the pool may call that has one of a method's scopes; the integration learns the client's id as
// $context.authorizer.claims.client_id. A token without the scope is answered 401, not 403.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
type CognitoAuthorizer struct {
	constructs.Construct
	gate
	tokens tokens
}

// NewCognitoAuthorizer creates the authorizer. Nothing is protected until Require says what a method needs; a method of the API for
// which neither Require nor Open was called is a mistake.
//
// Mistakes in props become error annotations on the construct; a missing API, and none or both of Pool and UserPool, are a
// programmer's error and panic.
func NewCognitoAuthorizer(scope constructs.Construct, id *string, props *CognitoAuthorizerProps) *CognitoAuthorizer {
	if props == nil || props.API == nil {
		panic("tokenauthorizer: CognitoAuthorizerProps.API is required")
	}
	a := &CognitoAuthorizer{
		Construct: constructs.NewConstruct(scope, id), tokens: tokensOf("CognitoAuthorizerProps", props.Pool, props.UserPool),
	}
	var errs report.Errors
	a.gate = newGate(a.Construct, props.API, cognitoUserPools, &errs)
	ttl := checkTTL(props.CacheTTL, &errs)
	errs.Attach(a.Construct)
	a.addAuthorizer(&awsapigateway.CfnAuthorizerProps{
		Name:           a.uniqueName(),
		RestApiId:      props.API.RestApiId(),
		Type:           jsii.String(cognitoUserPools),
		IdentitySource: jsii.String(identityAuthorization),
		ProviderArns:   &[]any{a.tokens.pool.UserPoolArn()},
		// Also 0: API Gateway's default is to keep answers.
		AuthorizerResultTtlInSeconds: jsii.Number(ttl.Seconds()),
	})
	a.watch(nil)
	return a
}

// Require says what the method needs. It needs a scope: without one, API Gateway takes the token for an ID token, which a machine
// has none of, and every user's ID token would do.
func (a *CognitoAuthorizer) Require(method awsapigateway.Method, requirement *Requirement) {
	if requirement == nil {
		requirement = &Requirement{}
	}
	var own, errs report.Errors
	scopes := a.tokens.checked(requirement, &own)
	requirement.onlyAny(&own)
	name, path := a.attach(method, scopes, &own)
	errs.MergeUnder("Require("+settings.Key(name, path)+")", own)
	errs.Attach(a.Construct)
}

// Authorizer is API Gateway's authorizer.
func (a *CognitoAuthorizer) Authorizer() awsapigateway.CfnAuthorizer { return a.authorizer }
