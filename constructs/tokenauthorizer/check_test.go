package tokenauthorizer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenauthorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// Every mistake in what a method needs is reported, under the method.
func TestRequire_reportsMistakes(t *testing.T) {
	const list = "Require(GET /tenants/{tenant}/orders): "
	token := awscdk.Token_AsString(map[string]string{"Ref": "Scope"}, nil)
	for name, test := range map[string]struct {
		requirement *tokenauthorizer.Requirement
		cognito     []string // what the Cognito authorizer reports
		lambda      []string // and the Lambda authorizer
	}{
		"nothing":  {nil, []string{list + "Scopes: is empty"}, []string{list + "Scopes: is empty"}},
		"no scope": {needs(), []string{list + "Scopes: is empty"}, []string{list + "Scopes: is empty"}},
		"no slash": {needs("orders"), []string{list + `Scopes[0]: scope "orders" is no custom scope`},
			[]string{list + `Scopes[0]: scope "orders" is no custom scope`}},
		"Cognito's own": {needs("aws.cognito.signin.user.admin"),
			[]string{list + `Scopes[0]: scope "aws.cognito.signin.user.admin" is no custom scope`},
			[]string{list + `Scopes[0]: scope "aws.cognito.signin.user.admin" is no custom scope`}},
		"unknown": {needs("orders/delete"),
			[]string{list + `Scopes[0]: scope "orders/delete" is of no resource server of the pool, which has orders/read, orders/write`},
			[]string{list + `Scopes[0]: scope "orders/delete" is of no resource server`}},
		"another case": {needs("Orders/read"), []string{list + `Scopes[0]: scope "Orders/read" is of no resource server`},
			[]string{list + `Scopes[0]: scope "Orders/read" is of no resource server`}},
		"two in one": {needs("orders/read orders/write"),
			[]string{list + `Scopes[0]: scope "orders/read orders/write" is no custom scope`},
			[]string{list + `Scopes[0]: scope "orders/read orders/write" is no custom scope`}},
		"missing": {&tokenauthorizer.Requirement{Scopes: []*string{nil}}, []string{list + "Scopes[0]: is missing"},
			[]string{list + "Scopes[0]: is missing"}},
		"not known yet": {needs(*token), []string{list + "Scopes[0]: must be known at synth"},
			[]string{list + "Scopes[0]: must be known at synth"}},
		"twice": {needsAny("orders/read", "orders/read"), []string{list + `Scopes: "orders/read" is there twice`},
			[]string{list + `Scopes: "orders/read" is there twice`}},
		"all of two": {needs("orders/read", "orders/write"),
			[]string{list + "Scopes: has 2 scopes, of which API Gateway's own authorizer takes any one"}, nil},
		"for policies only": {&tokenauthorizer.Requirement{Scopes: *jsii.Strings("orders/read"), Action: jsii.String("List")},
			[]string{list + "Action: goes with VerifiedPermissions"}, []string{list + "Action: goes with VerifiedPermissions"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrders(t)
			cognito := tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("Authorizer"),
				&tokenauthorizer.CognitoAuthorizerProps{API: o.api, Pool: o.pool})
			cognito.Require(o.list, test.requirement)
			cognito.Open(o.read)
			cognito.Open(o.change)
			cdktest.ExpectErrors(t, o.stack, test.cognito)
			if kind := o.list.Node().DefaultChild().(awsapigateway.CfnMethod).AuthorizationType(); *kind != "COGNITO_USER_POOLS" {
				t.Errorf("the method is %s: a mistake must not leave it open", *kind)
			}

			o = newOrders(t)
			lambda := tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("Authorizer"),
				&tokenauthorizer.LambdaAuthorizerProps{API: o.api, Pool: o.pool})
			lambda.Require(o.list, test.requirement)
			lambda.Open(o.read)
			lambda.Open(o.change)
			cdktest.ExpectErrors(t, o.stack, test.lambda)
		})
	}
}

// A method that nobody has thought of is not left open in silence.
func TestAuthorizer_reportsForgottenMethods(t *testing.T) {
	o := newOrders(t)
	a := tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("Authorizer"),
		&tokenauthorizer.CognitoAuthorizerProps{API: o.api, Pool: o.pool})
	a.Require(o.list, needs("orders/read"))
	a.Require(o.list, needs("orders/read"))
	a.Open(o.read)
	o.method(o.api.Root(), "POST")
	o.api.Root().AddMethod(jsii.String("OPTIONS"), nil, nil)
	o.api.Root().AddMethod(jsii.String("GET"), nil, &awsapigateway.MethodOptions{AuthorizationType: awsapigateway.AuthorizationType_IAM})
	cdktest.ExpectErrors(t, o.stack, []string{
		"Require(GET /tenants/{tenant}/orders): method: has its requirement already",
		"method POST /: takes requests without a token: call Require for it, or Open if that is meant",
		"method PUT /tenants/{tenant}/orders/{order}: takes requests without a token",
	})
}

func TestLambdaAuthorizer_reportsMistakes(t *testing.T) {
	long := make([]*tokenauthorizer.Client, 0, 100)
	for i := range 100 {
		long = append(long, &tokenauthorizer.Client{ID: jsii.String(fmt.Sprintf("client%020d", i)),
			Tenant: jsii.String("a-tenant-of-some-length")})
	}
	for name, test := range map[string]struct {
		change func(*tokenauthorizer.LambdaAuthorizerProps)
		want   []string
	}{
		"kept too long": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.CacheTTL = awscdk.Duration_Seconds(jsii.Number(301)) },
			[]string{"CacheTTL: 5m1s is not allowed"}},
		"not kept": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.CacheTTL = awscdk.Duration_Seconds(jsii.Number(0)) }, nil},
		"part of a second": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.CacheTTL = awscdk.Duration_Millis(jsii.Number(1500)) },
			[]string{"CacheTTL: 1.5s is not allowed"}},
		"clients": {func(p *tokenauthorizer.LambdaAuthorizerProps) {
			p.Clients = []*tokenauthorizer.Client{
				nil, {Tenant: jsii.String("shop")}, {ID: jsii.String("a")}, {ID: jsii.String("a,b=c"), Tenant: jsii.String("Shop")},
				{ID: jsii.String("a"), Tenant: jsii.String("shop")},
			}
		}, []string{
			`Clients: "a" is there twice`, "Clients[0].ID: is required", "Clients[1].ID: is required", "Clients[2].Tenant: is required",
			`Clients[3].ID: client id "a,b=c"`, `Clients[3].Tenant: tenant id "Shop"`,
		}},
		"an empty list of clients": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.Clients = []*tokenauthorizer.Client{} },
			[]string{"Clients: is empty: name a client, or leave it out"}},
		"too many clients": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.Clients = long },
			[]string{"Require: 3 routes and the clients take 5"}},
		"no file": {func(p *tokenauthorizer.LambdaAuthorizerProps) {
			p.VerifiedPermissions = &tokenauthorizer.VerifiedPermissions{Schema: jsii.String("nowhere.json"),
				Policies: jsii.String("nowhere")}
		}, []string{"VerifiedPermissions: Policies: open nowhere: ", "VerifiedPermissions: Schema: open nowhere.json: "}},
		"neither policies nor a store": {func(p *tokenauthorizer.LambdaAuthorizerProps) {
			p.VerifiedPermissions = &tokenauthorizer.VerifiedPermissions{}
		}, []string{"VerifiedPermissions: Policies: needs exactly one of Policies and PolicyStoreID",
			"VerifiedPermissions: Schema: is required"}},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := withLambda(t, test.change)
			cdktest.ExpectErrors(t, o.stack, test.want)
		})
	}
}

func TestHTTPAuthorizer_reportsMistakes(t *testing.T) {
	o := newOrders(t)
	api := awsapigatewayv2.NewHttpApi(o.stack, jsii.String("HttpApi"), nil)
	other := awsapigatewayv2.NewHttpApi(o.stack, jsii.String("Other"), nil)
	integration := awsapigatewayv2integrations.NewHttpUrlIntegration(jsii.String("Orders"), jsii.String("https://orders.example.com"), nil)
	route := awsapigatewayv2.NewHttpRoute(o.stack, jsii.String("Route"), &awsapigatewayv2.HttpRouteProps{
		HttpApi: other, RouteKey: awsapigatewayv2.HttpRouteKey_With(jsii.String("/orders"), awsapigatewayv2.HttpMethod_GET),
		Integration: integration,
	})
	a := tokenauthorizer.NewHTTPAuthorizer(o.stack, jsii.String("Authorizer"), &tokenauthorizer.HTTPAuthorizerProps{API: api, Pool: o.pool})
	many := make([]string, 11)
	for i := range many {
		many[i] = fmt.Sprintf("orders/scope-%02d", i)
	}
	a.Require(route, needsAny(many...))
	got := cdktest.Errors(o.stack)
	for _, want := range []string{
		"Clients: has 0 clients: an authorizer has 1 to 50", "Require(GET /orders): Scopes: has 11 scopes: a route has 10 at most",
		"Require(GET /orders): route: is of another API",
		`Require(GET /orders): Scopes[10]: scope "orders/scope-10" is of no resource server`,
	} {
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("no %q among:\n%s", want, strings.Join(got, "\n"))
		}
	}
}

func TestHTTPAuthorizer_reportsForgottenRoutes(t *testing.T) {
	o := newOrders(t)
	api := awsapigatewayv2.NewHttpApi(o.stack, jsii.String("HttpApi"), nil)
	routes := func(path string) awsapigatewayv2.HttpRoute {
		added := *api.AddRoutes(&awsapigatewayv2.AddRoutesOptions{
			Path: jsii.String(path), Methods: &[]awsapigatewayv2.HttpMethod{awsapigatewayv2.HttpMethod_GET},
			Integration: awsapigatewayv2integrations.NewHttpUrlIntegration(jsii.String("Orders"),
				jsii.String("https://orders.example.com"), nil),
		})
		return added[0]
	}
	a := tokenauthorizer.NewHTTPAuthorizer(o.stack, jsii.String("Authorizer"), &tokenauthorizer.HTTPAuthorizerProps{
		API: api, Pool: o.pool, Clients: []*tokenauthorizer.Client{{ID: jsii.String("1example")}},
	})
	orders := routes("/orders")
	a.Require(orders, needs("orders/read"))
	a.Require(orders, needs("orders/read"))
	a.Open(routes("/health"))
	routes("/forgotten")
	cdktest.ExpectErrors(t, o.stack, []string{
		"Require(GET /orders): route: has its requirement already",
		"route GET /forgotten: takes requests without a token: call Require for it, or Open if that is meant",
	})
}

// schemaWith is the test's schema with a text replaced, and a folder with one policy.
func schemaWith(t *testing.T, from, to string) *tokenauthorizer.VerifiedPermissions {
	text, err := os.ReadFile("testdata/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		t.Fatalf("the schema has no %s", from)
	}
	file := filepath.Join(t.TempDir(), "schema.json")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tokenauthorizer.VerifiedPermissions{Schema: &file, Policies: jsii.String("testdata/policies")}
}

// The synth finds schemas and policies for which Verified Permissions would refuse every request.
func TestSchema_mustFitTheRoutes(t *testing.T) {
	const (
		get = "Require(GET /tenants/{tenant}/orders/{order}): "
		put = "Require(PUT /tenants/{tenant}/orders/{order}): "
		vp  = "VerifiedPermissions: Schema: "
	)
	for name, test := range map[string]struct {
		from, to string
		want     []string
	}{
		"no JSON":             {`"Orders": {`, `Orders: {`, []string{vp + "is no Cedar schema in JSON"}},
		"no namespace":        {`"Orders": {`, `"": {`, []string{vp + `has the namespaces [""]: want one, and with a name`}},
		"no tenants":          {`"Tenant": {},`, ``, []string{vp + "has no entity type Tenant"}},
		"client in no tenant": {`["Tenant", "Scope"]`, `["Scope"]`, []string{vp + "entity type Client is no member of Tenant"}},
		"names with namespace": {
			`["Tenant", "Scope"]`, `["Orders::Tenant", "Orders::Scope"]`, nil},
		"tenant a text": {`{"type": "Entity", "name": "Tenant", "required": true}`, `{"type": "String"}`, []string{
			get + "Schema: attribute tenant of entity type Order", put + "Schema: attribute tenant of entity type Order",
			vp + "attribute tenant of entity type Client is no entity of type Tenant",
		}},
		"one attribute more": {`"tenant": {"type"`, `"owner": {"type": "String"}, "tenant": {"type"`, []string{
			get + `Schema: entity type Order requires attribute "owner"`, put + `Schema: entity type Order requires attribute "owner"`,
			vp + `entity type Client requires attribute "owner", which no request has`,
		}},
		"one attribute more, not required": {`"tenant": {"type"`, `"owner": {"type": "String", "required": false}, "tenant": {"type"`, nil},
		"no action": {`"ReadOrder"`, `"GetOrder"`,
			[]string{get + `Action: "ReadOrder" is not in the schema, which has ["GET /catalog" "GetOrder" "WriteOrder"]`}},
		"other principals": {`"principalTypes": ["Client"], "resourceTypes": ["Order"]`,
			`"principalTypes": ["Tenant"], "resourceTypes": ["Order"]`,
			[]string{get + `Schema: action "ReadOrder" does not apply to principals`, put + `Schema: action "WriteOrder"`}},
		"other resources": {`"resourceTypes": ["Order"]`, `"resourceTypes": ["Api"]`,
			[]string{get + `Schema: action "ReadOrder" does not apply to resources of type Order, but to ["Api"]`, put}},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := withLambda(t, func(p *tokenauthorizer.LambdaAuthorizerProps) {
				p.VerifiedPermissions = schemaWith(t, test.from, test.to)
			})
			cdktest.ExpectErrors(t, o.stack, test.want)
		})
	}
}

func TestPolicies_areOnePerFile(t *testing.T) {
	const permit = "permit (principal, action, resource);"
	for name, test := range map[string]struct {
		file, text, want string
	}{
		"good": {"a-b2.cedar", permit, ""},
		"semicolons that end none": {"a.cedar", "// one; two\n" + `permit (principal, action, resource == Orders::Api::"a;\";b"); // ;`,
			""},
		"two":  {"a.cedar", permit + permit, "VerifiedPermissions: Policies: FOLDER/a.cedar has 2 policies"},
		"none": {"a.cedar", "// " + permit, "VerifiedPermissions: Policies: FOLDER/a.cedar has 0 policies"},
		"too long": {"a.cedar", permit + strings.Repeat(" ", 10_000),
			"VerifiedPermissions: Policies: FOLDER/a.cedar has 10037 bytes"},
		"a name of other letters":   {"A_b.cedar", permit, `VerifiedPermissions: Policies: file "A_b.cedar" is not named as a policy`},
		"a name with two signs":     {"a--b.cedar", permit, `VerifiedPermissions: Policies: file "a--b.cedar" is not named as a policy`},
		"no policy for its ending":  {"a.txt", permit, `VerifiedPermissions: Policies: folder "FOLDER" has no file NAME.cedar`},
		"a text before its opening": {"a.cedar", "\n" + permit, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, test.file), []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			o, _ := withLambda(t, func(p *tokenauthorizer.LambdaAuthorizerProps) {
				p.VerifiedPermissions = &tokenauthorizer.VerifiedPermissions{Schema: jsii.String("testdata/schema.json"), Policies: &folder}
			})
			var want []string
			if test.want != "" {
				want = []string{strings.ReplaceAll(test.want, "FOLDER", folder)}
			}
			cdktest.ExpectErrors(t, o.stack, want)
		})
	}
}

func TestNew_panicsWithoutItsConstructs(t *testing.T) {
	o := newOrders(t)
	for want, create := range map[string]func(){
		"tokenauthorizer: CognitoAuthorizerProps.API is required": func() {
			tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("A"), nil)
		},
		"tokenauthorizer: LambdaAuthorizerProps.API is required": func() {
			tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("B"), &tokenauthorizer.LambdaAuthorizerProps{Pool: o.pool})
		},
		"tokenauthorizer: HTTPAuthorizerProps.API is required": func() {
			tokenauthorizer.NewHTTPAuthorizer(o.stack, jsii.String("C"), nil)
		},
		"tokenauthorizer: LambdaAuthorizerProps needs exactly one of Pool and UserPool": func() {
			tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("D"), &tokenauthorizer.LambdaAuthorizerProps{API: o.api})
		},
		"tokenauthorizer: CognitoAuthorizerProps needs exactly one of Pool and UserPool": func() {
			tokenauthorizer.NewCognitoAuthorizer(o.stack, jsii.String("E"),
				&tokenauthorizer.CognitoAuthorizerProps{API: o.api, Pool: o.pool, UserPool: o.pool.UserPool()})
		},
		`tokenauthorizer: realm "o'r" is not allowed: use 1 to 64 letters, digits, spaces and ._/:-`: func() {
			tokenauthorizer.AddGatewayResponses(o.api, "o'r")
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}()
			create()
		}()
	}
}
