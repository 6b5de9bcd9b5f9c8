package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

const stage = "arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/v1"

var routes = settings.Routes{
	"GET /orders":                 {All: []string{"orders/read"}},
	"GET /orders/{order}":         {Any: []string{"orders/read", "orders/write"}},
	"GET /orders/{order}/invoice": {All: []string{"orders/read", "orders/bill"}},
	"ANY /files/{path+}":          {All: []string{"orders/read"}},
	"DELETE /files/{path+}":       {All: []string{"orders/write"}},
	"GET /":                       {All: []string{"orders/read"}},
}

// request is an event as API Gateway makes it of a request.
func request(method, resource, path, authorization string, parameters map[string]string) authorizer.Event {
	return authorizer.Event{
		MethodArn: stage + "/" + method + path, PathParameters: parameters,
		Headers:           map[string]string{"authorization": authorization},
		MultiValueHeaders: map[string][]string{"authorization": {authorization}},
		RequestContext: events.APIGatewayCustomAuthorizerRequestTypeRequestContext{RequestID: "r", HTTPMethod: method,
			ResourcePath: resource},
	}
}

type subject struct {
	*token.Authorizer
	issuer *verifytest.Issuer
	log    *strings.Builder
}

func newSubject(t testing.TB, issuer *verifytest.Issuer, table settings.Routes, policies token.PolicyStore) subject {
	t.Helper()
	verifier, err := verify.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	return subject{token.New(token.Config{Routes: table}, verifier, policies, slog.New(slog.NewJSONHandler(log, nil))), issuer, log}
}

// said is the answer in one line: what is allowed or denied, or the error.
func said(response authorizer.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	if len(response.PolicyDocument.Statement) != 1 {
		return fmt.Sprintf("%d statements", len(response.PolicyDocument.Statement))
	}
	statement := response.PolicyDocument.Statement[0]
	return statement.Effect + " " + strings.TrimPrefix(strings.Join(statement.Resource, " "), stage)
}

func TestAuthorizer_decidesByTheScopesOfTheRoute(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	for name, test := range map[string]struct {
		method, resource, path string
		scopes                 []string
		want                   string
	}{
		"all of one":           {"GET", "/orders", "/orders", []string{"orders/read"}, "Allow /GET/orders"},
		"one more than needed": {"GET", "/orders", "/orders", []string{"x/y", "orders/read"}, "Allow /GET/orders"},
		"none":                 {"GET", "/orders", "/orders", []string{"orders/write"}, "Deny /GET/orders"},
		"any":                  {"GET", "/orders/{order}", "/orders/7", []string{"orders/write"}, "Allow /GET/orders/*"},
		"none of any":          {"GET", "/orders/{order}", "/orders/7", []string{"orders/bill"}, "Deny /GET/orders/*"},
		"all of two": {"GET", "/orders/{order}/invoice", "/orders/7/invoice", []string{"orders/bill", "orders/read"},
			"Allow /GET/orders/*/invoice"},
		"one of two": {"GET", "/orders/{order}/invoice", "/orders/7/invoice", []string{"orders/bill"},
			"Deny /GET/orders/*/invoice"},
		"any method":              {"PUT", "/files/{path+}", "/files/a/b", []string{"orders/read"}, "Allow /PUT/files/*"},
		"a method of its own":     {"DELETE", "/files/{path+}", "/files/a/b", []string{"orders/read"}, "Deny /DELETE/files/*"},
		"root":                    {"GET", "/", "/", []string{"orders/read"}, "Allow /GET/"},
		"wildcards of the client": {"GET", "/orders/{order}", "/orders/*", []string{"orders/read"}, "Allow /GET/orders/*"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(s.Handle(t.Context(), request(test.method, test.resource, test.path, "Bearer "+s.issuer.Token(test.scopes...),
				nil))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	got, err := s.Handle(t.Context(), request("GET", "/orders", "/orders", "bearer "+s.issuer.Token("orders/read", "x/y"), nil))
	want := map[string]any{"tenant": verifytest.Tenant, "clientId": verifytest.ClientID, "scopes": "orders/read x/y"}
	if err != nil || got.PrincipalID != verifytest.ClientID || cmp.Diff(want, got.Context) != "" {
		t.Errorf("principal and context: got %s, %v, %v", got.PrincipalID, got.Context, err)
	}
}

// Events that name no route, whatever the token is worth: nobody can say what they need.
func TestAuthorizer_failsForUnknownRoutes(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	good := "Bearer " + s.issuer.Token("orders/read", "orders/write", "orders/bill")
	for name, test := range map[string]struct {
		change func(*authorizer.Event)
		want   string
	}{
		"no ARN":        {func(e *authorizer.Event) { e.MethodArn = "" }, "names no method"},
		"no path in it": {func(e *authorizer.Event) { e.MethodArn = stage }, "names no method"},
		"no context": {func(e *authorizer.Event) {
			e.RequestContext = events.APIGatewayCustomAuthorizerRequestTypeRequestContext{}
		}, "names no method"},
		"another method":   {func(e *authorizer.Event) { e.RequestContext.HTTPMethod = "POST" }, "names no method"},
		"an unknown route": {func(e *authorizer.Event) { e.RequestContext.ResourcePath = "/stock" }, `there is no route "GET /stock"`},
		"a path, not a route": {func(e *authorizer.Event) { e.RequestContext.ResourcePath = "/orders/7" },
			`there is no route "GET /orders/7"`},
	} {
		event := request("GET", "/orders", "/orders", good, nil)
		test.change(&event)
		response, err := s.Handle(t.Context(), event)
		if err == nil || errors.Is(err, authorizer.ErrUnauthorized) || !strings.Contains(err.Error(), test.want) ||
			response.PolicyDocument.Statement != nil {
			t.Errorf("%s: got %v, %v, want …%s…", name, response, err, test.want)
		}
	}
}

func TestAuthorizer_needsOneBearerToken(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	token := s.issuer.Token("orders/read")
	for name, test := range map[string]struct {
		single map[string]string
		multi  map[string][]string
		want   string
	}{
		"none":             {nil, nil, "Unauthorized"},
		"single form only": {map[string]string{"AUTHORIZATION": "Bearer " + token}, nil, "Allow /GET/orders"},
		"another scheme":   {map[string]string{"Authorization": "Basic " + token}, nil, "Unauthorized"},
		"no scheme":        {map[string]string{"Authorization": token}, nil, "Unauthorized"},
		"no token":         {map[string]string{"Authorization": "Bearer "}, nil, "Unauthorized"},
		"two spaces":       {map[string]string{"Authorization": "Bearer  " + token}, nil, "Unauthorized"},
		"a space behind":   {map[string]string{"Authorization": "Bearer " + token + " "}, nil, "Unauthorized"},
		"a tab":            {map[string]string{"Authorization": "Bearer\t" + token}, nil, "Unauthorized"},
		"two, by a comma":  {map[string]string{"Authorization": "Bearer " + token + ",Bearer " + token}, nil, "Unauthorized"},
		"two": {map[string]string{"Authorization": "Bearer " + token},
			map[string][]string{"Authorization": {"Bearer " + token, "Bearer x"}}, "Unauthorized"},
		"two, in two cases": {nil, map[string][]string{"Authorization": {"Bearer " + token}, "authorization": {"Bearer " + token}},
			"Unauthorized"},
		"two, single form": {map[string]string{"Authorization": "Bearer " + token, "authorization": "Bearer x"}, nil, "Unauthorized"},
		"many other headers": {map[string]string{"Authorization": "Bearer " + token},
			map[string][]string{"Accept": {"a", "b"}, "authorization": {"Bearer " + token}}, "Allow /GET/orders"},
	} {
		event := request("GET", "/orders", "/orders", "", nil)
		event.Headers, event.MultiValueHeaders = test.single, test.multi
		if got := said(s.Handle(t.Context(), event)); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// outcome is what API Gateway makes of a reason: 401, 403 by a policy, or 500.
func outcome(reason error) string {
	switch {
	case errors.Is(reason, verify.ErrScope), errors.Is(reason, verify.ErrClient):
		return "Deny /GET/orders"
	case errors.Is(reason, verify.ErrKeysUnavailable):
		return "keys_unavailable"
	}
	return "Unauthorized"
}

func TestAuthorizer_refusesEveryAttack(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	if got := said(s.Handle(t.Context(), request("GET", "/orders", "/orders", "Bearer "+s.issuer.Token(verifytest.Scope),
		nil))); got != "Allow /GET/orders" {
		t.Fatalf("a good token: got %s", got)
	}
	attacks := verifytest.Attacks(s.issuer)
	for _, attack := range attacks {
		if got, want := said(s.Handle(t.Context(),
			request("GET", "/orders", "/orders", "Bearer "+attack.Token, nil))), outcome(attack.Want); got != want {
			t.Errorf("%s: got %s, want %s", attack.Name, got, want)
		}
	}
	t.Logf("%d attacks refused", len(attacks))
}

// Without keys nobody knows, and nobody gets in; a token for which there is a key is still good.
func TestAuthorizer_failsWithoutKeys(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	s.issuer.Fail(true)
	event := request("GET", "/orders", "/orders", "Bearer "+s.issuer.Token("orders/read"), nil)
	response, err := s.Handle(t.Context(), event)
	if !errors.Is(err, verify.ErrKeysUnavailable) || errors.Is(err, authorizer.ErrUnauthorized) ||
		response.PolicyDocument.Statement != nil {
		t.Errorf("got %v, %v, want the error that says so", response, err)
	}
	if !strings.Contains(s.log.String(), `"level":"ERROR","msg":"no decision"`) {
		t.Errorf("not logged: %s", s.log)
	}
}

// Errors of other packages are not shown to the caller.
func TestAuthorizer_failsOnUnknownErrors(t *testing.T) {
	a := token.New(token.Config{Routes: routes}, broken{}, nil, slog.New(slog.DiscardHandler))
	response, err := a.Handle(t.Context(), request("GET", "/orders", "/orders", "Bearer x", nil))
	if err == nil || errors.Is(err, authorizer.ErrUnauthorized) || response.PolicyDocument.Statement != nil {
		t.Errorf("got %v, %v", response, err)
	}
}

type broken struct{}

func (broken) Verify(context.Context, string, ...verify.Requirement) (*verify.Token, error) {
	return nil, errors.New("broken")
}

func TestAuthorizer_logsNoTokens(t *testing.T) {
	s := newSubject(t, verifytest.NewIssuer(t), routes, nil)
	forged := s.issuer.Token("orders/read") + "x"
	for _, token := range []string{s.issuer.Token("orders/read"), s.issuer.Token("orders/bill"), forged} {
		_, _ = s.Handle(t.Context(), request("GET", "/orders", "/orders", "Bearer "+token, nil))
		for _, part := range strings.Split(token, ".") {
			if strings.Contains(s.log.String(), part) {
				t.Errorf("a part of a token is logged: %s", s.log)
			}
		}
	}
	var lines []map[string]any
	for line := range strings.Lines(s.log.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		delete(fields, "time")
		lines = append(lines, fields)
	}
	want := []map[string]any{
		{"level": "INFO", "msg": "denied", "requestId": "r", "route": "GET /orders", "clientId": verifytest.ClientID,
			"tenant": verifytest.Tenant, "reason": "the token lacks a scope that the route needs"},
		{"level": "INFO", "msg": "unauthorized", "requestId": "r", "route": "GET /orders", "reason": string(verify.ErrMalformed)},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
