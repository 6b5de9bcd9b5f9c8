package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

const testSecret = "client-secret-that-nobody-may-see"

var required = []string{"check", "--gateway", "https://tokens.example.com/v1", "--cognito", "https://auth.example.com",
	"--client-id", "1example23456789", "--scope", "orders/read", "--scope", "orders/write"}

// called runs the command line with a checker that answers with the verdicts.
type called struct {
	status         int
	stdout, stderr string
	target         conformance.Target
}

func call(t *testing.T, env map[string]string, args []string, run checker) called {
	t.Helper()
	var c called
	var stdout, stderr bytes.Buffer
	recording := func(ctx context.Context, target conformance.Target) ([]conformance.Result, error) {
		c.target = target
		return run(ctx, target)
	}
	lookUp := func(name string) (string, bool) {
		value, found := env[name]
		return value, found
	}
	c.status = execute(t.Context(), newRootCommand(recording, lookUp), args, &stdout, &stderr)
	c.stdout, c.stderr = stdout.String(), stderr.String()
	if strings.Contains(c.stdout+c.stderr, testSecret) {
		t.Errorf("the output shows the secret:\n%s%s", c.stdout, c.stderr)
	}
	return c
}

func answering(verdicts ...conformance.Verdict) checker {
	return func(context.Context, conformance.Target) ([]conformance.Result, error) {
		var results []conformance.Result
		for _, v := range verdicts {
			results = append(results, conformance.Result{
				Name: "cached", Question: "Is it cached?", Verdict: v, Reason: "the same jti", TookMilliseconds: 1})
		}
		return results, nil
	}
}

var withSecret = map[string]string{"M2M_CLIENT_SECRET": testSecret}

func TestCheck_returnsExitStatus(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		args []string
		run  checker
		want int
		says string // on standard error
	}{
		"all pass":         {withSecret, required, answering(conformance.Pass), 0, ""},
		"unknown":          {withSecret, required, answering(conformance.Pass, conformance.Unknown), 0, ""},
		"one fails":        {withSecret, required, answering(conformance.Pass, conformance.Fail), 1, ""},
		"target not right": {withSecret, required, failing, 2, "field GatewayURL"},
		"help":             {nil, []string{"check", "--help"}, nil, 0, ""},
		"no secret":        {nil, required, nil, 2, "environment variable M2M_CLIENT_SECRET is not set"},
		"other variable":   {withSecret, with("--secret-env", "OTHER"), nil, 2, "environment variable OTHER is not set"},
		"two sources":      {withSecret, with("--secret-env", "A", "--secret-arn", "B"), nil, 2, "--secret-arn are both set"},
		"missing flag":     {withSecret, required[:5], nil, 2, "--client-id is required"},
		"unknown flag":     {withSecret, with("--client-secret", "x"), nil, 2, "unknown flag: --client-secret"},
		"value of a flag":  {withSecret, with("--timeout", "soon"), nil, 2, `invalid argument "soon"`},
		"no time":          {withSecret, with("--timeout", "0s"), nil, 2, "--timeout is 0s: want more than 0"},
		"argument":         {withSecret, with("extra"), nil, 2, `unknown command "extra"`},
		"unknown command":  {nil, []string{"chek"}, nil, 2, `unknown command "chek"`},
		"no key":           {withSecret, with("--client-cert", "a.pem"), nil, 2, "--client-cert and --client-key belong together"},
		"no certificate":   {withSecret, with("--client-cert", "a.pem", "--client-key", "a.key"), nil, 2, "--client-key: open a.pem"},
		"no set": {withSecret, with("--accepted-values-arn", "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/1"), nil, 2,
			`want one such as arn:aws:wafv2:eu-west-1:111122223333:regional/regexpatternset/NAME/ID`},
		"no stage":             {withSecret, with("--stage", "abc123"), nil, 2, `--stage is "abc123": want the API's ID and the stage's name`},
		"no user pool":         {withSecret, with("--user-pool-arn", "local"), nil, 2, `--user-pool-arn is "local": want one such as arn:aws:`},
		"another ARN":          {withSecret, with("--user-pool-arn", "arn:aws:s3:::userpool/a"), nil, 2, "--user-pool-arn is"},
		"no CA file":           {withSecret, with("--ca-file", "none.pem"), nil, 2, "--ca-file: open none.pem"},
		"CA file without PEMs": {withSecret, with("--ca-file", "check_test.go"), nil, 2, "--ca-file check_test.go holds no certificate"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, test.env, test.args, test.run)
			if got.status != test.want || !strings.Contains(got.stderr, test.says) {
				t.Errorf("status %d, standard error %q; want status %d and %q", got.status, got.stderr, test.want, test.says)
			}
			if test.want == 2 && got.stdout != "" {
				t.Errorf("standard output has %q", got.stdout)
			}
		})
	}
}

func with(more ...string) []string { return append(append([]string{}, required...), more...) }

func failing(context.Context, conformance.Target) ([]conformance.Result, error) {
	return nil, errors.New("field GatewayURL is empty: it is required")
}

func TestCheck_buildsTargetFromFlags(t *testing.T) {
	const endpoint = "https://a.execute-api.eu-west-1.amazonaws.com/v1"
	got := call(t, map[string]string{"OTHER": testSecret}, with("--secret-env", "OTHER", "--issuer", "https://issuer",
		"--well-known", "https://keys", "--header-name", "x-other", "--client-id-optional", "--cache-ttl", "45m", "--validity", "1h",
		"--default-endpoint", endpoint, "--rate-limit", "400"), answering(conformance.Pass)).target
	want := conformance.Target{
		GatewayURL: "https://tokens.example.com/v1", CognitoURL: "https://auth.example.com", Issuer: "https://issuer",
		WellKnownURL: "https://keys", ClientID: "1example23456789", ClientSecret: sensitive.ValueOf(testSecret),
		Scopes: []string{"orders/read", "orders/write"}, ClientIDOptional: true, HeaderName: "x-other", CacheTTL: 45 * time.Minute,
		Validity: time.Hour, DefaultEndpoint: endpoint, RateLimit: 400,
	}
	sameSecret := cmp.Comparer(func(a, b sensitive.Value) bool { return a == b })
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(conformance.Target{}, "HTTP"), sameSecret); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	if got.HTTP == nil || got.Trail != nil {
		t.Errorf("HTTP is %v and Trail is %v, want a client and none", got.HTTP, got.Trail)
	}
}

func TestCheck_printsTable(t *testing.T) {
	got := call(t, withSecret, required, answering(conformance.Pass, conformance.Unknown)).stdout
	want := "pass     cached  the same jti\nunknown  cached  the same jti\n\n1 passed, 0 failed, 1 unknown\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestCheck_printsJSON(t *testing.T) {
	var got map[string]any
	if err := json.Unmarshal([]byte(call(t, withSecret, with("--json"), answering(conformance.Fail)).stdout), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"passed": 0.0, "failed": 1.0, "unknown": 0.0, "results": []any{map[string]any{
		"name": "cached", "question": "Is it cached?", "verdict": "fail", "reason": "the same jti", "tookMilliseconds": 1.0}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestCheck_trustsCAFile(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	target := call(t, withSecret, with("--ca-file", file), answering(conformance.Pass)).target
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := target.HTTP.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

func TestCheck_presentsClientCertificate(t *testing.T) {
	authority, err := simulator.NewClientAuthority()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue("checks", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, block := range map[string]*pem.Block{
		"c.pem": {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}, "c.key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := with("--client-cert", filepath.Join(dir, "c.pem"), "--client-key", filepath.Join(dir, "c.key"))
	got := call(t, withSecret, args, answering(conformance.Pass)).target.HTTP.Transport
	transport, ok := got.(*http.Transport)
	if !ok || len(transport.TLSClientConfig.Certificates) != 1 ||
		!bytes.Equal(transport.TLSClientConfig.Certificates[0].Certificate[0], certificate.Certificate[0]) {
		t.Errorf("the transport does not show the certificate: %+v", got)
	}
}
