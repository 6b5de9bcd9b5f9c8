package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/awsclient"
)

func TestParseSecret_neverQuotesSecret(t *testing.T) {
	tests := map[string]struct{ text, want, err string }{
		"a tenant's secret":  {`{"client_id":"1example","client_secret":"` + testSecret + `","scope":"a b"}`, testSecret, ""},
		"only a secret":      {`{"client_secret":"` + testSecret + `"}`, testSecret, ""},
		"another client's":   {`{"client_id":"2example","client_secret":"` + testSecret + `"}`, "", `is of client "2example", want "1example"`},
		"no JSON":            {testSecret, "", "has no client_secret"},
		"no secret in it":    {`{"client_id":"1example"}`, "", "has no client_secret"},
		"secret is a number": {`{"client_secret":7}`, "", "has no client_secret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseSecret("arn:example", test.text, "1example")
			if got.Plaintext() != test.want {
				t.Errorf("got another secret than wanted")
			}
			switch {
			case test.err == "" && err != nil:
				t.Error(err)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || !strings.Contains(err.Error(), "arn:example")):
				t.Errorf("error %v, want …%s…", err, test.err)
			case err != nil && strings.Contains(err.Error(), testSecret):
				t.Error("the error shows the secret")
			}
		})
	}
}

// pages answer FilterLogEvents one after the other.
type pages struct {
	inputs []*cloudwatchlogs.FilterLogEventsInput
	output []*cloudwatchlogs.FilterLogEventsOutput
}

func (p *pages) FilterLogEvents(
	_ context.Context, input *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options),
) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	p.inputs = append(p.inputs, input)
	return p.output[len(p.inputs)-1], nil
}

func TestLogGroup_readsEveryPageMasked(t *testing.T) {
	event := func(message string) []types.FilteredLogEvent { return []types.FilteredLogEvent{{Message: &message}} }
	logs := &pages{output: []*cloudwatchlogs.FilterLogEventsOutput{
		{Events: event("one"), NextToken: aws.String("more")},
		{NextToken: aws.String("yet more")},
		{Events: event("two")},
	}}
	got, err := logGroup{name: "trail", logs: logs}.Search(t.Context(), "{ pattern }", time.UnixMilli(1700))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"one", "two"}, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	in := logs.inputs[0]
	if *in.LogGroupName != "trail" || *in.FilterPattern != "{ pattern }" || *in.StartTime != 1700 || in.Unmask {
		t.Errorf("asked for group %s, pattern %s, start %d, unmasked %t", *in.LogGroupName, *in.FilterPattern, *in.StartTime, in.Unmask)
	}
}

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
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "local", "AWS_MAX_ATTEMPTS": "1",
		"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none",
	} {
		t.Setenv(name, value)
	}
	return calls
}

func settings(t *testing.T) aws.Config {
	t.Helper()
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.HTTPClient = awsclient.HTTP()
	return settings
}

func TestAcceptedValues_listsTagsOfAllPages(t *testing.T) {
	const set = "arn:aws:wafv2:local:111122223333:regional/regexpatternset/values/1"
	api(t, [2]string{`"NextMarker":"more"`, `{"TagInfoForResource":{"TagList":[{"Key":"team","Value":"b"}]}}`},
		[2]string{"ListTagsForResource", `{"NextMarker":"more","TagInfoForResource":{"TagList":[{"Key":"aws:cloudformation:stack-id","Value":"a"}]}}`})
	values, err := newAcceptedValues(settings(t), set)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := values.TagKeys(t.Context())
	if diff := cmp.Diff([]string{"aws:cloudformation:stack-id", "team"}, keys); err != nil || diff != "" {
		t.Errorf("error %v, keys (-want +got):\n%s", err, diff)
	}
}

// The value of the origin header is a variable of the stage: no error may show it, and nothing else of the answer is taken.
func TestStage_returnsOnlyInvalidationSettings(t *testing.T) {
	const value = "a-value-of-the-origin-header"
	answer := func(key string, require any) string {
		body, err := json.Marshal(map[string]any{
			"variables": map[string]string{"originHeaderValue": value},
			"methodSettings": map[string]any{key: map[string]any{
				"requireAuthorizationForCacheControl": require, "unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	locked := conformance.Invalidation{RequiresAuthorization: true, Strategy: "FAIL_WITH_403"}
	for name, c := range map[string]struct {
		answer, err string
		want        conformance.Invalidation
	}{
		"locked":           {answer("oauth2/token/POST", true), "", locked},
		"open":             {answer("~1oauth2~1token/POST", false), "", conformance.Invalidation{Strategy: "FAIL_WITH_403"}},
		"another method's": {answer("oauth2/token/GET", true), "abc123/v1 has no settings of oauth2/token/POST", conformance.Invalidation{}},
		"not understood":   {answer("oauth2/token/POST", value), "cannot be read", conformance.Invalidation{}},
	} {
		t.Run(name, func(t *testing.T) {
			calls := api(t, [2]string{"GET /restapis/abc123/stages/v1", c.answer})
			s, err := newStage(settings(t), "abc123/v1")
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Invalidation(t.Context())
			says := fmt.Sprint(err)
			if got != c.want || (err == nil) != (c.err == "") || !strings.Contains(says, c.err) || strings.Contains(says, value) {
				t.Errorf("got %+v, error %v, want %+v, …%s…", got, err, c.want, c.err)
			}
			if diff := cmp.Diff([]string{"GET /restapis/abc123/stages/v1"}, *calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPool_readsWebACLAndSecretIDs(t *testing.T) {
	const poolARN = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_example"
	for want, answer := range map[string]string{"m2m-pool": `{"WebACL":{"Name":"m2m-pool"}}`, "": `{}`} {
		calls := api(t,
			[2]string{"GetWebACLForResource", answer},
			[2]string{`"NextToken":"more"`, `{"ClientSecrets":[{"ClientSecretId":"second"}]}`},
			[2]string{`"UserPoolId":"eu-west-1_example"`, `{"ClientSecrets":[{"ClientSecretId":"first"}],"NextToken":"more"}`},
		)
		p, err := newPool(settings(t), poolARN)
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

// The secret is added under the pool and the client asked for, and what is taken away again is what was added.
func TestCorrector_addsAndRemovesOneSecret(t *testing.T) {
	var calls []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		calls = append(calls, strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSCognitoIdentityProviderService.")+" "+string(body[:n]))
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(`{"ClientSecretDescriptor":{"ClientSecretId":"second"}}`))
	}))
	defer api.Close()
	t.Setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", api.URL)
	t.Setenv("AWS_REGION", "local")
	t.Setenv("AWS_ACCESS_KEY_ID", "none")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "none")

	remove, err := newCorrector(settings(t), "local_pool").AddSecret(t.Context(), "client", sensitive.ValueOf("a-secret-of-the-check"))
	if err != nil {
		t.Fatal(err)
	}
	if err := remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`AddUserPoolClientSecret {"ClientId":"client","ClientSecret":"a-secret-of-the-check","UserPoolId":"local_pool"}`,
		`DeleteUserPoolClientSecret {"ClientId":"client","ClientSecretId":"second","UserPoolId":"local_pool"}`,
	}
	for i, call := range calls {
		if i >= len(want) || call != want[i] {
			t.Errorf("call %d: got %s", i, call)
		}
	}
	if len(calls) != len(want) {
		t.Errorf("%d calls, want %d", len(calls), len(want))
	}
}
