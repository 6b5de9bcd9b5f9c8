package policy_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	tokenauthorizer "github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// keeper is the part of API Gateway that asks an authorizer and keeps its answers. A key is what the identity sources make of a request.
type keeper struct {
	t     *testing.T
	key   func(authorizer.Event) string
	ask   func(context.Context, authorizer.Event) (authorizer.Response, error)
	kept  map[string]*policy.Policy
	asked int
}

// get says whether a GET of the path passes; resource is the route that API Gateway finds for it.
func (k *keeper) get(resource, path string, parameters map[string]string) bool {
	k.t.Helper()
	event := authorizer.Event{
		MethodArn: apiARN + "/v1/GET" + path, PathParameters: parameters, Headers: map[string]string{"Authorization": "Bearer token"},
		RequestContext: events.APIGatewayCustomAuthorizerRequestTypeRequestContext{HTTPMethod: "GET", ResourcePath: resource},
	}
	key := k.key(event)
	if k.kept[key] == nil {
		k.asked++
		answer, err := k.ask(k.t.Context(), event)
		if err != nil {
			k.t.Fatal(err)
		}
		statement := answer.PolicyDocument.Statement[0]
		k.kept[key], err = policy.FromAuthorizer(events.APIGatewayCustomAuthorizerResponse{
			PrincipalID: answer.PrincipalID,
			PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{Statement: []events.IAMPolicyStatement{
				{Effect: statement.Effect, Action: statement.Action, Resource: statement.Resource},
			}},
		})
		if err != nil {
			k.t.Fatal(err)
		}
	}
	return k.kept[key].Evaluate(policy.Request{Action: policy.Invoke, Resource: event.MethodArn}) == policy.Allow
}

// reader is a token that may read orders, but not their invoices.
type reader struct{}

func (reader) Verify(context.Context, string, ...verify.Requirement) (*verify.Token, error) {
	return &verify.Token{ClientID: "client", Tenant: "shop", Scopes: []string{"orders/read"}}, nil
}

// ownOrders allows a tenant's own orders.
type ownOrders struct{}

func (ownOrders) Allows(_ context.Context, q tokenauthorizer.Question) (bool, error) {
	return q.ResourceTenant == nil || *q.ResourceTenant == q.Tenant, nil
}

func newKeeper(t *testing.T, policies tokenauthorizer.PolicyStore, sources ...string) *keeper {
	routes := settings.Routes{
		"GET /orders/{order}":         {All: []string{"orders/read"}},
		"GET /orders/{order}/invoice": {All: []string{"orders/bill"}},
		"GET /tenants/{tenant}/{order}": {All: []string{"orders/read"}, Resource: &settings.Resource{
			Type: "Order", ID: "order", Tenant: "tenant",
		}},
	}
	a := tokenauthorizer.New(tokenauthorizer.Config{Routes: routes}, reader{}, policies, slog.New(slog.DiscardHandler))
	return &keeper{t: t, ask: a.Handle, kept: map[string]*policy.Policy{}, key: func(e authorizer.Event) string {
		var values []string
		for _, source := range sources {
			switch source {
			case "method.request.header.Authorization":
				values = append(values, e.Headers["Authorization"])
			case "context.httpMethod":
				values = append(values, e.RequestContext.HTTPMethod)
			case "context.resourcePath":
				values = append(values, e.RequestContext.ResourcePath)
			case "context.path":
				values = append(values, strings.TrimPrefix(e.MethodArn, apiARN+"/v1/GET"))
			}
		}
		return strings.Join(values, "\n")
	}}
}

const token, httpMethod, resourcePath, fullPath = "method.request.header.Authorization", "context.httpMethod", "context.resourcePath",
	"context.path"

// '*' also stands for '/': the policy for the paths of one route covers the paths of another, whose scope the token lacks.
func TestCachedAnswers_answerKeptUnderTheTokenAloneOpensAnotherRoute(t *testing.T) {
	const invoice = "/orders/{order}/invoice"
	parameters := map[string]string{"order": "7"}
	careless := newKeeper(t, nil, token)
	if !careless.get("/orders/{order}", "/orders/7", parameters) || !careless.get(invoice, "/orders/7/invoice", parameters) {
		t.Error("under the token alone the invoice is not open: then the route need not be in the key, and its comment is wrong")
	}
	careful := newKeeper(t, nil, token, httpMethod, resourcePath)
	if !careful.get("/orders/{order}", "/orders/7", parameters) || careful.get(invoice, "/orders/7/invoice", parameters) {
		t.Error("under token and route: want the order and not its invoice")
	}
	// The other way round, the kept denial must not close the route that is allowed.
	careful = newKeeper(t, nil, token, httpMethod, resourcePath)
	if careful.get(invoice, "/orders/7/invoice", parameters) || !careful.get("/orders/{order}", "/orders/7", parameters) {
		t.Error("under token and route, the invoice first: want the order and not its invoice")
	}
}

// A policy for the path that was asked for would refuse the next one.
func TestCachedAnswers_keptAnswerCoversTheWholeRoute(t *testing.T) {
	k := newKeeper(t, nil, token, httpMethod, resourcePath)
	for _, order := range []string{"7", "8", "a%2Fb", "*"} {
		if !k.get("/orders/{order}", "/orders/"+order, map[string]string{"order": order}) {
			t.Errorf("order %s is refused", order)
		}
	}
	if k.asked != 1 {
		t.Errorf("asked %d times, want once", k.asked)
	}
}

// Where policies look at the path, an answer is for one path, and no path makes it one for more.
func TestCachedAnswers_answerOfPoliciesIsForOnePath(t *testing.T) {
	const route = "/tenants/{tenant}/{order}"
	parameters := func(tenant, order string) map[string]string {
		return map[string]string{"tenant": tenant, "order": order}
	}
	careless := newKeeper(t, ownOrders{}, token, httpMethod, resourcePath)
	if !careless.get(route, "/tenants/shop/7", parameters("shop", "7")) || careless.get(route, "/tenants/shop/8", parameters("shop", "8")) {
		t.Error("without the path in the key: want the first order and not the second, which the kept policy does not name")
	}
	k := newKeeper(t, ownOrders{}, token, httpMethod, resourcePath, fullPath)
	for _, test := range []struct {
		path, tenant, order string
		want                bool
	}{
		{"/tenants/shop/7", "shop", "7", true},
		{"/tenants/shop/8", "shop", "8", true},
		{"/tenants/rival/7", "rival", "7", false},
		{"/tenants/shop/*", "shop", "*", false},
		{"/tenants/sho?/7", "sho?", "7", false},
		{"/tenants/shop/${aws:username}", "shop", "${aws:username}", false},
		{"/tenants/shop%2F7/8", "shop/7", "8", false},
		{"/tenants/shop/7%2f8", "shop", "7%2f8", false},
	} {
		if got := k.get(route, test.path, parameters(test.tenant, test.order)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.path, got, test.want)
		}
	}
}
