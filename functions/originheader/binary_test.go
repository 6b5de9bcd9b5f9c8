package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	apitypes "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/moto"
)

// deployment is what the function finds in an account, at moto.
type deployment struct {
	t        *testing.T
	moto     *repairedMoto
	endpoint string
	secrets  *secretsmanager.Client
	waf      *wafv2.Client
	gateway  *apigateway.Client
	secret   secret
	set      patternSet
	stage    stage
	used     map[string]bool // every value ever seen
	function *lambdaruntime.Function
	output   *lambdaruntime.Output
	tokens   int
}

const (
	testRegion   = "us-east-1"
	testVariable = "originHeader"
	testHeader   = "x-wafAuthAllowRule"
	testStack    = "arn:aws:cloudformation:us-east-1:123456789012:stack/gateway/1a2b"
)

func deploy(t *testing.T) *deployment {
	repaired := newRepairedMoto(moto.Start(t))
	front := httptest.NewServer(repaired)
	t.Cleanup(front.Close)
	cfg := aws.Config{
		Region: testRegion, BaseEndpoint: &front.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	d := &deployment{
		t: t, moto: repaired, endpoint: front.URL, secrets: secretsmanager.NewFromConfig(cfg), waf: wafv2.NewFromConfig(cfg),
		gateway: apigateway.NewFromConfig(cfg), used: map[string]bool{}, output: &lambdaruntime.Output{},
	}
	ctx := t.Context()
	first := header.NewValue()
	d.used[first.Plaintext()] = true

	created, err := d.secrets.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name: aws.String("origin-header"), SecretString: aws.String(first.Plaintext()),
	})
	d.must(err)
	set, err := d.waf.CreateRegexPatternSet(ctx, &wafv2.CreateRegexPatternSetInput{
		Name: aws.String("accepted"), Scope: waftypes.ScopeRegional, Description: aws.String("Accepted origin header values"),
		RegularExpressionList: []waftypes.Regex{{RegexString: aws.String(first.Pattern())}},
	})
	d.must(err)
	api, err := d.gateway.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String("gateway")})
	d.must(err)
	root, err := d.gateway.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: api.Id})
	d.must(err)
	_, err = d.gateway.PutMethod(ctx, &apigateway.PutMethodInput{
		RestApiId: api.Id, ResourceId: root.Items[0].Id, HttpMethod: aws.String("POST"), AuthorizationType: aws.String("NONE"),
	})
	d.must(err)
	_, err = d.gateway.PutIntegration(ctx, &apigateway.PutIntegrationInput{
		RestApiId: api.Id, ResourceId: root.Items[0].Id, HttpMethod: aws.String("POST"), Type: apitypes.IntegrationTypeHttp,
		IntegrationHttpMethod: aws.String("POST"), Uri: aws.String("https://example.com/oauth2/token"),
	})
	d.must(err)
	release, err := d.gateway.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: api.Id})
	d.must(err)
	_, err = d.gateway.CreateStage(ctx, &apigateway.CreateStageInput{
		RestApiId: api.Id, StageName: aws.String("prod"), DeploymentId: release.Id,
		Variables: map[string]string{testVariable: first.Plaintext()},
	})
	d.must(err)

	d.secret = secret{client: d.secrets, arn: *created.ARN}
	d.set = patternSet{client: d.waf, id: *set.Summary.Id, name: "accepted"}
	d.stage = stage{client: d.gateway, api: *api.Id, name: "prod", variable: testVariable}
	return d
}

// start runs the function's real binary, the linux/amd64 twin of what is deployed.
func (d *deployment) start(binary string) {
	d.t.Helper()
	endpoints := tokenEndpoints(d.t, testHeader, d.patterns, func() string { return d.injected().Plaintext() })
	function, err := lambdaruntime.Start(binary, []string{
		"AWS_ENDPOINT_URL=" + d.endpoint, "AWS_REGION=" + testRegion, "AWS_ACCESS_KEY_ID=" + functionKey, "AWS_SECRET_ACCESS_KEY=test",
		"AWS_LAMBDA_FUNCTION_NAME=rotation",
		"SECRET_ARN=" + d.secret.arn, "PATTERN_SET_ID=" + d.set.id, "PATTERN_SET_NAME=" + d.set.name,
		"REST_API_ID=" + d.stage.api, "STAGE_NAME=" + d.stage.name, "STAGE_VARIABLE=" + d.stage.variable,
		"TOKEN_URL=" + endpoints.URL + "/cognito/oauth2/token", "GATEWAY_TOKEN_URL=" + endpoints.URL + "/gateway/oauth2/token",
		"HEADER_NAME=" + testHeader, "STACK_IDS=" + testStack,
		"WAF_BOUND=0s", "STAGE_BOUND=0s", "PROBE_DEADLINE=3m", "PROBE_INTERVAL=0s",
	}, d.output)
	d.must(err)
	d.t.Cleanup(function.Stop)
	d.function = function
}

func buildFunction(t *testing.T) string {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/originheader", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bootstrap")
}

// TestFunction_rotatesAndReconciles drives the real binary against the real APIs' shapes: two rotations in a row, a removal after the
// grace, a revocation, a drift, a trial, and events that it must refuse.
func TestFunction_rotatesAndReconciles(t *testing.T) {
	d := deploy(t)
	binary := buildFunction(t)
	info, err := os.Stat(binary)
	d.must(err)
	d.start(binary)
	t.Logf("binary: %.1f MB; from exec to the first request for an invocation: %s",
		float64(info.Size())/1e6, d.function.Ready.Round(100*time.Microsecond))

	initial := d.current()
	first := d.rotate()
	d.wantState("after the first rotation", first, first, initial, first)

	d.wantReport(d.invoke(labelUpdated(d.secret.arn)), header.Report{Accepted: 2})
	d.moto.setAge(2 * time.Hour)
	d.wantReport(d.invoke(`{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}`),
		header.Report{Accepted: 1, Removed: 1})
	d.wantState("after the grace", first, first, first)
	d.moto.setAge(0)

	second := d.rotate()
	d.wantState("after the second rotation", second, second, first, second)
	d.wantReport(d.invoke(`{"action":"revoke-previous"}`), header.Report{Accepted: 1, Removed: 1})
	d.wantState("after the revocation", second, second, second)

	began := time.Now()
	d.rewriteSet()
	d.wantReport(d.invoke(stackUpdated(testStack)), header.Report{Drift: true, Flushed: true})
	if n := d.moto.flushCount(); n != 1 {
		t.Errorf("%d flushes, want 1", n)
	}
	state, err := d.secret.Describe(t.Context())
	d.must(err)
	if state.Flush.Due || state.Flush.Last.Before(began.Truncate(time.Second)) {
		t.Errorf("flush state %q, want done since %s", state.Flush, began)
	}
	d.moto.setAge(2 * time.Hour)
	d.trial()
	d.refusals()
	d.wantCalls()
	d.wantNoValueInOutput()
}

// TestFunction_doesNotStartWithMistakes: a function that cannot work must fail at the first event, with every mistake in its log.
func TestFunction_doesNotStartWithMistakes(t *testing.T) {
	out := &lambdaruntime.Output{}
	if _, err := lambdaruntime.Start(buildFunction(t), []string{"SECRET_ARN=origin", "GRACE=1m"}, out); err == nil {
		t.Fatal("the function started")
	}
	for _, want := range []string{"SECRET_ARN is", "TOKEN_URL is not set", "grace is 1m0s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log does not say %q: %s", want, out)
		}
	}
}

// rotate sends the four steps as Secrets Manager does and returns the new value.
func (d *deployment) rotate() header.Value {
	d.t.Helper()
	before := d.current()
	d.tokens++
	token := fmt.Sprintf("00000000-0000-4000-8000-%012d", d.tokens)
	for _, step := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		began := time.Now()
		if response := d.invoke(d.step(step, token)); string(response) != "null" {
			d.t.Errorf("%s answered %s, want null", step, response)
		}
		d.t.Logf("rotation %d, %s: %s", d.tokens, step, time.Since(began).Round(100*time.Microsecond))
		switch step {
		case "createSecret":
			d.wantState(step, before, before, d.accepted()...)
		case "setSecret":
			pending := d.value(token)
			d.wantState(step, before, pending, before, pending)
		}
	}
	return d.current()
}

// trial is the test of a new schedule: a pending version that only testSecret is run for.
func (d *deployment) trial() {
	d.t.Helper()
	current, accepted := d.current(), d.accepted()
	token := "00000000-0000-4000-8000-00000000aaaa"
	v := header.NewValue()
	d.used[v.Plaintext()] = true
	d.must(d.secret.PutPending(d.t.Context(), token, v))
	d.invoke(d.step("testSecret", token))
	d.wantState("after the trial", current, current, accepted...)
	d.must(d.secret.DropPending(d.t.Context(), token))
}

func (d *deployment) refusals() {
	d.t.Helper()
	for _, tt := range []struct{ event, want string }{
		{strings.ReplaceAll(d.step("createSecret", "t"), d.secret.arn, d.secret.arn+"2"), "this function rotates"},
		{`{"action":"revoke"}`, `action is "revoke"`},
		{`{"hello":"world"}`, "event has the members"},
	} {
		_, err := d.function.Invoke(d.t.Context(), []byte(tt.event))
		var refused *lambdaruntime.FunctionError
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, tt.want) {
			d.t.Errorf("%s: error %v, want %q", tt.event, err, tt.want)
		}
	}
	if response := d.invoke(stackUpdated(testStack + "2")); string(response) != "null" {
		d.t.Errorf("another stack's event answered %s, want null", response)
	}
}

// wantCalls holds the list of calls in the package's documentation against those made.
func (d *deployment) wantCalls() {
	d.t.Helper()
	want := []string{
		"DELETE stage/cache/data", "DescribeSecret", "GET stage", "GetRegexPatternSet", "GetSecretValue", "PATCH stage",
		"PutSecretValue", "TagResource", "UpdateRegexPatternSet", "UpdateSecretVersionStage",
	}
	got := slices.Sorted(maps.Keys(d.moto.calls))
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func (d *deployment) wantNoValueInOutput() {
	d.t.Helper()
	text := d.output.String()
	if !strings.Contains(text, "StepDuration") || !strings.Contains(text, "ValueAgeDays") {
		d.t.Error("the output has no metrics: nothing was looked through")
	}
	for value := range d.used {
		if strings.Contains(text, value) {
			d.t.Error("a value is in the output")
		}
	}
	d.t.Logf("looked for %d values in %d KB of output", len(d.used), len(text)/1000)
}

func (d *deployment) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *deployment) invoke(event string) json.RawMessage {
	d.t.Helper()
	response, err := d.function.Invoke(d.t.Context(), []byte(event))
	if err != nil {
		d.t.Fatalf("%v\n%s", err, d.output)
	}
	return response
}

func (d *deployment) wantReport(response json.RawMessage, want header.Report) {
	d.t.Helper()
	var got header.Report
	d.must(json.Unmarshal(response, &got))
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("report (-want +got):\n%s", diff)
	}
}
