package main

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

const stage = "arn:aws:execute-api:eu-west-1:111122223333:abcdef1234/v1"

func build(t *testing.T) string {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/tokenauthorizer", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bootstrap")
}

// start runs the binary for the issuer's tokens.
func start(
	t *testing.T, issuer *verifytest.Issuer, routes settings.Routes, more ...string,
) (*lambdaruntime.Function, *lambdaruntime.Output) {
	t.Helper()
	output := &lambdaruntime.Output{}
	function, err := lambdaruntime.Start(build(t), append([]string{
		settings.IssuersVariable + "=" + issuer.URL + "=" + issuer.JWKSURL, settings.RoutesVariable + "=" + routes.Encode(),
		settings.ClientsVariable + "=" + verifytest.Tenant + "=" + verifytest.ClientID,
	}, more...), output)
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	t.Cleanup(function.Stop)
	return function, output
}

// event is a request event as API Gateway's guide shows it, with what no rule looks at.
func event(t *testing.T, resource, path, token string, parameters map[string]string) []byte {
	t.Helper()
	event, err := json.Marshal(map[string]any{
		"type": "REQUEST", "methodArn": stage + "/GET" + path, "resource": resource, "path": "/v1" + path, "httpMethod": "GET",
		"headers":               map[string]string{"authorization": "Bearer " + token, "x-amzn-trace-id": "Root=1"},
		"multiValueHeaders":     map[string][]string{"authorization": {"Bearer " + token}},
		"queryStringParameters": map[string]string{"tenant": "rival"}, "pathParameters": parameters, "stageVariables": map[string]string{},
		"requestContext": map[string]any{
			"requestId": "r", "httpMethod": "GET", "resourcePath": resource, "path": "/v1" + path, "stage": "v1", "apiId": "abcdef1234",
			"accountId": "111122223333",
			"identity":  map[string]any{"sourceIp": "203.0.113.7"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// ask is the answer in one line: what is allowed or denied, or the error.
func ask(t *testing.T, function *lambdaruntime.Function, event []byte) string {
	t.Helper()
	answer, err := function.Invoke(t.Context(), event)
	if failure := (*lambdaruntime.FunctionError)(nil); errors.As(err, &failure) {
		return failure.Message
	}
	if err != nil {
		t.Fatal(err)
	}
	var response struct {
		PolicyDocument struct {
			Statement []struct {
				Effect   string
				Resource []string
			}
		} `json:"policyDocument"`
	}
	if err := json.Unmarshal(answer, &response); err != nil || len(response.PolicyDocument.Statement) != 1 {
		t.Fatalf("%v: %s", err, answer)
	}
	s := response.PolicyDocument.Statement[0]
	return s.Effect + " " + strings.TrimPrefix(strings.Join(s.Resource, " "), stage)
}

func TestFunction_refusesEveryAttack(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	function, output := start(t, issuer, settings.Routes{"GET /orders/{order}": {All: []string{verifytest.Scope}}})
	good := issuer.Token(verifytest.Scope)
	began := time.Now()
	answer, err := function.Invoke(t.Context(), event(t, "/orders/{order}", "/orders/7", good, map[string]string{"order": "7"}))
	first := time.Since(began)
	want := `{"principalId":"` + verifytest.ClientID +
		`","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":["execute-api:Invoke"],"Effect":"Allow",` +
		`"Resource":["` + stage + `/GET/orders/*"]}]},"context":{"clientId":"` + verifytest.ClientID +
		`","scopes":"orders/read","tenant":"billing"}}`
	if err != nil || string(answer) != want {
		t.Errorf("got %s, %v\nwant %s", answer, err, want)
	}
	if fetches := issuer.Fetches(); fetches != 1 {
		t.Errorf("the keys were read %d times, want once, at start", fetches)
	}

	attacks := verifytest.Attacks(issuer)
	began = time.Now()
	for _, attack := range attacks {
		want := "Unauthorized"
		if errors.Is(attack.Want, verify.ErrScope) || errors.Is(attack.Want, verify.ErrClient) {
			want = "Deny /GET/orders/*"
		}
		if got := ask(t, function, event(t, "/orders/{order}", "/orders/7", attack.Token, nil)); got != want {
			t.Errorf("%s: got %s, want %s", attack.Name, got, want)
		}
	}
	t.Logf("ready %v after exec, keys read; first answer %v later; then %d attacks, %v each", function.Ready.Round(100*time.Microsecond),
		first.Round(10*time.Microsecond),
		len(attacks), (time.Since(began) / time.Duration(len(attacks))).Round(10*time.Microsecond))

	for _, part := range strings.Split(good, ".") {
		if strings.Contains(output.String(), part) {
			t.Error("a part of a token is logged")
		}
	}
}

// Tokens of the next key are taken at once, those of the last one as long as the user pool has it, also while it does not answer.
func TestFunction_followsAKeyRotation(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	function, _ := start(t, issuer, settings.Routes{"GET /orders": {All: []string{verifytest.Scope}}})
	before := issuer.Token(verifytest.Scope)
	issuer.RotateKey()
	after := issuer.Token(verifytest.Scope)
	for _, token := range []string{before, after} {
		if got := ask(t, function, event(t, "/orders", "/orders", token, nil)); got != "Allow /GET/orders" {
			t.Errorf("got %s", got)
		}
	}
	issuer.Fail(true)
	for _, token := range []string{before, after} {
		if got := ask(t, function, event(t, "/orders", "/orders", token, nil)); got != "Allow /GET/orders" {
			t.Errorf("during an outage: got %s", got)
		}
	}
}

// While a user pool's issuer type changes, tokens of both issuers are accepted, and the keys of each are read when a token names it.
func TestFunction_acceptsSeveralIssuers(t *testing.T) {
	issuer, updated := verifytest.NewIssuer(t), verifytest.NewIssuer(t)
	updated.URL = verify.UpdatedIssuer(verifytest.UserPoolID).URL
	function, _ := start(t, issuer, settings.Routes{"GET /orders": {All: []string{verifytest.Scope}}},
		settings.IssuersVariable+"="+issuer.URL+"="+issuer.JWKSURL+" "+updated.URL+"="+updated.JWKSURL)
	if issuer.Fetches() != 1 || updated.Fetches() != 0 {
		t.Errorf("at start the keys were read %d and %d times, want 1 and 0", issuer.Fetches(), updated.Fetches())
	}
	for _, i := range []*verifytest.Issuer{issuer, updated} {
		if got := ask(t, function, event(t, "/orders", "/orders", i.Token(verifytest.Scope), nil)); got != "Allow /GET/orders" {
			t.Errorf("%s: got %s", i.URL, got)
		}
	}
	for _, attack := range verifytest.Confusions(issuer, updated) {
		if got := ask(t, function, event(t, "/orders", "/orders", attack.Token, nil)); got != "Unauthorized" {
			t.Errorf("%s: got %s", attack.Name, got)
		}
	}
}

// A function that cannot read the keys starts, lets nobody in, and recovers.
func TestFunction_startsWithoutKeys(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	issuer.Fail(true)
	function, output := start(t, issuer, settings.Routes{"GET /orders": {All: []string{verifytest.Scope}}})
	if got := ask(t, function, event(t, "/orders", "/orders", issuer.Token(verifytest.Scope), nil)); !strings.Contains(got,
		string(verify.ErrKeysUnavailable)) {
		t.Errorf("got %s", got)
	}
	if want := `"level":"WARN","msg":"keys","error":"` + issuer.JWKSURL +
		` answered 500 Internal Server Error"`; !strings.Contains(output.String(), want) {
		t.Errorf("got %s, want it to say why: %s", output, want)
	}
}

// A function without a table of routes, or with one that it does not understand, must not come to decide anything.
func TestFunction_doesNotStartWithMistakes(t *testing.T) {
	const pool = settings.UserPoolIDVariable + "=" + verifytest.UserPoolID
	const routes = settings.RoutesVariable + `={"GET /orders":{"all":["orders/read"]}}`
	for _, environment := range [][]string{
		nil, {pool}, {routes}, {pool, settings.RoutesVariable + "={}"}, {pool, settings.RoutesVariable + `={"GET /orders":{}}`},
		{pool, settings.RoutesVariable + `={"GET /orders":{"scopes":["orders/read"]}}`},
		{pool, routes, settings.ClientsVariable + "=shop"}, {pool, routes, settings.NamespaceVariable + "=Orders"},
		{pool, routes, settings.IssuersVariable + "=https://a.example"},
		{routes, settings.IssuersVariable + "=https://a.example=http://203.0.113.7/keys"},
	} {
		var output strings.Builder
		function, err := lambdaruntime.Start(build(t), environment, &output)
		if err == nil {
			function.Stop()
			t.Fatalf("%v: started", environment)
		}
		if !strings.Contains(output.String(), `"msg":"configuration"`) {
			t.Errorf("%v: does not say why: %s", environment, output.String())
		}
	}
}
