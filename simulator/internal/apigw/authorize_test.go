package apigw_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
)

// says makes a resource policy of one statement with an effect, about everybody; none for "".
func says(effect string) object {
	if effect == "" {
		return object{}
	}
	return object{"Version": "2012-10-17", "Statement": []any{object{"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke",
		"Resource": "execute-api:/v1/POST/token"}}}
}

// silent is a resource policy that is about others.
func silent() object {
	return object{"Statement": []any{object{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
		"Condition": object{
			"IpAddress": object{"aws:SourceIp": "198.51.100.0/24"},
		}}}}
}

// AWS's table A, of a Lambda authorizer and a resource policy, and the evaluation of a policy alone.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func TestAuthorization_resourcePolicyWithAndWithoutAuthorizer(t *testing.T) {
	for _, test := range []struct {
		name, authorizer string
		policy           object
		status           int
		calls            int
	}{
		{"no policy alone", "", says(""), 200, 0},
		{"allowed alone", "", says("Allow"), 200, 0},
		{"silent alone", "", silent(), 403, 0},
		{"denied alone", "", says("Deny"), 403, 0},
		{"both allow", "Allow", says("Allow"), 200, 1},
		{"authorizer allows, no policy", "Allow", says(""), 200, 1},
		{"authorizer allows, policy silent", "Allow", silent(), 200, 1},
		{"authorizer allows, policy denies", "Allow", says("Deny"), 403, 0},
		{"authorizer silent, policy allows", "Silent", says("Allow"), 200, 1},
		{"both silent", "Silent", silent(), 403, 1},
		{"authorizer silent, no policy", "Silent", says(""), 403, 1},
		{"authorizer denies, policy allows", "Deny", says("Allow"), 403, 1},
		{"authorizer denies, policy silent", "Deny", silent(), 403, 1},
	} {
		response := answers(test.authorizer, methodARN)
		if test.authorizer == "Silent" {
			response = answers("Allow", "arn:aws:execute-api:eu-west-1:111122223333:other/*")
		}
		a, calls := gated(always(response))
		if test.authorizer == "" {
			a.method["AuthorizationType"] = "NONE"
			delete(a.method, "AuthorizerId")
		}
		a.rest["Policy"] = test.policy
		got := post(t, a.mustBuild(t), "/v1/token?scope=s", basic("a"))
		if got.Status != test.status || *calls != test.calls {
			t.Errorf("%s: got %d, function run %d times, want %d and %d", test.name, got.Status, *calls, test.status, test.calls)
		}
		if test.status == http.StatusForbidden && !strings.Contains(a.log[0], `"type":"ACCESS_DENIED"`) {
			t.Errorf("%s: log %s", test.name, a.log[0])
		}
	}
}

// signedAPI is the small API with IAM authorization, and a caller in the API's account and one in another, each of whom may be allowed to
// invoke.
func signedAPI(invoke bool) *api {
	a := newAPI()
	a.method["AuthorizationType"] = "AWS_IAM"
	calls := 0
	a.upstream = counting(&calls)
	a.config.Callers = []apigw.Caller{
		{Credentials: aws.Credentials{AccessKeyID: "AKIAOWN", SecretAccessKey: "s1"}, ARN: "arn:aws:iam::111122223333:role/own",
			Account: "111122223333", Invoke: invoke},
		{Credentials: aws.Credentials{AccessKeyID: "AKIAOTHER", SecretAccessKey: "s2"}, ARN: "arn:aws:iam::444455556666:role/other",
			Account: "444455556666", Invoke: invoke},
	}
	return a
}

func signed(t *testing.T, a *api, caller int) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/token?scope=s", strings.NewReader("x"))
	hash := sha256.Sum256([]byte("x"))
	if err := v4.NewSigner().SignHTTP(t.Context(), a.config.Callers[caller].Credentials, r, hex.EncodeToString(hash[:]), "execute-api",
		"eu-west-1", a.now); err != nil {
		t.Fatal(err)
	}
	return r
}

// AWS's tables A and B, of IAM and a resource policy.
func TestAuthorization_signedRequestsNeedPermission(t *testing.T) {
	for _, test := range []struct {
		name       string
		invoke     bool
		policy     object
		own, other int
	}{
		{"both allow", true, says("Allow"), 200, 200},
		{"identity allows, no policy", true, says(""), 200, 403},
		{"identity allows, policy silent", true, silent(), 200, 403},
		{"identity allows, policy denies", true, says("Deny"), 403, 403},
		{"identity silent, policy allows", false, says("Allow"), 200, 403},
		{"identity silent, policy silent", false, silent(), 403, 403},
		{"identity silent, no policy", false, says(""), 403, 403},
	} {
		a := signedAPI(test.invoke)
		a.rest["Policy"] = test.policy
		stage := a.mustBuild(t)
		for caller, want := range map[int]int{0: test.own, 1: test.other} {
			if got := answer(stage, signed(t, a, caller)); got.Status != want {
				t.Errorf("%s, caller %d: got %d %s, want %d", test.name, caller, got.Status, got.Body, want)
			}
		}
	}
}

func TestAuthorization_unsignedAndBadlySignedRequestsAreRefused(t *testing.T) {
	a := signedAPI(true)
	stage := a.mustBuild(t)
	expect(t, "unsigned", post(t, stage, "/v1/token?scope=s", nil), 403, `{"message":"Missing Authentication Token"}`)
	basic := post(t, stage, "/v1/token?scope=s", basic("a"))
	tampered := signed(t, a, 0)
	tampered.URL.RawQuery = "scope=admin"
	forged := answer(stage, tampered)
	a.now = a.now.Add(10 * time.Minute)
	late := signed(t, a, 0)
	a.now = a.now.Add(-10 * time.Minute)
	expired := answer(stage, late)
	for name, got := range map[string]*apigw.Answer{"Basic": basic, "forged": forged, "expired": expired} {
		if got.Status != http.StatusForbidden {
			t.Errorf("%s: got %d %s", name, got.Status, got.Body)
		}
	}
	want := []string{"MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "INVALID_SIGNATURE", "INVALID_SIGNATURE"}
	for i, line := range a.log {
		if !strings.Contains(line, `"type":"`+want[i]+`"`) {
			t.Errorf("line %d: got %s, want %s", i, line, want[i])
		}
	}
}

// The signature occupies the Authorization header, which is then no client's credentials.
func TestAuthorization_signatureIsNotPassedOn(t *testing.T) {
	for _, kind := range []string{"HTTP", "HTTP_PROXY"} {
		a := signedAPI(true)
		a.method["Integration"].(object)["Type"] = kind
		asked := false
		a.upstream = func(r *http.Request) (*apigw.Answer, error) {
			asked = true
			if got := r.Header.Get("Authorization"); got != "" {
				t.Errorf("%s: upstream got Authorization %.20s…", kind, got)
			}
			return &apigw.Answer{Status: http.StatusOK, Header: http.Header{}}, nil
		}
		if got := answer(a.mustBuild(t), signed(t, a, 0)); got.Status != http.StatusOK || !asked {
			t.Errorf("%s: got %d %s", kind, got.Status, got.Body)
		}
	}
}

// No caller can bypass the cache by default. A caller of the API's account with execute-api:InvalidateCache can.
func TestAuthorization_onlyWhoMayInvalidateGetsPastTheCache(t *testing.T) {
	wide := says("Allow")
	wide["Statement"].([]any)[0].(object)["Action"] = "execute-api:*"
	for _, test := range []struct {
		name       string
		caller     int
		invalidate bool
		policy     object
		warned     bool
	}{
		{"may invoke only", 0, false, says("Allow"), true},
		{"may invalidate", 0, true, says(""), false},
		{"in another account", 1, true, wide, true},
		{"by the resource policy", 0, false, wide, false},
	} {
		a := signedAPI(true)
		a.rest["Policy"] = test.policy
		a.config.Callers[test.caller].InvalidateCache = test.invalidate
		// Authorization is a cache key, and signatures differ by what they sign: without it the two requests meet the same entry.
		a.method["Integration"].(object)["CacheKeyParameters"] = []any{"method.request.querystring.scope"}
		stage := a.mustBuild(t)
		first := answer(stage, signed(t, a, test.caller))
		r := signed(t, a, test.caller)
		r.Header.Set("Cache-Control", "max-age=0")
		second := answer(stage, r)
		if warned := second.Header.Get("Warning") != ""; warned != test.warned || (string(first.Body) == string(second.Body)) != test.warned {
			t.Errorf("%s: %s, then %s, warning %t, want %t", test.name, first.Body, second.Body, warned, test.warned)
		}
		third := answer(stage, signed(t, a, test.caller))
		if string(third.Body) != string(second.Body) {
			t.Errorf("%s: %s after %s: the entry was not replaced", test.name, third.Body, second.Body)
		}
	}
	a := newAPI()
	calls := 0
	a.upstream = counting(&calls)
	a.rest["Policy"] = wide
	stage := a.mustBuild(t)
	post(t, stage, "/v1/token?scope=s", basic("a"))
	header := basic("a")
	header["Cache-Control"] = "max-age=0"
	expect(t, "anybody, by a resource policy that allows every action", post(t, stage, "/v1/token?scope=s", header), 200, "answer 2")
}

func TestAuthorization_methodsMayRequireAnAPIKey(t *testing.T) {
	const value = "a-key-of-twenty-and-more-characters"
	a := newAPI()
	a.method["ApiKeyRequired"] = true
	a.gatewayResponses = []object{{"RestApiId": "api", "ResponseType": "DEFAULT_4XX",
		"ResponseTemplates": object{"application/json": "$context.error.responseType"}}}
	calls := 0
	a.upstream = counting(&calls)
	a.config.Keys = usageplan.New(func() time.Time { return a.now })
	for _, err := range []error{
		a.config.Keys.AddKey("stack/Key", "key", object{"Value": value, "Enabled": true}),
		a.config.Keys.AddPlan("stack/Plan", "plan", object{
			"ApiStages": []any{object{"ApiId": "api", "Stage": "v1"}}, "Quota": object{"Limit": 3.0, "Period": "DAY"},
			"Throttle": object{"RateLimit": 1.0, "BurstLimit": 2.0},
		}),
		a.config.Keys.AddToPlan("stack/Member", object{"KeyId": "key", "KeyType": "API_KEY", "UsagePlanId": "plan"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	stage := a.mustBuild(t)
	if _, key := stage.Demands(); !key {
		t.Error("no key is demanded")
	}
	with := func(key string) *apigw.Answer {
		header := basic("a")
		if key != "" {
			header["x-api-key"] = key
		}
		return post(t, stage, "/v1/token?scope=s", header)
	}
	expect(t, "no key", with(""), 403, "INVALID_API_KEY")
	expect(t, "unknown key", with("another-"+value), 403, "INVALID_API_KEY")
	expect(t, "key", with(value), 200, "answer 1")
	expect(t, "key on a cache hit", with(value), 200, "answer 1")
	expect(t, "throttled, on a hit", with(value), 429, "THROTTLED")
	a.now = a.now.Add(2 * time.Second)
	expect(t, "key", with(value), 200, "answer 1")
	expect(t, "over the quota, on a hit", with(value), 429, "QUOTA_EXCEEDED")
	a.config.Keys = nil
	stage = a.mustBuild(t)
	expect(t, "no keys at all", with(value), 403, "INVALID_API_KEY")
}

func TestAuthorization_privateAPIAnswersThroughVPCEndpointsOnly(t *testing.T) {
	arrive := func(stage *apigw.Stage, endpoint string) *apigw.Answer {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/token?scope=s", http.NoBody)
		r.SetBasicAuth("a", "b")
		return stage.Answer(r, apigw.Arrival{Path: "/token", SourceIP: netip.MustParseAddr("10.0.0.7"), VPCEndpoint: endpoint})
	}
	build := func(policy object) *apigw.Stage {
		a := newAPI()
		calls := 0
		a.upstream = counting(&calls)
		a.rest["EndpointConfiguration"] = object{"Types": []any{"PRIVATE"}, "VpcEndpointIds": []any{"vpce-1"}}
		a.rest["Policy"] = policy
		return a.mustBuild(t)
	}
	through := says("Allow")
	through["Statement"].([]any)[0].(object)["Condition"] = object{"StringEquals": object{"aws:SourceVpce": []any{"vpce-1"}}}
	stage := build(through)
	if stage.Reachable("") || !stage.Reachable("vpce-1") || !stage.Private() {
		t.Errorf("from the internet %t, through an endpoint %t", stage.Reachable(""), stage.Reachable("vpce-1"))
	}
	if got := arrive(stage, "vpce-1"); got.Status != http.StatusOK {
		t.Errorf("through its endpoint: got %d %s", got.Status, got.Body)
	}
	if got := arrive(stage, "vpce-2"); got.Status != http.StatusForbidden {
		t.Errorf("through another endpoint: got %d", got.Status)
	}
	if got := arrive(build(says("")), "vpce-1"); got.Status != http.StatusForbidden {
		t.Errorf("without a resource policy: got %d", got.Status)
	}
	if newAPI().mustBuild(t).Reachable("vpce-1") {
		t.Error("a public API is reachable through a VPC endpoint")
	}
}

func TestAuthorization_disabledEndpointIsNotReachable(t *testing.T) {
	a := newAPI()
	if !a.mustBuild(t).Reachable("") {
		t.Error("by default: not reachable")
	}
	a.rest["DisableExecuteApiEndpoint"] = true
	if a.mustBuild(t).Reachable("") {
		t.Error("disabled: reachable")
	}
}

func TestAuthorization_unsupportedAPIsAreRefusedAtLoad(t *testing.T) {
	for want, change := range map[string]func(object){
		`stack/Api: EndpointConfiguration.Types ["REGIONAL" "PRIVATE"]`: func(r object) {
			r["EndpointConfiguration"] = object{"Types": []any{"REGIONAL", "PRIVATE"}}
		},
		`stack/Api: EndpointConfiguration.Types ["GLOBAL"]`: func(r object) { r["EndpointConfiguration"] = object{"Types": []any{"GLOBAL"}} },
		`stack/Api: EndpointConfiguration.VpcEndpointIds ["vpce-1"]`: func(r object) {
			r["EndpointConfiguration"] = object{"VpcEndpointIds": []any{"vpce-1"}}
		},
		`stack/Api: ApiKeySourceType "AUTHORIZER" is not supported`: func(r object) { r["ApiKeySourceType"] = "AUTHORIZER" },
		`stack/Api.Policy.Statement: is required`:                   func(r object) { r["Policy"] = object{"Version": "2012-10-17"} },
		`stack/Api: not supported: json: unknown field "Body"`:      func(r object) { r["Body"] = object{} },
	} {
		a := newAPI()
		change(a.rest)
		if _, err := a.build(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

func TestAuthorization_answerOfTheWebACLIsLogged(t *testing.T) {
	a := newAPI()
	a.stage["AccessLogSetting"].(object)["Format"] = "$context.status $context.error.responseType $context.wafResponseCode"
	stage := a.mustBuild(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/token", http.NoBody)
	expect(t, "default", stage.Filtered(r, apigw.Arrival{Path: "/token"}, nil), 403, `{"message":"Forbidden"}`)
	expect(t, "its own", stage.Filtered(r, apigw.Arrival{Path: "/token"}, &apigw.Answer{Status: 429, Body: []byte("slow")}), 429, "slow")
	if len(a.log) != 2 || a.log[0] != "403 WAF_FILTERED WAF_BLOCK" || a.log[1] != "429 WAF_FILTERED WAF_BLOCK" {
		t.Errorf("log: %q", a.log)
	}
}
