package apigw_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

type object = map[string]any

// api is a small REST API: POST /token, keyed on Authorization and scope, cached for a minute. A test changes it before it builds the
// stage.
type api struct {
	rest, method, stage, validator object
	authorizers                    []object
	gatewayResponses               []object
	now                            time.Time
	upstream                       func(*http.Request) (*apigw.Answer, error)
	log                            []string
	config                         apigw.Config
}

func newAPI() *api {
	return &api{
		now:       time.Unix(1_700_000_000, 0),
		rest:      object{"Name": "api"},
		validator: object{"RestApiId": "api", "ValidateRequestParameters": true, "ValidateRequestBody": false},
		method: object{
			"RestApiId": "api", "ResourceId": "token", "HttpMethod": "POST", "AuthorizationType": "NONE", "RequestValidatorId": "validator",
			"RequestParameters": object{"method.request.header.Authorization": true, "method.request.querystring.scope": true},
			"MethodResponses": []any{object{"StatusCode": "200", "ResponseParameters": object{"method.response.header.Cache-Control": true}},
				object{"StatusCode": "400"}, object{"StatusCode": "502"}},
			"Integration": object{
				"Type": "HTTP", "IntegrationHttpMethod": "POST", "Uri": "https://idp.example.com/token", "PassthroughBehavior": "NEVER",
				"CacheKeyParameters": []any{"method.request.header.Authorization", "method.request.querystring.scope"},
				"RequestParameters": object{
					"integration.request.header.Authorization": "method.request.header.Authorization",
					"integration.request.header.X-Key":         "stageVariables.key", "integration.request.querystring.fixed": "'yes'",
				},
				"RequestTemplates": object{"application/json": "from the template", "application/x-www-form-urlencoded": "from the template"},
				"IntegrationResponses": []any{
					object{"StatusCode": "200", "SelectionPattern": "200",
						"ResponseParameters": object{"method.response.header.Cache-Control": "'no-store'"}},
					object{"StatusCode": "400", "SelectionPattern": "40[0-9]", "ResponseTemplates": object{"application/json": `{"error":"mapped"}`}},
					object{"StatusCode": "502"},
				},
			},
		},
		stage: object{
			"RestApiId": "api", "DeploymentId": "d", "StageName": "v1", "CacheClusterEnabled": true, "CacheClusterSize": "0.5",
			"Variables": object{"key": "first"},
			"AccessLogSetting": object{"DestinationArn": "arn",
				"Format": `{"status":"$context.status","integration":"$context.integration.status","type":"$context.error.responseType","agent":"$context.identity.userAgent"}`},
			"MethodSettings": []any{object{"HttpMethod": "POST", "ResourcePath": "/~1token", "CachingEnabled": true, "CacheDataEncrypted": true,
				"CacheTtlInSeconds": 60.0,
				"DataTraceEnabled":  false, "ThrottlingRateLimit": 10.0, "ThrottlingBurstLimit": 5.0}},
		},
	}
}

func (a *api) build() (*apigw.Stage, error) {
	resources := []apigw.Resource{
		{Path: "stack/Api", ID: "api", Type: "AWS::ApiGateway::RestApi", Properties: a.rest},
		{Path: "stack/Token", ID: "token", Type: "AWS::ApiGateway::Resource", Properties: object{"RestApiId": "api", "ParentId": "root",
			"PathPart": "token"}},
		{Path: "stack/Validator", ID: "validator", Type: "AWS::ApiGateway::RequestValidator", Properties: a.validator},
		{Path: "stack/Method", ID: "method", Type: "AWS::ApiGateway::Method", Properties: a.method},
		{Path: "stack/Stage", ID: "v1", Type: "AWS::ApiGateway::Stage", Properties: a.stage},
	}
	for i, properties := range a.authorizers {
		resources = append(resources, apigw.Resource{Path: fmt.Sprintf("stack/Authorizer%d", i), ID: fmt.Sprintf("authorizer%d", i),
			Type: "AWS::ApiGateway::Authorizer", Properties: properties})
	}
	for i, properties := range a.gatewayResponses {
		resources = append(resources, apigw.Resource{Path: fmt.Sprintf("stack/Response%d", i), Type: "AWS::ApiGateway::GatewayResponse",
			Properties: properties})
	}
	config := a.config
	config.Region, config.AccountID = "eu-west-1", "111122223333"
	config.RootResourceID, config.Clock, config.Upstream = "root", func() time.Time { return a.now }, a.upstream
	config.AccessLog = func(line string) { a.log = append(a.log, line) }
	return apigw.New(resources, config)
}

func (a *api) mustBuild(t *testing.T) *apigw.Stage {
	t.Helper()
	stage, err := a.build()
	if err != nil {
		t.Fatal(err)
	}
	return stage
}

func post(t *testing.T, stage *apigw.Stage, target string, header map[string]string) *apigw.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader("from the client"))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	return answer(stage, request)
}

// answer asks the default endpoint.
func answer(stage *apigw.Stage, r *http.Request) *apigw.Answer {
	path, ok := stage.Below(r.URL.Path)
	return stage.Answer(r, apigw.Arrival{Path: path, Stray: !ok, SourceIP: netip.MustParseAddr("192.0.2.7")})
}

func basic(user string) map[string]string { return map[string]string{"Authorization": "Basic " + user} }

// counting answers 200 with the number of the call.
func counting(calls *int) func(*http.Request) (*apigw.Answer, error) {
	return func(*http.Request) (*apigw.Answer, error) {
		*calls++
		return &apigw.Answer{Status: http.StatusOK, Header: http.Header{}, Body: fmt.Appendf(nil, "answer %d", *calls)}, nil
	}
}

func TestAPI_upstreamGetsWhatIsMappedAndNothingElse(t *testing.T) {
	a := newAPI()
	a.upstream = func(r *http.Request) (*apigw.Answer, error) {
		want := http.Header{"Authorization": {"Basic a"}, "X-Key": {"first"}}
		if len(r.Header) != len(want) || r.Header.Get("Authorization") != "Basic a" || r.Header.Get("X-Key") != "first" {
			t.Errorf("header: got %v, want %v", r.Header, want)
		}
		body := make([]byte, 100)
		if n, _ := r.Body.Read(body); string(body[:n]) != "from the template" {
			t.Errorf("body: got %q", body[:n])
		}
		if r.URL.String() != "https://idp.example.com/token?fixed=yes" {
			t.Errorf("URL: got %s", r.URL)
		}
		return &apigw.Answer{Status: http.StatusOK, Header: http.Header{"Set-Cookie": {"x"}}, Body: []byte("ok")}, nil
	}
	answer := post(t, a.mustBuild(t), "/v1/token?scope=s&other=1", map[string]string{"Authorization": "Basic a", "X-Key": "client's",
		"X-Other": "1"})
	if answer.Status != http.StatusOK || string(answer.Body) != "ok" || answer.Header.Get("Cache-Control") != "no-store" ||
		answer.Header.Get("Set-Cookie") != "" {
		t.Errorf("answer: got %d %q %v", answer.Status, answer.Body, answer.Header)
	}
}

func TestAPI_cacheIsKeyedAsDeclaredAndEndsWithItsTTL(t *testing.T) {
	for _, before := range []bool{false, true} {
		calls := 0
		a := newAPI()
		a.upstream, a.config.CacheBeforeMapping = counting(&calls), before
		a.stage["MethodSettings"].([]any)[0].(object)["ThrottlingBurstLimit"] = 100.0
		stage := a.mustBuild(t)
		expect := func(why, want, target, user string) {
			t.Helper()
			if got := string(post(t, stage, target, basic(user)).Body); got != want {
				t.Errorf("%s: got %q, want %q", why, got, want)
			}
		}
		expect("first", "answer 1", "/v1/token?scope=s", "a")
		expect("again", "answer 1", "/v1/token?scope=s", "a")
		expect("a parameter that is no key", "answer 1", "/v1/token?scope=s&x=1", "a")
		expect("another scope", "answer 2", "/v1/token?scope=s2", "a")
		expect("another user", "answer 3", "/v1/token?scope=s", "b")
		expect("parts that run into each other", "answer 4", "/v1/token?scope=1%3As", "a")
		a.now = a.now.Add(59 * time.Second)
		expect("before the TTL", "answer 1", "/v1/token?scope=s", "a")
		a.now = a.now.Add(time.Second)
		expect("after the TTL", "answer 5", "/v1/token?scope=s", "a")
		stage.Flush()
		expect("after a flush", "answer 6", "/v1/token?scope=s", "a")
		if hits, misses, reused := stage.Counts(); hits != 3 || misses != 6 || reused != 3 {
			t.Errorf("hits %d, misses %d, want 3 and 6", hits, misses)
		}
	}
}

func TestAPI_answersOfEveryStatusAreKept(t *testing.T) {
	calls := 0
	a := newAPI()
	a.upstream = func(*http.Request) (*apigw.Answer, error) {
		calls++
		return &apigw.Answer{Status: map[int]int{1: 404, 2: 500}[calls], Header: http.Header{}, Body: []byte("upstream's")}, nil
	}
	stage := a.mustBuild(t)
	for _, want := range []struct {
		user   string
		status int
		body   string
	}{{"a", 400, `{"error":"mapped"}`}, {"a", 400, `{"error":"mapped"}`}, {"b", 502, "upstream's"}, {"b", 502, "upstream's"}} {
		if got := post(t, stage, "/v1/token?scope=s", basic(want.user)); got.Status != want.status || string(got.Body) != want.body {
			t.Errorf("got %d %q, want %d %q", got.Status, got.Body, want.status, want.body)
		}
	}
	if calls != 2 {
		t.Errorf("asked upstream %d times, want 2", calls)
	}
}

func TestAPI_clientCannotPassTheCacheBy(t *testing.T) {
	calls := 0
	a := newAPI()
	a.upstream = counting(&calls)
	stage := a.mustBuild(t)
	post(t, stage, "/v1/token?scope=s", basic("a"))
	header := basic("a")
	header["Cache-Control"] = "max-age=0"
	answer := post(t, stage, "/v1/token?scope=s", header)
	if calls != 1 || !strings.HasPrefix(answer.Header.Get("Warning"), "199") {
		t.Errorf("asked upstream %d times, Warning %q", calls, answer.Header.Get("Warning"))
	}
	if post(t, stage, "/v1/token?scope=s", basic("a")).Header.Get("Warning") != "" {
		t.Error("the warning was kept in the cache")
	}
}

func TestAPI_gatewaysOwnAnswers(t *testing.T) {
	a := newAPI()
	a.gatewayResponses = []object{
		{"RestApiId": "api", "ResponseType": "BAD_REQUEST_PARAMETERS", "StatusCode": "422",
			"ResponseParameters": object{"gatewayresponse.header.X-Own": "'1'"},
			"ResponseTemplates":  object{"application/json": `{"error":$context.error.messageString}`}},
		{"RestApiId": "api", "ResponseType": "DEFAULT_4XX",
			"ResponseTemplates": object{"application/json": `{"type":"$context.error.responseType"}`}},
	}
	a.upstream = func(*http.Request) (*apigw.Answer, error) { return nil, errors.New("unreachable") }
	stage := a.mustBuild(t)
	for _, test := range []struct {
		name, target string
		header       map[string]string
		status       int
		body         string
	}{
		{"missing parameters", "/v1/token", nil, 422, `{"error":"Missing required request parameters: [Authorization, scope]"}`},
		{"blank parameter", "/v1/token?scope=+", basic("a"), 422, `{"error":"Missing required request parameters: [scope]"}`},
		{"unknown path", "/v1/other", basic("a"), 403, `{"type":"MISSING_AUTHENTICATION_TOKEN"}`},
		{"no stage", "/token", basic("a"), 403, `{"type":"MISSING_AUTHENTICATION_TOKEN"}`},
		{"unknown stage", "/v2/token", basic("a"), 403, `{"type":"MISSING_AUTHENTICATION_TOKEN"}`},
		{"unknown content type", "/v1/token?scope=s", map[string]string{"Authorization": "Basic a", "Content-Type": "text/plain"}, 415,
			`{"type":"UNSUPPORTED_MEDIA_TYPE"}`},
		{"upstream down", "/v1/token?scope=s", basic("a"), 504, `{"message":"Network error communicating with endpoint"}`},
		{"burst used up", "/v1/token?scope=s", basic("a"), 429, `{"type":"THROTTLED"}`},
	} {
		if got := post(t, stage, test.target, test.header); got.Status != test.status || string(got.Body) != test.body {
			t.Errorf("%s: got %d %s, want %d %s", test.name, got.Status, got.Body, test.status, test.body)
		}
		if test.name == "upstream down" {
			post(t, stage, "/v1/token?scope=s", basic("a"))
		}
	}
	a.now = a.now.Add(100 * time.Millisecond)
	if got := post(t, stage, "/v1/token?scope=s", basic("a")); got.Status != http.StatusGatewayTimeout {
		t.Errorf("after a tenth of a second at 10 requests a second: got %d, want one request let through", got.Status)
	}
}

func TestAPI_stageVariableReachesRequestsLate(t *testing.T) {
	seen := map[string]bool{}
	a := newAPI()
	a.config.StageBound = time.Minute
	a.stage["CacheClusterEnabled"] = false
	a.stage["MethodSettings"] = []any{}
	a.upstream = func(r *http.Request) (*apigw.Answer, error) {
		seen[r.Header.Get("X-Key")] = true
		return &apigw.Answer{Status: http.StatusOK, Header: http.Header{}}, nil
	}
	stage := a.mustBuild(t)
	stage.SetVariable("key", "second")
	for range 100 {
		post(t, stage, "/v1/token?scope=s", basic("a"))
	}
	if !maps.Equal(seen, map[string]bool{"first": true, "second": true}) {
		t.Errorf("within the bound: saw %v", seen)
	}
	clear(seen)
	a.now = a.now.Add(time.Minute)
	for range 100 {
		post(t, stage, "/v1/token?scope=s", basic("a"))
	}
	if !maps.Equal(seen, map[string]bool{"second": true}) {
		t.Errorf("after the bound: saw %v", seen)
	}
}

func TestAPI_accessLogHasWhatItsFormatSays(t *testing.T) {
	calls := 0
	a := newAPI()
	a.upstream = counting(&calls)
	stage := a.mustBuild(t)
	post(t, stage, "/v1/token?scope=s", basic("a"))
	post(t, stage, "/v1/token?scope=s", basic("a"))
	post(t, stage, "/v1/token", basic("a"))
	want := []string{
		`{"status":"200","integration":"200","type":"-","agent":"-"}`,
		`{"status":"200","integration":"-","type":"-","agent":"-"}`,
		`{"status":"400","integration":"-","type":"BAD_REQUEST_PARAMETERS","agent":"-"}`,
	}
	for i, line := range a.log {
		if i >= len(want) || line != want[i] {
			t.Errorf("line %d: got %s", i, line)
		}
	}
}

// Features that are not executed are refused by name and path.
func TestAPI_unsupportedIsRefusedAtLoad(t *testing.T) {
	integration := func(a *api) object { return a.method["Integration"].(object) }
	for want, change := range map[string]func(*api){
		`stack/Method: AuthorizationType "JWT" is not supported`:     func(a *api) { a.method["AuthorizationType"] = "JWT" },
		`stack/Method: AuthorizerId "" is no authorizer of this API`: func(a *api) { a.method["AuthorizationType"] = "COGNITO_USER_POOLS" },
		`stack/Method: AuthorizerId "x" has no effect`:               func(a *api) { a.method["AuthorizerId"] = "x" },
		`stack/Method: AuthorizationScopes ["orders/read"] have no effect`: func(a *api) {
			a.method["AuthorizationScopes"] = []any{"orders/read"}
		},
		`stack/Method: not supported: json: unknown field "CacheNamespace"`: func(a *api) { integration(a)["CacheNamespace"] = "shared" },
		`stack/Method: Integration.Type "MOCK" is not supported`:            func(a *api) { integration(a)["Type"] = "MOCK" },
		`stack/Method: Integration.CacheKeyParameters "method.request.querystring.x" is not among`: func(a *api) {
			integration(a)["CacheKeyParameters"] = []any{"method.request.querystring.x"}
		},
		`stack/Method: Integration.RequestParameters: "integration.request.path.x" is not`: func(a *api) {
			integration(a)["RequestParameters"] = object{"integration.request.path.x": "'a'"}
		},
		`stack/Method: Integration.RequestParameters "integration.request.header.x": "context.x"`: func(a *api) {
			integration(a)["RequestParameters"] = object{"integration.request.header.x": "context.x"}
		},
		`stack/Method: Integration.IntegrationResponses: status 200 has no method response`: func(a *api) {
			a.method["MethodResponses"] = []any{}
		},
		`stack/Method: RequestValidatorId "nope"`:                         func(a *api) { a.method["RequestValidatorId"] = "nope" },
		`stack/Method: ResourceId "nope" is no resource`:                  func(a *api) { a.method["ResourceId"] = "nope" },
		`stack/Stage: not supported: json: unknown field "CanarySetting"`: func(a *api) { a.stage["CanarySetting"] = object{} },
		`stack/Response0: ResponseTemplates: $context.identity.sourceIp is not supported`: func(a *api) {
			a.gatewayResponses = []object{{"ResponseType": "DEFAULT_4XX",
				"ResponseTemplates": object{"application/json": "$context.identity.sourceIp"}}}
		},
	} {
		a := newAPI()
		change(a)
		if _, err := a.build(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}
