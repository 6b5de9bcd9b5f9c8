package tokenauthorizer_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenauthorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// orders is a stack with a pool and a REST API of some methods, none of them protected.
type orders struct {
	stack              awscdk.Stack
	pool               *m2mpool.M2MPool
	api                awsapigateway.RestApi
	list, read, change awsapigateway.Method
}

func newOrders(t testing.TB) orders {
	o := orders{stack: cdktest.NewStack(t)}
	o.pool = m2mpool.NewM2MPool(o.stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("acme")},
		ResourceServers: []*m2mpool.ResourceServer{{Identifier: jsii.String("orders"), Scopes: []*m2mpool.Scope{
			{Name: jsii.String("read"), Description: jsii.String("Read")}, {Name: jsii.String("write"), Description: jsii.String("Write")},
		}}},
	})
	o.api = awsapigateway.NewRestApi(o.stack, jsii.String("Api"), &awsapigateway.RestApiProps{CloudWatchRole: jsii.Bool(false)})
	resource := o.api.Root().AddResource(jsii.String("tenants"), nil).
		AddResource(jsii.String("{tenant}"), nil).AddResource(jsii.String("orders"), nil)
	order := resource.AddResource(jsii.String("{order}"), nil)
	o.list, o.read, o.change = o.method(resource, "GET"), o.method(order, "GET"), o.method(order, "PUT")
	return o
}

func (o orders) method(resource awsapigateway.IResource, name string) awsapigateway.Method {
	return resource.AddMethod(jsii.String(name), awsapigateway.NewHttpIntegration(jsii.String("https://orders.example.com"), nil), nil)
}

func needs(scopes ...string) *tokenauthorizer.Requirement {
	return &tokenauthorizer.Requirement{Scopes: *jsii.Strings(scopes...)}
}

func needsAny(scopes ...string) *tokenauthorizer.Requirement {
	r := needs(scopes...)
	r.AnyScope = jsii.Bool(true)
	return r
}

const apiMethod = "AWS::ApiGateway::Method"

// methods are the properties of the API's methods, by HTTP method and the last part of the path's logical ID.
func methodOf(t testing.TB, template cdktest.Template, name, resource string) map[string]any {
	t.Helper()
	for _, id := range template.IDs(apiMethod) {
		if strings.Contains(id, resource+name) {
			return template.Properties(id)
		}
	}
	t.Fatalf("no method %s of %s among %v", name, resource, template.IDs(apiMethod))
	return nil
}

func TestCognitoAuthorizer_authorizesMethods(t *testing.T) {
	o := newOrders(t)
	a := tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("Authorizer"),
		&tokenauthorizer.CognitoAuthorizerProps{API: o.api, Pool: o.pool})
	a.Require(o.list, needs("orders/read"))
	a.Require(o.read, needsAny("orders/read", "orders/write"))
	a.Open(o.change)
	template := cdktest.Synth(t, o.stack)
	cdktest.ExpectErrors(t, o.stack, nil)

	authorizer := template.One("AWS::ApiGateway::Authorizer")
	for name, want := range map[string]string{
		"Type": "COGNITO_USER_POOLS", "IdentitySource": "method.request.header.Authorization", "AuthorizerResultTtlInSeconds": "60",
		"ProviderARNs": "[{Fn::GetAtt [" + template.ID("AWS::Cognito::UserPool") + " Arn]}]",
	} {
		if got := cdktest.Text(authorizer[name]); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	ref := "{Ref " + template.ID("AWS::ApiGateway::Authorizer") + "}"
	for _, test := range []struct{ method, resource, kind, authorizer, scopes string }{
		{"GET", "orders", "COGNITO_USER_POOLS", ref, "[orders/read]"},
		{"GET", "ordersorder", "COGNITO_USER_POOLS", ref, "[orders/read orders/write]"},
		{"PUT", "ordersorder", "NONE", "<nil>", "<nil>"},
	} {
		m := methodOf(t, template, test.method, test.resource)
		if got := []string{cdktest.Text(m["AuthorizationType"]), cdktest.Text(m["AuthorizerId"]),
			cdktest.Text(m["AuthorizationScopes"])}; got[0] != test.kind || got[1] != test.authorizer || got[2] != test.scopes {
			t.Errorf("%s %s: got %v", test.method, test.resource, got)
		}
	}
}

// A deployment is a snapshot: what is required must bring a new one, and the same must not.
func TestRequire_deploysTheAPIAgain(t *testing.T) {
	deployment := func(requirement *tokenauthorizer.Requirement, ttl float64) string {
		o := newOrders(t)
		a := tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("Authorizer"), &tokenauthorizer.CognitoAuthorizerProps{
			API: o.api, Pool: o.pool, CacheTTL: awscdk.Duration_Seconds(jsii.Number(ttl)),
		})
		a.Require(o.list, requirement)
		return cdktest.Synth(t, o.stack).ID("AWS::ApiGateway::Deployment")
	}
	first := deployment(needs("orders/read"), 60)
	if same := deployment(needs("orders/read"), 60); same != first {
		t.Errorf("the same app: got %s, want %s", same, first)
	}
	if other := deployment(needs("orders/write"), 60); other == first {
		t.Error("another scope: the deployment is the same")
	}
	if other := deployment(needs("orders/read"), 30); other == first {
		t.Error("another time to live: the deployment is the same")
	}
}

func TestGatewayResponses_haveAChallenge(t *testing.T) {
	o := newOrders(t)
	tokenauthorizer.AddGatewayResponses(o.api, "orders")
	template := cdktest.Synth(t, o.stack)
	got := map[string]string{}
	for _, id := range template.IDs("AWS::ApiGateway::GatewayResponse") {
		response := template.Properties(id)
		got[response["ResponseType"].(string)+" "+response["StatusCode"].(string)] = cdktest.At(t, response, "ResponseParameters",
			"gatewayresponse.header.WWW-Authenticate").(string)
	}
	want := map[string]string{"UNAUTHORIZED 401": `'Bearer realm="orders"'`,
		"ACCESS_DENIED 403": `'Bearer realm="orders", error="insufficient_scope"'`}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for name, challenge := range want {
		if got[name] != challenge {
			t.Errorf("%s: got %s, want %s", name, got[name], challenge)
		}
	}
}

func TestHTTPAuthorizer_authorizesRoutes(t *testing.T) {
	o := newOrders(t)
	api := awsapigatewayv2.NewHttpApi(o.stack, jsii.String("HttpApi"), nil)
	route := awsapigatewayv2.NewHttpRoute(o.stack, jsii.String("Route"), &awsapigatewayv2.HttpRouteProps{
		HttpApi: api, RouteKey: awsapigatewayv2.HttpRouteKey_With(jsii.String("/orders"), awsapigatewayv2.HttpMethod_GET),
		Integration: awsapigatewayv2integrations.NewHttpUrlIntegration(jsii.String("Orders"), jsii.String("https://orders.example.com"),
			nil),
	})
	pool := awscognito.UserPool_FromUserPoolId(o.stack, jsii.String("Theirs"), jsii.String("eu-west-1_Theirs"))
	a := tokenauthorizer.NewHTTPAuthorizer(o.stack, jsii.String("Authorizer"), &tokenauthorizer.HTTPAuthorizerProps{
		API: api, UserPool: pool, Clients: []*tokenauthorizer.Client{{ID: jsii.String("1example")}, {ID: jsii.String("2example")}},
	})
	a.Require(route, needsAny("stock/read", "stock/write"))
	template := cdktest.Synth(t, o.stack)
	cdktest.ExpectErrors(t, o.stack, nil)

	authorizer := template.One("AWS::ApiGatewayV2::Authorizer")
	if got := cdktest.Text(cdktest.At(t, authorizer, "JwtConfiguration", "Issuer")); got !=
		"https://cognito-idp.{Ref AWS::Region}.{Ref AWS::URLSuffix}/eu-west-1_Theirs" {
		t.Errorf("issuer: got %s", got)
	}
	if got := cdktest.Text(cdktest.At(t, authorizer, "JwtConfiguration", "Audience")); got != "[1example 2example]" {
		t.Errorf("audience: got %s", got)
	}
	if got := cdktest.Text(authorizer["AuthorizerType"]) +
		cdktest.Text(authorizer["IdentitySource"]); got != "JWT[$request.header.Authorization]" {
		t.Errorf("authorizer: got %s", got)
	}
	properties := template.One("AWS::ApiGatewayV2::Route")
	if got := cdktest.Text(properties["AuthorizationType"]) + cdktest.Text(properties["AuthorizationScopes"]) +
		cdktest.Text(properties["AuthorizerId"]); got !=
		"JWT[stock/read stock/write]{Ref "+template.ID("AWS::ApiGatewayV2::Authorizer")+"}" {
		t.Errorf("route: got %s", got)
	}
}
