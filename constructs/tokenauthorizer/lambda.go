package tokenauthorizer

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsverifiedpermissions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// LambdaAuthorizer lets requests with an access token of the user pool, the scopes of the method and, with VerifiedPermissions, the
// policies' consent into the methods of a REST API.
//
// The integration learns who calls from $context.authorizer.tenant, .clientId and .scopes. A request without a good token is
// answered 401, one that is not allowed 403, and one for which no decision is possible 500.
//
// API Gateway keeps an answer for a token and a route: kept for the token alone, the answer for one route would allow another.
type LambdaAuthorizer struct {
	constructs.Construct
	gate
	tokens   tokens
	routes   settings.Routes
	function function.Function
	store    *policyStore // nil: the scopes decide
	// environment is how long the function's variables are, the routes left out.
	environment int
}

// NewLambdaAuthorizer creates, in this order, the policy store with its policies, the function with its log and role, and the
// authorizer with its permission. Nothing is protected until Require says what a method needs; a method of the API for which
// neither Require nor Open was called is a mistake.
//
// The function is compiled at synth, which needs Go. Mistakes in props become error annotations on the construct; a missing API,
// and none or both of Pool and UserPool, are a programmer's error and panic, and so does a function that does not compile.
func NewLambdaAuthorizer(scope constructs.Construct, id *string, props *LambdaAuthorizerProps) *LambdaAuthorizer {
	if props == nil || props.API == nil {
		panic("tokenauthorizer: LambdaAuthorizerProps.API is required")
	}
	a := &LambdaAuthorizer{
		Construct: constructs.NewConstruct(scope, id), tokens: tokensOf("LambdaAuthorizerProps", props.Pool, props.UserPool),
		routes: settings.Routes{},
	}
	s := *props
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	var errs report.Errors
	a.gate = newGate(a.Construct, s.API, custom, &errs)
	ttl := checkTTL(s.CacheTTL, &errs)
	if s.Clients != nil && len(s.Clients) == 0 {
		errs.Addf("Clients", "is empty: name a client, or leave it out to let every client of the pool in")
	}
	s.Clients = checkClients(s.Clients, true, &errs)
	if s.VerifiedPermissions != nil {
		a.store = newPolicyStore(a.Construct, s.VerifiedPermissions, s.RemovalPolicy, &errs)
	}
	errs.Attach(a.Construct)
	a.addFunction(&s)
	a.addRequestAuthorizer(ttl)
	a.watch(a.checkRoutes)
	return a
}

// addRequestAuthorizer has API Gateway keep an answer under the token and the route, as the function needs it. With policies
// an answer depends on the path as well.
func (a *LambdaAuthorizer) addRequestAuthorizer(ttl time.Duration) {
	sources := identityAuthorization + ",context.httpMethod,context.resourcePath"
	if a.store != nil {
		sources += ",context.path"
	}
	stack := awscdk.Stack_Of(a.Construct)
	a.addAuthorizer(&awsapigateway.CfnAuthorizerProps{
		Name:      a.uniqueName(),
		RestApiId: a.api.RestApiId(),
		Type:      jsii.String("REQUEST"),
		AuthorizerUri: stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("apigateway"), Account: jsii.String("lambda"), Resource: jsii.String("path"),
			ResourceName: jsii.String("2015-03-31/functions/" + *a.function.FunctionArn() + "/invocations"),
		}),
		IdentitySource: jsii.String(sources),
		// Also 0: API Gateway's default is to keep answers.
		AuthorizerResultTtlInSeconds: jsii.Number(ttl.Seconds()),
	})
	awslambda.NewCfnPermission(a.Construct, jsii.String("Permission"), &awslambda.CfnPermissionProps{
		Action:       jsii.String("lambda:InvokeFunction"),
		FunctionName: a.function.FunctionArn(),
		Principal:    jsii.String("apigateway.amazonaws.com"),
		SourceArn: stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("execute-api"), Resource: a.api.RestApiId(),
			ResourceName: jsii.String("authorizers/" + *a.authorizer.Ref()),
		}),
	})
}

// Require says what the method needs: one scope at least. A change takes effect with the function, without a new deployment of the API.
func (a *LambdaAuthorizer) Require(method awsapigateway.Method, requirement *Requirement) {
	if requirement == nil {
		requirement = &Requirement{}
	}
	var own, errs report.Errors
	name, path := a.attach(method, nil, &own)
	nag.Add(method, nag.Suppression{
		Rule: "AwsSolutions-COG4",
		Reason: "A Lambda authorizer verifies the user pool's access tokens, with the scopes of each method and the tenants of " +
			"the clients, which API Gateway's own cannot.",
	})
	key := settings.Key(name, path)
	route := a.route(requirement, &own)
	if own.Empty() {
		own.Add("method", route.Check(key))
	}
	if own.Empty() && a.store != nil {
		a.store.schema.check(key, route, &own)
	}
	errs.MergeUnder("Require("+key+")", own)
	errs.Attach(a.Construct)
	a.routes[key] = route
	a.function.Node().DefaultChild().(awslambda.CfnFunction).AddPropertyOverride(
		jsii.String("Environment.Variables."+settings.RoutesVariable), a.routes.Encode())
}

func (a *LambdaAuthorizer) route(r *Requirement, errs *report.Errors) settings.Route {
	route := settings.Route{All: a.tokens.checked(r, errs)}
	if r.anyScope() {
		route.All, route.Any = nil, route.All
	}
	if a.store == nil && (r.Action != nil || r.Resource != nil) {
		errs.Addf("Action", "goes with VerifiedPermissions, and so does Resource")
		return route
	}
	if r.Action != nil {
		route.Action = *r.Action
	}
	if r.Resource != nil {
		if r.Resource.Type == nil || r.Resource.ID == nil {
			errs.Addf("Resource", "needs a Type and an ID")
			return route
		}
		route.Resource = &settings.Resource{Type: *r.Resource.Type, ID: *r.Resource.ID}
		if r.Resource.Tenant != nil {
			route.Resource.Tenant = *r.Resource.Tenant
		}
	}
	return route
}

// checkRoutes notes what only all routes together show.
func (a *LambdaAuthorizer) checkRoutes(errs *report.Errors) {
	if len(a.routes) == 0 {
		errs.Addf("Require", "was called for no method: the authorizer has nothing to decide")
	}
	if size := a.environment + len(a.routes.Encode()); size > awslimits.LambdaEnvironmentBytes {
		errs.Addf("Require", "%d routes and the clients take %d bytes of a Lambda function's environment, which holds %d: "+
			"use an authorizer for a part of the methods, or leave Clients out",
			len(a.routes), size, awslimits.LambdaEnvironmentBytes)
	}
}

// Authorizer is API Gateway's authorizer.
func (a *LambdaAuthorizer) Authorizer() awsapigateway.CfnAuthorizer { return a.authorizer }

// Function decides.
func (a *LambdaAuthorizer) Function() awslambda.IFunction { return a.function.Function }

// Role is the function's role. It has its log and, with VerifiedPermissions, the question to the policy store.
func (a *LambdaAuthorizer) Role() awsiam.IRole { return a.function.Role }

// Log is the function's log: one JSON line for each refusal.
func (a *LambdaAuthorizer) Log() awslogs.ILogGroup { return a.function.Log }

// PolicyStore is the policy store that was created; nil without one.
func (a *LambdaAuthorizer) PolicyStore() awsverifiedpermissions.CfnPolicyStore {
	if a.store == nil {
		return nil
	}
	return a.store.resource
}

// Routes are the routes with a requirement, sorted: methods and paths.
func (a *LambdaAuthorizer) Routes() []string { return slices.Sorted(maps.Keys(a.routes)) }
