package tokenauthorizer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const (
	maxAudiences      = 50
	maxScopesPerRoute = 10
)

// HTTPAuthorizer lets requests with an access token of the user pool into the routes of an HTTP API. API Gateway verifies it:
// signature, issuer, times, the client, and one of the route's scopes. It keeps the pool's keys for two hours.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
type HTTPAuthorizer struct {
	constructs.Construct
	api        awsapigatewayv2.IHttpApi
	tokens     tokens
	authorizer awsapigatewayv2.CfnAuthorizer
	required   map[string]bool
	open       map[string]bool
}

// NewHTTPAuthorizer creates the authorizer. Nothing is protected until Require says what a route needs; a route of the API for
// which neither Require nor Open was called is a mistake. It finds those that were added with AddRoutes, and not those that are
// elsewhere in the app.
//
// Mistakes in props become error annotations on the construct; a missing API, and none or both of Pool and UserPool, are a
// programmer's error and panic.
func NewHTTPAuthorizer(scope constructs.Construct, id *string, props *HTTPAuthorizerProps) *HTTPAuthorizer {
	if props == nil || props.API == nil {
		panic("tokenauthorizer: HTTPAuthorizerProps.API is required")
	}
	a := &HTTPAuthorizer{
		Construct: constructs.NewConstruct(scope, id), api: props.API,
		tokens: tokensOf("HTTPAuthorizerProps", props.Pool, props.UserPool), required: map[string]bool{}, open: map[string]bool{},
	}
	var errs report.Errors
	clients := checkClients(props.Clients, false, &errs)
	if n := len(props.Clients); n < 1 || n > maxAudiences {
		errs.Addf("Clients", "has %d clients: an authorizer has 1 to %d, its audience", n, maxAudiences)
	}
	errs.Attach(a.Construct)
	var audience []*string
	for _, c := range clients {
		audience = append(audience, c.ID)
	}
	// Also that of a pool in another account or partition: its name begins with the service's domain.
	issuer := "https://" + *a.tokens.pool.UserPoolProviderName()
	a.authorizer = awsapigatewayv2.NewCfnAuthorizer(a.Construct, jsii.String("Authorizer"), &awsapigatewayv2.CfnAuthorizerProps{
		ApiId:            props.API.ApiId(),
		AuthorizerType:   jsii.String("JWT"),
		Name:             uniqueName(a.Construct),
		IdentitySource:   jsii.Strings("$request.header.Authorization"),
		JwtConfiguration: &awsapigatewayv2.CfnAuthorizer_JWTConfigurationProperty{Issuer: jsii.String(issuer), Audience: &audience},
	})
	awscdk.Aspects_Of(a.Construct).Add(&routeCompleteness{a}, nil)
	return a
}

// Require says what the route needs: 1 to 10 scopes, of which the token must have one. Without a scope an ID token would do as well.
func (a *HTTPAuthorizer) Require(route awsapigatewayv2.HttpRoute, requirement *Requirement) {
	if route == nil {
		panic("tokenauthorizer: Require needs a route")
	}
	if requirement == nil {
		requirement = &Requirement{}
	}
	resource := route.Node().DefaultChild().(awsapigatewayv2.CfnRoute)
	var own, errs report.Errors
	scopes := a.tokens.checked(requirement, &own)
	requirement.onlyAny(&own)
	if len(scopes) > maxScopesPerRoute {
		own.Addf("Scopes", "has %d scopes: a route has %d at most", len(scopes), maxScopesPerRoute)
	}
	if *route.HttpApi().ApiId() != *a.api.ApiId() {
		own.Addf("route", "is of another API than the authorizer's")
	}
	node := *route.Node().Path()
	switch {
	case a.required[node]:
		own.Addf("route", "has its requirement already")
	case a.open[node]:
		own.Addf("route", "is left open")
	}
	a.required[node] = true
	errs.MergeUnder("Require("+*resource.RouteKey()+")", own)
	errs.Attach(a.Construct)
	resource.SetAuthorizationType(jsii.String("JWT"))
	resource.SetAuthorizerId(a.authorizer.Ref())
	resource.SetAuthorizationScopes(jsii.Strings(scopes...))
}

// Open leaves a route of the API open to requests without a token, on purpose.
func (a *HTTPAuthorizer) Open(route awsapigatewayv2.HttpRoute) {
	if route == nil {
		panic("tokenauthorizer: Open needs a route")
	}
	a.open[*route.Node().Path()] = true
}

// routeCompleteness reports routes that were added without a requirement, when all are known.
type routeCompleteness struct {
	authorizer *HTTPAuthorizer
}

var _ awscdk.IAspect = (*routeCompleteness)(nil)

// Visit looks at the API when it comes to the authorizer's own construct.
func (c *routeCompleteness) Visit(node constructs.IConstruct) {
	a := c.authorizer
	if *node.Node().Path() != *a.Node().Path() {
		return
	}
	var errs report.Errors
	for _, child := range *a.api.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		route, ok := child.(awsapigatewayv2.CfnRoute)
		if !ok {
			continue
		}
		path := *route.Node().Scope().Node().Path()
		kind := route.AuthorizationType()
		if !a.required[path] && !a.open[path] && (kind == nil || *kind == "NONE") {
			errs.Addf("route "+*route.RouteKey(), "takes requests without a token: call Require for it, or Open if that is meant")
		}
	}
	errs.Attach(a.Construct)
}

// Authorizer is API Gateway's authorizer.
func (a *HTTPAuthorizer) Authorizer() awsapigatewayv2.CfnAuthorizer { return a.authorizer }
