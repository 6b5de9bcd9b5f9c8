package apigw_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

// server is a resource server: methods by "VERB /path", all with one authorizer, in front of one function.
type server struct {
	methods    []string
	authorizer object
	method     object // what each method has besides
	config     apigw.Config
	now        time.Time
}

const invocation = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"

func newServer(methods ...string) *server {
	s := &server{methods: methods, method: object{"AuthorizationType": "NONE"}, now: time.Unix(1_700_000_000, 0)}
	s.config = apigw.Config{
		Region: "eu-west-1", AccountID: "111122223333", RootResourceID: "root", Clock: func() time.Time { return s.now },
		Function: func(string) (apigw.Function, error) { return echo, nil },
	}
	return s
}

// echo answers with what the event says of the route and of the caller.
func echo(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Body: fmt.Sprintf("%s %s %v %v", e.HTTPMethod, e.Resource,
		e.PathParameters, e.RequestContext.Authorizer)}, nil
}

func (s *server) build() (*apigw.Stage, error) {
	resources := []apigw.Resource{
		{Path: "stack/Api", ID: "api", Type: "AWS::ApiGateway::RestApi", Properties: object{"Name": "orders"}},
		{Path: "stack/Stage", ID: "prod", Type: "AWS::ApiGateway::Stage", Properties: object{"RestApiId": "api", "StageName": "prod"}},
	}
	if s.authorizer != nil {
		resources = append(resources, apigw.Resource{Path: "stack/Authorizer", ID: "authorizer", Type: "AWS::ApiGateway::Authorizer",
			Properties: s.authorizer})
	}
	ids := map[string]string{"": "root"}
	for _, m := range s.methods {
		verb, path, _ := strings.Cut(m, " ")
		at := ""
		for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
			if path == "/" {
				break
			}
			parent := ids[at]
			at += "/" + part
			if ids[at] == "" {
				ids[at] = at
				resources = append(resources, apigw.Resource{Path: "stack/R" + at, ID: at, Type: "AWS::ApiGateway::Resource",
					Properties: object{"RestApiId": "api", "ParentId": parent, "PathPart": part}})
			}
		}
		properties := object{
			"RestApiId": "api", "ResourceId": ids[at], "HttpMethod": verb,
			"Integration": object{"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": invocation + functionARN + "/invocations"},
		}
		for name, value := range s.method {
			properties[name] = value
		}
		resources = append(resources, apigw.Resource{Path: "stack/M", ID: m, Type: "AWS::ApiGateway::Method", Properties: properties})
	}
	return apigw.New(resources, s.config)
}

func (s *server) mustBuild(t *testing.T) *apigw.Stage {
	t.Helper()
	stage, err := s.build()
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func call(t *testing.T, stage *apigw.Stage, method, path, token string) *apigw.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "/prod"+path, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	return answer(stage, request)
}

func TestFunction_requestsFindTheMostSpecificResource(t *testing.T) {
	stage := newServer("GET /", "GET /orders/{order}", "GET /orders/latest", "DELETE /orders/latest", "ANY /files/{path+}",
		"PUT /files/{name}").mustBuild(t)
	for request, want := range map[string]string{
		"GET /":              "200 GET  map[] map[]",
		"GET /orders/7":      "200 GET /orders/{order} map[order:7] map[]",
		"GET /orders/latest": "200 GET /orders/latest map[] map[]",
		"DELETE /orders/7":   "403",
		"GET /orders/":       "403",
		"GET /orders":        "403",
		"GET /orders/7/8":    "403",
		"GET /files/a/b":     "200 GET /files/{path+} map[path:a/b] map[]",
		"PUT /files/a":       "200 PUT /files/{name} map[name:a] map[]",
		"GET /files/a":       "403", // The resource is /files/{name}, which has no GET.
		"GET /files/":        "403",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := call(t, stage, method, path, "")
		if text := fmt.Sprint(got.Status, " ", string(got.Body)); text != want && (want != "403" || got.Status != 403) {
			t.Errorf("%s: got %s, want %s", request, text, want)
		}
	}
	if _, err := newServer("GET /{a}b").build(); err == nil || !strings.Contains(err.Error(), `PathPart "{a}b" is not supported`) {
		t.Errorf("a part of a path that is half a parameter: %v", err)
	}
}

// lambdaAuthorizer allows what it is asked for, with the resources that resource makes of the method's ARN.
func (s *server) lambdaAuthorizer(sources string, resource func(arn string) string) *int {
	runs := new(int)
	s.authorizer = object{
		"RestApiId": "api", "Name": "a", "Type": "REQUEST", "AuthorizerResultTtlInSeconds": 60.0, "AuthorizerUri": invocation + functionARN +
			"/invocations",
		"IdentitySource": sources,
	}
	s.method = object{"AuthorizationType": "CUSTOM", "AuthorizerId": "authorizer"}
	s.config.Authorizer = func(string) (apigw.Authorizer, error) {
		return apigw.Authorizer{Request: func(_ context.Context,
			e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
			*runs++
			response := answers("Allow", resource(e.MethodArn))
			response.Context = map[string]any{"tenant": "acme", "level": 3.0, "known": true, "order": e.PathParameters["order"]}
			return response, nil
		}}, nil
	}
	return runs
}

func own(arn string) string { return arn }

// The function's word is handed on to the integration, from a kept result as well.
func TestFunction_integrationGetsTheAuthorizersContext(t *testing.T) {
	s := newServer("GET /orders/{order}")
	runs := s.lambdaAuthorizer("method.request.header.Authorization,context.path", own)
	stage := s.mustBuild(t)
	for range 2 {
		got := call(t, stage, "GET", "/orders/7", "t")
		if want := "GET /orders/{order} map[order:7] map[known:true level:3 order:7 principalId:client tenant:acme]"; got.Status != 200 ||
			string(got.Body) != want {
			t.Errorf("got %d %s, want %s", got.Status, got.Body, want)
		}
	}
	if *runs != 1 {
		t.Errorf("the function ran %d times, want once", *runs)
	}
}

// A kept result is held against every request with the same identity sources: which sources are named decides what it may stand for.
func TestFunction_keptResultsAndRoutes(t *testing.T) {
	everything := func(arn string) string { api, _, _ := strings.Cut(arn, "/"); return api + "/*" }
	for name, test := range map[string]struct {
		sources        string
		resource       func(string) string
		status, runs   int
		second, method string
	}{
		"token alone, policy of one method: another method is refused": {"method.request.header.Authorization", own, 403, 1, "/orders/7",
			"DELETE"},
		"token alone, policy of everything: another method gets through": {"method.request.header.Authorization", everything, 200, 1, "/orders/7",
			"DELETE"},
		"with the method: it is asked again":                       {"method.request.header.Authorization,context.httpMethod", own, 200, 2, "/orders/7", "DELETE"},
		"with method and resource: another order of it is refused": {"method.request.header.Authorization,context.httpMethod,context.resourcePath", own, 403, 1, "/orders/8", "GET"},
		"with method and path: another order is asked for again": {"method.request.header.Authorization,context.httpMethod,context.path", own,
			200, 2, "/orders/8", "GET"},
	} {
		s := newServer("GET /orders/{order}", "DELETE /orders/{order}")
		runs := s.lambdaAuthorizer(test.sources, test.resource)
		stage := s.mustBuild(t)
		if first := call(t, stage, "GET", "/orders/7", "t"); first.Status != 200 {
			t.Errorf("%s: the first request got %d", name, first.Status)
		}
		if second := call(t, stage, test.method, test.second, "t"); second.Status != test.status || *runs != test.runs {
			t.Errorf("%s: got %d after %d runs, want %d after %d", name, second.Status, *runs, test.status, test.runs)
		}
	}
}

func TestFunction_userPoolAuthorizerTakesAccessTokensWithAScope(t *testing.T) {
	s := newServer("GET /orders")
	s.authorizer = object{"RestApiId": "api", "Name": "pool", "Type": "COGNITO_USER_POOLS", "ProviderARNs": []any{"pool"},
		"IdentitySource": "method.request.header.Authorization"}
	tokens := map[string]object{
		"read":  {"token_use": "access", "scope": "orders/read orders/list", "exp": 1_700_000_000.0},
		"write": {"token_use": "access", "scope": "orders/write"},
		"id":    {"token_use": "id", "scope": "orders/read"}, "none": {"token_use": "access"},
	}
	s.config.Pool = func(string) (apigw.Verify, error) {
		return func(token string) (map[string]any, error) {
			if claims, ok := tokens[token]; ok {
				return claims, nil
			}
			return nil, errors.New("no such token")
		}, nil
	}
	for _, test := range []struct {
		scopes []any
		token  string
		status int
	}{
		{[]any{"orders/read"}, "read", 200}, {[]any{"orders/read"}, "Bearer read", 200}, {[]any{"orders/write", "orders/read"}, "read", 200},
		{[]any{"orders/read"}, "write", 401}, {[]any{"orders/read"}, "none", 401}, {[]any{"orders/read"}, "forged", 401},
		{[]any{"orders/read"}, "", 401},
		{[]any{"orders/read"}, "id", 401}, {nil, "id", 200}, {nil, "read", 401},
	} {
		s.method = object{"AuthorizationType": "COGNITO_USER_POOLS", "AuthorizerId": "authorizer", "AuthorizationScopes": test.scopes}
		got := call(t, s.mustBuild(t), "GET", "/orders", test.token)
		if got.Status != test.status {
			t.Errorf("scopes %v, token %q: got %d %s, want %d", test.scopes, test.token, got.Status, got.Body, test.status)
		}
		if want := "map[claims:map[exp:1700000000 scope:orders/read orders/list token_use:access]]"; test.status == 200 && test.token == "read" &&
			!strings.HasSuffix(string(got.Body), want) {
			t.Errorf("the integration got %s, want %s", got.Body, want)
		}
	}
}

// Whatever is wrong with a function is answered 502, and says nothing of it.
func TestFunction_brokenFunction(t *testing.T) {
	for name, function := range map[string]apigw.Function{
		"fails": func(context.Context, events.APIGatewayProxyRequest) (r events.APIGatewayProxyResponse, err error) {
			return r, errors.New("secret")
		},
		"has no status": func(context.Context, events.APIGatewayProxyRequest) (r events.APIGatewayProxyResponse, err error) {
			return r, nil
		},
		"panics": func(context.Context, events.APIGatewayProxyRequest) (r events.APIGatewayProxyResponse, err error) {
			panic("secret")
		},
		"is no Base64 text": func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
			return events.APIGatewayProxyResponse{StatusCode: 200, Body: "?", IsBase64Encoded: true}, nil
		},
	} {
		s := newServer("GET /")
		s.config.Function = func(string) (apigw.Function, error) { return function, nil }
		if got := call(t, s.mustBuild(t), "GET", "/", ""); got.Status != 502 || string(got.Body) != `{"message":"Internal server error"}` {
			t.Errorf("a function that %s: got %d %s", name, got.Status, got.Body)
		}
	}
}

func TestFunction_unsupportedIntegrationsWithFunctionsAreRefusedAtLoad(t *testing.T) {
	integration := func(name string, value any) func(*server) {
		return func(s *server) {
			all := object{"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": invocation + functionARN + "/invocations"}
			all[name] = value
			s.method["Integration"] = all
		}
	}
	for want, change := range map[string]func(*server){
		`stack/M: Integration.Uri "https://example.com" is not supported`: integration("Uri", "https://example.com"),
		`stack/M: Integration.IntegrationHttpMethod "GET"`:                integration("IntegrationHttpMethod", "GET"),
		`stack/M: Integration: nothing is mapped with type AWS_PROXY`:     integration("RequestTemplates", object{"application/json": "{}"}),
		`stack/M: there is nobody to run function ` + functionARN:         func(s *server) { s.config.Function = nil },
		`stack/M: no such function`: func(s *server) {
			s.config.Function = func(string) (apigw.Function, error) { return nil, errors.New("no such function") }
		},
		`stack/Authorizer: there is no user pool`: func(s *server) {
			s.authorizer = object{"Type": "COGNITO_USER_POOLS", "ProviderARNs": []any{"pool"},
				"IdentitySource": "method.request.header.Authorization"}
		},
	} {
		s := newServer("GET /")
		change(s)
		if _, err := s.build(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}
