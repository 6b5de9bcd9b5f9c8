package apigw_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

const (
	functionARN = "arn:aws:lambda:eu-west-1:111122223333:function:gate"
	methodARN   = "arn:aws:execute-api:eu-west-1:111122223333:api/v1/POST/token"
)

// answers makes what an authorizer returns.
func answers(effect, resource string) events.APIGatewayCustomAuthorizerResponse {
	response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "client"}
	response.PolicyDocument.Statement = []events.IAMPolicyStatement{{Effect: effect, Action: []string{"execute-api:Invoke"},
		Resource: []string{resource}}}
	return response
}

// gated is the small API behind a REQUEST authorizer, keyed on the Authorization header and the client's address, whose function decides.
// calls counts its runs.
func gated(decide func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)) (a *api,
	calls *int) {
	a, calls = newAPI(), new(int)
	a.method["AuthorizationType"], a.method["AuthorizerId"] = "CUSTOM", "authorizer0"
	a.stage["MethodSettings"].([]any)[0].(object)["ThrottlingBurstLimit"] = 1000.0
	a.authorizers = []object{{
		"RestApiId": "api", "Name": "gate", "Type": "REQUEST", "AuthorizerResultTtlInSeconds": 30.0,
		"AuthorizerUri":  "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + functionARN + "/invocations",
		"IdentitySource": "method.request.header.Authorization,context.identity.sourceIp",
	}}
	a.config.Authorizer = func(arn string) (apigw.Authorizer, error) {
		if arn != functionARN {
			return apigw.Authorizer{}, errors.New("no function " + arn)
		}
		return apigw.Authorizer{Request: func(_ context.Context,
			e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			*calls++
			return decide(e)
		}}, nil
	}
	upstream := 0
	a.upstream = counting(&upstream)
	return a, calls
}

func always(response events.APIGatewayCustomAuthorizerResponse) func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
	return func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return response, nil
	}
}

func expect(t *testing.T, why string, got *apigw.Answer, status int, body string) {
	t.Helper()
	if got.Status != status || string(got.Body) != body {
		t.Errorf("%s: got %d %s, want %d %s", why, got.Status, got.Body, status, body)
	}
}

// The authorizer stands before the cache: it is asked for a request that the cache would answer, and its refusal holds there as well.
func TestAuthorizer_decidesOnCacheHits(t *testing.T) {
	effect := "Allow"
	a, calls := gated(func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return answers(effect, methodARN), nil
	})
	a.authorizers[0]["AuthorizerResultTtlInSeconds"] = 0.0
	stage := a.mustBuild(t)
	ask := func() *apigw.Answer { return post(t, stage, "/v1/token?scope=s", basic("a")) }
	expect(t, "a miss", ask(), 200, "answer 1")
	expect(t, "a hit", ask(), 200, "answer 1")
	effect = "Deny"
	expect(t, "refused on a hit", ask(), 403, `{"message":"User is not authorized to access this resource with an explicit deny"}`)
	if hits, misses, _ := stage.Counts(); *calls != 3 || hits != 1 || misses != 1 {
		t.Errorf("function run %d times, %d hits, %d misses, want 3, 1 and 1", *calls, hits, misses)
	}
}

func TestAuthorizer_resultsAreKeptByIdentityForTheirTTL(t *testing.T) {
	a, calls := gated(always(answers("Allow", methodARN)))
	stage := a.mustBuild(t)
	ask := func(why, target, user string, want int) {
		t.Helper()
		if got := post(t, stage, target, basic(user)); got.Status != http.StatusOK || *calls != want {
			t.Errorf("%s: got %d, function run %d times, want %d", why, got.Status, *calls, want)
		}
	}
	ask("first", "/v1/token?scope=s", "a", 1)
	ask("again", "/v1/token?scope=s", "a", 1)
	ask("what is no identity source", "/v1/token?scope=other", "a", 1)
	ask("another identity", "/v1/token?scope=s", "b", 2)
	a.now = a.now.Add(29 * time.Second)
	ask("before the TTL", "/v1/token?scope=s", "a", 2)
	a.now = a.now.Add(time.Second)
	ask("after the TTL", "/v1/token?scope=s", "a", 3)
}

// The access log names whom the authorizer saw, also when its answer was kept and when it refuses; and nobody when it was not asked.
func TestAuthorizer_principalIsLogged(t *testing.T) {
	for effect, status := range map[string]string{"Allow": "200", "Deny": "403"} {
		answer := answers(effect, "*")
		answer.PrincipalID = "shop"
		a, calls := gated(always(answer))
		a.stage["AccessLogSetting"].(object)["Format"] = "$context.status $context.authorizer.principalId"
		stage := a.mustBuild(t)
		for range 2 {
			post(t, stage, "/v1/token?scope=s", basic("a"))
		}
		post(t, stage, "/v1/token?scope=s", nil)
		if want := []string{status + " shop", status + " shop", "401 -"}; !slices.Equal(a.log, want) || *calls != 1 {
			t.Errorf("%s: log %q after %d calls, want %q after one", effect, a.log, *calls, want)
		}
	}
}

func TestAuthorizer_refusalsAreKeptToo(t *testing.T) {
	a, calls := gated(always(answers("Deny", "*")))
	stage := a.mustBuild(t)
	for range 2 {
		if got := post(t, stage, "/v1/token?scope=s", basic("a")); got.Status != http.StatusForbidden {
			t.Errorf("got %d", got.Status)
		}
	}
	if *calls != 1 {
		t.Errorf("function run %d times, want once", *calls)
	}
}

// The policy is cached: one for another method does not allow this one, neither fresh nor cached.
func TestAuthorizer_policyForAnotherMethodAllowsNothing(t *testing.T) {
	a, _ := gated(always(answers("Allow", strings.Replace(methodARN, "POST", "GET", 1))))
	expect(t, "another method's", post(t, a.mustBuild(t), "/v1/token?scope=s", basic("a")), 403,
		`{"message":"User is not authorized to access this resource"}`)
}

func TestAuthorizer_whatAnAuthorizerCannotDecide(t *testing.T) {
	const failed = `{"message":"Internal server error"}`
	decide := func(err error) func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		return func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			return events.APIGatewayCustomAuthorizerResponse{}, err
		}
	}
	for name, test := range map[string]struct {
		decide func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)
		status int
		body   string
	}{
		"Unauthorized": {decide(errors.New("Unauthorized")), 401, `{"message":"Unauthorized"}`},
		"an error":     {decide(errors.New("unreachable")), 500, failed},
		"nothing":      {decide(nil), 500, failed},
		"bad effect":   {always(answers("allow", "*")), 500, failed},
		"a panic": {func(events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			panic("nil")
		}, 500, failed},
	} {
		a, calls := gated(test.decide)
		stage := a.mustBuild(t)
		expect(t, name, post(t, stage, "/v1/token?scope=s", basic("a")), test.status, test.body)
		expect(t, name+" again", post(t, stage, "/v1/token?scope=s", basic("a")), test.status, test.body)
		if *calls != 2 {
			t.Errorf("%s: function run %d times, want twice: there is nothing to keep", name, *calls)
		}
		types := map[int]string{401: "UNAUTHORIZED", 500: "AUTHORIZER_CONFIGURATION_ERROR"}
		if want := `"type":"` + types[test.status] + `"`; !strings.Contains(a.log[0], want) {
			t.Errorf("%s: log %s, want %s", name, a.log[0], want)
		}
	}
}

func TestAuthorizer_missingIdentityIsRefusedWithoutTheFunction(t *testing.T) {
	a, calls := gated(always(answers("Allow", "*")))
	a.gatewayResponses = []object{{"RestApiId": "api", "ResponseType": "UNAUTHORIZED", "StatusCode": "401",
		"ResponseTemplates": object{"application/json": `{"error":"invalid_client"}`}}}
	stage := a.mustBuild(t)
	expect(t, "no header", post(t, stage, "/v1/token?scope=s", nil), 401, `{"error":"invalid_client"}`)
	expect(t, "empty header", post(t, stage, "/v1/token?scope=s", map[string]string{"Authorization": ""}), 401, `{"error":"invalid_client"}`)
	if *calls != 0 {
		t.Errorf("function run %d times", *calls)
	}
	// Without results kept, it is up to the function.
	a.authorizers[0]["AuthorizerResultTtlInSeconds"] = 0.0
	post(t, a.mustBuild(t), "/v1/token?scope=s", nil)
	if *calls != 1 {
		t.Errorf("without results kept: function run %d times, want once", *calls)
	}
}

func TestAuthorizer_whatTheFunctionGets(t *testing.T) {
	var got events.APIGatewayCustomAuthorizerRequestTypeRequest
	a, _ := gated(func(e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		got = e
		return answers("Allow", e.MethodArn), nil
	})
	stage := a.mustBuild(t)
	if answer := post(t, stage, "/v1/token?scope=s&x=1&x=2", basic("a")); answer.Status != http.StatusOK {
		t.Fatalf("got %d %s", answer.Status, answer.Body)
	}
	if got.RequestContext.RequestID == "" {
		t.Error("no request id")
	}
	got.RequestContext.RequestID = ""
	want := events.APIGatewayCustomAuthorizerRequestTypeRequest{
		Type: "REQUEST", MethodArn: methodARN, Resource: "/token", Path: "/token", HTTPMethod: "POST",
		Headers: map[string]string{"Host": "", "Authorization": "Basic a"}, MultiValueHeaders: map[string][]string{"Host": {""},
			"Authorization": {"Basic a"}},
		QueryStringParameters: map[string]string{"scope": "s", "x": "2"}, MultiValueQueryStringParameters: map[string][]string{"scope": {"s"},
			"x": {"1", "2"}},
		PathParameters: map[string]string{}, StageVariables: map[string]string{"key": "first"},
	}
	want.RequestContext.Path, want.RequestContext.AccountID, want.RequestContext.ResourceID, want.RequestContext.Stage = "/v1/token",
		"111122223333", "token", "v1"
	want.RequestContext.ResourcePath, want.RequestContext.HTTPMethod, want.RequestContext.APIID = "/token", "POST", "api"
	want.RequestContext.Identity.SourceIP = "192.0.2.7"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorizer_tokenAuthorizer(t *testing.T) {
	a, _ := gated(nil)
	var tokens []string
	a.authorizers[0]["Type"], a.authorizers[0]["IdentitySource"] = "TOKEN", "method.request.header.X-Token"
	a.authorizers[0]["IdentityValidationExpression"] = "[a-z]+"
	a.config.Authorizer = func(string) (apigw.Authorizer, error) {
		return apigw.Authorizer{Token: func(_ context.Context,
			e events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			tokens = append(tokens, e.Type+" "+e.AuthorizationToken+" "+e.MethodArn)
			return answers("Allow", e.MethodArn), nil
		}}, nil
	}
	stage := a.mustBuild(t)
	for token, want := range map[string]int{"good": 200, "": 401, "bad1": 401} {
		header := basic("a")
		if token != "" {
			header["X-Token"] = token
		}
		if got := post(t, stage, "/v1/token?scope=s", header); got.Status != want {
			t.Errorf("token %q: got %d, want %d", token, got.Status, want)
		}
	}
	if diff := cmp.Diff([]string{"TOKEN good " + methodARN}, tokens); diff != "" {
		t.Error(diff)
	}
}

func TestAuthorizer_unsupportedAuthorizersAreRefusedAtLoad(t *testing.T) {
	for want, change := range map[string]func(*api){
		`stack/Authorizer0: Type "JWT" is not supported`:       func(a *api) { a.authorizers[0]["Type"] = "JWT" },
		`stack/Authorizer0: 0 ProviderARNs and AuthorizerUri`:  func(a *api) { a.authorizers[0]["Type"] = "COGNITO_USER_POOLS" },
		`stack/Authorizer0: AuthorizerResultTtlInSeconds 3601`: func(a *api) { a.authorizers[0]["AuthorizerResultTtlInSeconds"] = 3601.0 },
		`stack/Authorizer0: IdentitySource: "context.accountId" is not supported`: func(a *api) {
			a.authorizers[0]["IdentitySource"] = "context.accountId"
		},
		`stack/Authorizer0: IdentitySource: "'x'" is not supported`:            func(a *api) { a.authorizers[0]["IdentitySource"] = "'x'" },
		`stack/Authorizer0: IdentitySource is required while results are kept`: func(a *api) { delete(a.authorizers[0], "IdentitySource") },
		`stack/Authorizer0: IdentityValidationExpression does not apply`:       func(a *api) { a.authorizers[0]["IdentityValidationExpression"] = "x" },
		`stack/Authorizer0: IdentitySource "method.request.querystring.t": an authorizer of type TOKEN has one header`: func(a *api) {
			a.authorizers[0]["Type"], a.authorizers[0]["IdentitySource"] = "TOKEN", "method.request.querystring.t"
		},
		`stack/Authorizer0: function ` + functionARN + ` takes no events of an authorizer of type TOKEN`: func(a *api) {
			a.authorizers[0]["Type"], a.authorizers[0]["IdentitySource"] = "TOKEN", "method.request.header.t"
		},
		`stack/Authorizer0: IdentityValidationExpression "(": error parsing`: func(a *api) {
			a.authorizers[0]["Type"], a.authorizers[0]["IdentitySource"], a.authorizers[0]["IdentityValidationExpression"] = "TOKEN",
				"method.request.header.t", "("
		},
		`stack/Authorizer0: AuthorizerUri "https://example.com" is not supported`: func(a *api) {
			a.authorizers[0]["AuthorizerUri"] = "https://example.com"
		},
		`stack/Authorizer0: no function arn:aws:lambda:eu-west-1:1:function:other`: func(a *api) {
			a.authorizers[0]["AuthorizerUri"] = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:1:function:other/invocations"
		},
		`stack/Authorizer0: there is nobody to run function`:                       func(a *api) { a.config.Authorizer = nil },
		`stack/Authorizer0: ProviderARNs ["arn"] have no effect`:                   func(a *api) { a.authorizers[0]["ProviderARNs"] = []any{"arn"} },
		`stack/Method: AuthorizerId "other" is no authorizer of this API`:          func(a *api) { a.method["AuthorizerId"] = "other" },
		`stack/Method: AuthorizerId "authorizer0" has no effect with Authorizatio`: func(a *api) { a.method["AuthorizationType"] = "AWS_IAM" },
	} {
		a, _ := gated(always(answers("Allow", "*")))
		change(a)
		if _, err := a.build(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}
