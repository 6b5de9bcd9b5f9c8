package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// api answers each AWS call by the first answer whose key is in it: the path of a REST call, or the operation of the others.
func api(t *testing.T, answers ...[2]string) *[]string {
	t.Helper()
	calls := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		call := strings.TrimSpace(operation + " " + string(body))
		if operation == "" {
			call = r.Method + " " + r.URL.Path
		}
		*calls = append(*calls, call)
		for _, answer := range answers {
			if strings.Contains(call, answer[0]) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, answer[1])
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "local", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
	return calls
}

// The value of the origin header is a variable of the stage: no error may show it, and nothing else of the answer is taken.
func TestTheStageTellsTheSettingAlone(t *testing.T) {
	const value = "a-value-of-the-origin-header"
	answer := func(key string, require any) string {
		body, err := json.Marshal(map[string]any{
			"variables":      map[string]string{"originHeaderValue": value},
			"methodSettings": map[string]any{key: map[string]any{"requireAuthorizationForCacheControl": require, "unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	for name, c := range map[string]struct {
		answer, err string
		want        conformance.Invalidation
	}{
		"locked":           {answer("oauth2/token/POST", true), "", conformance.Invalidation{RequiresAuthorization: true, Strategy: "FAIL_WITH_403"}},
		"open":             {answer("~1oauth2~1token/POST", false), "", conformance.Invalidation{Strategy: "FAIL_WITH_403"}},
		"another method's": {answer("oauth2/token/GET", true), "the stage abc123/v1 has no settings of oauth2/token/POST", conformance.Invalidation{}},
		"not understood":   {answer("oauth2/token/POST", value), "cannot be read", conformance.Invalidation{}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := api(t, [2]string{"GET /restapis/abc123/stages/v1", c.answer})
			s, err := newStage(t.Context(), "abc123/v1")
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Invalidation(t.Context())
			if got != c.want || (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), value)) {
				t.Errorf("got %+v, error %v, want %+v, …%s…", got, err, c.want, c.err)
			}
			if diff := cmp.Diff([]string{"GET /restapis/abc123/stages/v1"}, *calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestThePoolIsRead(t *testing.T) {
	const poolARN = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_example"
	for want, answer := range map[string]string{"m2m-pool": `{"WebACL":{"Name":"m2m-pool","Id":"1","ARN":"arn","DefaultAction":{"Block":{}},"VisibilityConfig":{"SampledRequestsEnabled":false,"CloudWatchMetricsEnabled":true,"MetricName":"m"}}}`, "": `{}`} {
		calls := api(t,
			[2]string{"GetWebACLForResource", answer},
			[2]string{`"NextToken":"more"`, `{"ClientSecrets":[{"ClientSecretId":"second"}]}`},
			[2]string{`"UserPoolId":"eu-west-1_example"`, `{"ClientSecrets":[{"ClientSecretId":"first"}],"NextToken":"more"}`},
		)
		p, err := newPool(t.Context(), poolARN)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.WebACL(t.Context()); err != nil || got != want {
			t.Errorf("web ACL: got %q, %v, want %q", got, err, want)
		}
		if want := `GetWebACLForResource {"ResourceArn":"` + poolARN + `"}`; (*calls)[0] != want {
			t.Errorf("got %s, want %s", (*calls)[0], want)
		}
		*calls = nil
		ids, err := p.SecretIDs(t.Context(), "client")
		if diff := cmp.Diff([]string{"first", "second"}, ids); diff != "" || err != nil {
			t.Errorf("ids (-want +got):\n%s, error %v, calls %q", diff, err, *calls)
		}
	}
}
