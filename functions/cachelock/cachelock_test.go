package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cfntest"
)

const (
	// secret is the stage variable of the origin header.
	secret = "x7Qm2WvK9pLs4RtY8nBc3DfG6hJk1ZaE5uXo0iPqT7wVeMyNrCgHbSdAlFjUzOK9"
	id     = "api1/v1/~1oauth2~1token/POST"
)

func properties() map[string]any {
	return map[string]any{
		"ServiceToken": "arn", "RestApiId": "api1", "StageName": "v1", "MethodKey": "~1oauth2~1token/POST", "Fingerprint": "f",
	}
}

// locked is the part of a stage that the function looks at.
func locked(method, require, strategy string) string {
	return `{"stageName":"v1","variables":{"originHeaderValue":"` + secret + `"},` +
		`"methodSettings":{"*/*":{"requireAuthorizationForCacheControl":false},"` + method +
		`":{"cachingEnabled":true,"requireAuthorizationForCacheControl":` + require +
		`,"unauthorizedCacheControlHeaderStrategy":"` + strategy + `"}}}`
}

// gateway answers calls one after another, the last answer again and again, and notes them.
type gateway struct {
	answers []answer
	calls   []string
}

type answer struct {
	status     int
	kind, body string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.calls = append(g.calls, r.Method+" "+r.URL.Path+" "+string(body))
	next := g.answers[0]
	if len(g.answers) > 1 {
		g.answers = g.answers[1:]
	}
	w.Header().Set("X-Amzn-Errortype", next.kind)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(next.status)
	_, _ = io.WriteString(w, next.body)
}

func start(t *testing.T) (*gateway, *cfntest.Resource) {
	t.Helper()
	g := &gateway{}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, cfntest.Start(t, "cachelock", server.URL)
}

// TestLock_setsAndVerifies: what is asked of API Gateway, what of it is believed, what is tried again, and that nothing of the
// stage gets out in any of it.
func TestLock_setsAndVerifies(t *testing.T) {
	g, function := start(t)
	const strategy = "SUCCEED_WITH_RESPONSE_HEADER"
	good := answer{200, "", locked("~1oauth2~1token/POST", "true", strategy)}
	for _, test := range []struct {
		name    string
		answers []answer
		calls   int
		failure string // "" is success
	}{
		{"locked", []answer{good}, 1, ""},
		{"key as documented elsewhere", []answer{{200, "", locked("/oauth2/token/POST", "true", strategy)}}, 1, ""},
		{"another writer at the same time", []answer{{409, "ConflictException", `{"message":"Another update is in progress"}`}, good}, 2, ""},
		{"too many requests", []answer{{429, "TooManyRequestsException", `{"message":"slow down"}`}, good}, 2, ""},
		{"role not known yet", []answer{{403, "AccessDeniedException", `{"message":"not authorized to perform apigateway:PATCH"}`}, good}, 2, ""},
		{"authorization not required", []answer{{200, "", locked("~1oauth2~1token/POST", "false", strategy)}}, 1,
			"requireAuthorizationForCacheControl is false, want true"},
		{"another strategy", []answer{{200, "", locked("~1oauth2~1token/POST", "true", "FAIL_WITH_403")}}, 1,
			`unauthorizedCacheControlHeaderStrategy is "FAIL_WITH_403", want "SUCCEED_WITH_RESPONSE_HEADER"`},
		{"another method", []answer{{200, "", locked("~1oauth2~1token/GET", "true", strategy)}}, 1, "the stage has none of this method"},
		{"no such method", []answer{{400, "BadRequestException", `{"message":"Invalid method setting path"}`}}, 1,
			"BadRequestException: Invalid method setting path"},
		{"answer cut off", []answer{{200, "", good.body[:len(good.body)/2]}}, 1, "API Gateway's answer cannot be read"},
		{"answer of another shape", []answer{{200, "", `{"variables":"` + secret + `"}`}}, 1, "cannot be read"},
		{"answer of another kind", []answer{{200, "", `"` + secret + `"`}}, 1, "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g.answers, g.calls = test.answers, nil
			got, written := function.Send(cfn.RequestUpdate, id, properties())
			if got.PhysicalResourceID != id || len(got.Data) > 0 {
				t.Errorf("got %s", written)
			}
			if test.failure == "" && got.Status != cfn.StatusSuccess {
				t.Errorf("got %s", written)
			}
			if test.failure != "" &&
				(got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, test.failure) || !strings.Contains(got.Reason, id)) {
				t.Errorf("got %s, want a failure …%s… of %s", written, test.failure, id)
			}
			if len(g.calls) != test.calls {
				t.Errorf("got %d calls, want %d", len(g.calls), test.calls)
			}
			for _, call := range g.calls {
				wantPatch(t, call)
			}
			for i := 0; i+8 <= len(secret); i += 8 {
				if part := secret[i : i+8]; strings.Contains(written+function.Output.String(), part) {
					t.Fatalf("a part of the stage variable is in the answer or the log: %s", part)
				}
			}
		})
	}
}

// wantPatch: two settings of one method, and no other call.
func wantPatch(t *testing.T, call string) {
	t.Helper()
	const request = "PATCH /restapis/api1/stages/v1 "
	body, ok := strings.CutPrefix(call, request)
	if !ok {
		t.Fatalf("got %s, want %s…", call, request)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	const caching = "/~1oauth2~1token/POST/caching/"
	want := map[string]any{"patchOperations": []any{
		map[string]any{"op": "replace", "path": caching + "requireAuthorizationForCacheControl", "value": "true"},
		map[string]any{"op": "replace", "path": caching + "unauthorizedCacheControlHeaderStrategy", "value": "SUCCEED_WITH_RESPONSE_HEADER"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestLock_deletionChangesNothing(t *testing.T) {
	g, function := start(t)
	if got, written := function.Send(cfn.RequestDelete, id, nil); got.Status != cfn.StatusSuccess || got.PhysicalResourceID != id {
		t.Errorf("got %s", written)
	}
	if len(g.calls) > 0 {
		t.Errorf("got calls %v", g.calls)
	}
}

func TestLock_missingPropertiesFail(t *testing.T) {
	_, function := start(t)
	got, written := function.Send(cfn.RequestCreate, "", map[string]any{"RestApiId": "api1"})
	const want = "property MethodKey of Resource is not a text, or empty\nproperty StageName of Resource"
	if got.Status != cfn.StatusFailed || !strings.Contains(got.Reason, want) {
		t.Errorf("got %s, want …%s…", written, want)
	}
}
