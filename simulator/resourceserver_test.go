package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

const ordersStack = "m2m-dev-tenants-sandbox"

// withOrders adds a resource server: GET and POST /tenants/{tenant}/orders behind the project's own authorizer with a policy store, and GET
// /health/{name} behind API Gateway's. It knows the first client as tenant acme.
func withOrders(t *testing.T) func(stack string, r object) {
	const uri = `{"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${%s.Arn}/invocations"}`
	const api = `"RestApiId": {"Ref": "Orders"}`
	method := func(at, verb, authorization string) string {
		return `{` + api + `, "ResourceId": {"Ref": "` + at + `"}, "HttpMethod": "` + verb + `", ` + authorization + `,
			"Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": ` + fmt.Sprintf(uri, "Handler") + `}}`
	}
	const schema = `{"Orders": {"entityTypes": {"Tenant": {}, "Scope": {},
		"Client": {"memberOfTypes": ["Tenant", "Scope"], "shape": {"type": "Record", "attributes": {"tenant": {"type": "Entity",
			"name": "Tenant"}}}},
		"Book": {"shape": {"type": "Record", "attributes": {"tenant": {"type": "Entity", "name": "Tenant"}}}}},
		"actions": {"read": {"appliesTo": {"principalTypes": ["Client"], "resourceTypes": ["Book"]}},
			"write": {"appliesTo": {"principalTypes": ["Client"], "resourceTypes": ["Book"]}}}}}`
	routes := settings.Routes{
		"GET /tenants/{tenant}/orders": {All: []string{"orders/read"}, Action: "read",
			Resource: &settings.Resource{Type: "Book", ID: "tenant", Tenant: "tenant"}},
		"POST /tenants/{tenant}/orders": {All: []string{"orders/write"}, Action: "write",
			Resource: &settings.Resource{Type: "Book", ID: "tenant", Tenant: "tenant"}},
	}
	quoted := func(text string) string { body, _ := json.Marshal(text); return string(body) }
	return func(stack string, r object) {
		if stack != ordersStack {
			return
		}
		var client string
		for id := range r {
			if strings.HasPrefix(id, "checkoutClient") {
				client = id
			}
		}
		r["Orders"] = resource(t, "AWS::ApiGateway::RestApi", `{"Name": "orders"}`)
		r["OrdersStage"] = resource(t, "AWS::ApiGateway::Stage", `{`+api+`, "StageName": "prod", "DeploymentId": "d"}`)
		for id, at := range map[string][2]string{
			"Tenants": {`{"Fn::GetAtt": ["Orders", "RootResourceId"]}`, "tenants"}, "Tenant": {`{"Ref": "Tenants"}`, "{tenant}"},
			"Book":   {`{"Ref": "Tenant"}`, "orders"},
			"Health": {`{"Fn::GetAtt": ["Orders", "RootResourceId"]}`, "health"}, "Name": {`{"Ref": "Health"}`, "{name}"},
		} {
			r[id] = resource(t, "AWS::ApiGateway::Resource", `{`+api+`, "ParentId": `+at[0]+`, "PathPart": "`+at[1]+`"}`)
		}
		r["Handler"] = resource(t, "AWS::Lambda::Function", `{"Description": "Keeps orders"}`)
		r["Store"] = resource(t, "AWS::VerifiedPermissions::PolicyStore",
			`{"ValidationSettings": {"Mode": "STRICT"}, "Schema": {"CedarJson": `+quoted(schema)+`}}`)
		r["Own"] = resource(t, "AWS::VerifiedPermissions::Policy", `{"PolicyStoreId": {"Fn::GetAtt": ["Store", "PolicyStoreId"]},
			"Definition": {"Static": {"Statement":
			"permit (principal, action, resource) when { principal.tenant == resource.tenant };"}}}`)
		r["Gate"] = resource(t, "AWS::Lambda::Function", `{"Description": "`+settings.Description+`", "Environment": {"Variables": {
			"USER_POOL_ID": {"Fn::ImportValue": "m2m-dev-identity:ExportsOutputRefPoolUserPool04A1AA15224130D9"},
				"ROUTES": `+quoted(routes.Encode())+`, "CEDAR_NAMESPACE": "Orders",
			"POLICY_STORE_ID": {"Fn::GetAtt": ["Store", "PolicyStoreId"]}, "CLIENTS": {"Fn::Sub": "acme=${`+client+`}"}}}}`)
		r["Authorizer"] = resource(t, "AWS::ApiGateway::Authorizer", `{`+api+`, "Name": "own", "Type": "REQUEST",
			"AuthorizerResultTtlInSeconds": 60, "AuthorizerUri": `+fmt.Sprintf(uri, "Gate")+`,
			"IdentitySource": "method.request.header.Authorization,context.httpMethod,context.resourcePath,context.path"}`)
		r["PoolAuthorizer"] = resource(t, "AWS::ApiGateway::Authorizer", `{`+api+`, "Name": "pool", "Type": "COGNITO_USER_POOLS",
			"IdentitySource": "method.request.header.Authorization",
			"ProviderARNs": [{"Fn::Join": ["", ["arn:aws:cognito-idp:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":userpool/",
				{"Fn::ImportValue": "m2m-dev-identity:ExportsOutputRefPoolUserPool04A1AA15224130D9"}]]}]}`)
		const own = `"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": "Authorizer"}`
		r["Get"] = resource(t, "AWS::ApiGateway::Method", method("Book", "GET", own))
		r["Post"] = resource(t, "AWS::ApiGateway::Method", method("Book", "POST", own))
		r["GetHealth"] = resource(t, "AWS::ApiGateway::Method",
			method("Name", "GET", `"AuthorizationType": "COGNITO_USER_POOLS", "AuthorizerId": {"Ref": "PoolAuthorizer"},
				"AuthorizationScopes": ["orders/read"]`))
	}
}

// keepsOrders answers with what it knows of the caller.
func keepsOrders(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: fmt.Sprint(e.HTTPMethod, " ", e.PathParameters["tenant"], " by ",
		e.RequestContext.Authorizer["tenant"])}, nil
}

// fetch sends a request by the transport and returns status and body.
func fetch(t *testing.T, system *simulator.System, method, target, authorization, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", authorization)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := (&http.Client{Transport: system.Transport()}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// bearer gets a token with scopes by the URL that the tenant's secret has.
func bearer(t *testing.T, system *simulator.System, tenant string, scopes string) string {
	t.Helper()
	d := readCredentials(t, system, tenant)
	target, err := url.Parse(d.TokenURL)
	if err != nil {
		t.Fatal(err)
	}
	target.RawQuery = url.Values{"client_id": {d.ClientID}, "scope": {scopes}}.Encode()
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(d.ClientID, d.ClientSecret)
	status, body := fetch(t, system, http.MethodPost, target.String(), request.Header.Get("Authorization"), "grant_type=client_credentials")
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		t.Fatalf("token: %d %v", status, err)
	}
	return "Bearer " + answer.Token
}

func TestResourceServer_besideTheTokenGateway(t *testing.T) {
	var clock standing
	system, err := simulator.Load(fixture(t, withOrders(t)),
		clock.in(simulator.Options{Functions: map[string]simulator.Function{"Keeps orders": keepsOrders}}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := system.Credentials().Sweep(t.Context(), bounds); err != nil {
		t.Fatal(err)
	}
	apis := system.APIs()
	if len(apis) != 1 || apis[0].Name != "orders" {
		t.Fatalf("resource servers: %+v", apis)
	}
	reading, both := bearer(t, system, "checkout", "orders/read"), bearer(t, system, "checkout", "orders/read orders/write")
	for _, test := range []struct {
		why, request, token string
		status              int
		body                string
	}{
		{"one's own orders", "GET /tenants/acme/orders", reading, 200, "GET acme by acme"},
		{"once more, by the kept result", "GET /tenants/acme/orders", reading, 200, "GET acme by acme"},
		{"another tenant's", "GET /tenants/globex/orders", reading, 403, "explicit deny"},
		{"writing without the scope", "POST /tenants/acme/orders", reading, 403, "explicit deny"},
		{"writing", "POST /tenants/acme/orders", both, 200, "POST acme by acme"},
		{"without a token", "GET /tenants/acme/orders", "", 401, "Unauthorized"},
		{"with a changed one", "GET /tenants/acme/orders", reading + "x", 401, "Unauthorized"},
		{"API Gateway's own authorizer", "GET /health/a", both, 200, "GET"},
		{"and a changed token", "GET /health/a", both + "x", 401, "Unauthorized"},
		{"no such method", "DELETE /tenants/acme/orders", both, 403, "Missing Authentication Token"},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		status, body := fetch(t, system, method, apis[0].URL+path, test.token, "")
		if status != test.status || !strings.Contains(body, test.body) {
			t.Errorf("%s: got %d %s, want %d …%s…", test.why, status, body, test.status, test.body)
		}
	}
	server, err := system.Serve(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if status := loopback(t, server.APIURLs["orders"]+"/tenants/acme/orders", reading); status != 200 {
		t.Errorf("on loopback: got %d", status)
	}
	if _, err := system.API("nothing"); err == nil || !strings.Contains(err.Error(), "orders") {
		t.Errorf("a resource server that does not exist: %v", err)
	}
	elsewhere, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: system.Transport()}).Do(elsewhere)
	if err == nil || !strings.Contains(err.Error(), "not in the assembly") {
		t.Errorf("another host: %v", err)
		_ = response.Body.Close()
	}
}

func loopback(t *testing.T, target, authorization string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", authorization)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func TestResourceServer_functionThatNobodyRunsIsRefused(t *testing.T) {
	_, err := simulator.Load(fixture(t, withOrders(t)), simulator.Options{})
	if want := ordersStack + "/Handler is not run: give it to Options.Functions by its path or its description"; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want …%s…", err, want)
	}
	if _, err := simulator.Load(fixture(t, withOrders(t)), simulator.Options{OtherFunction: keepsOrders}); err != nil {
		t.Errorf("with a function that stands in: %v", err)
	}
}
