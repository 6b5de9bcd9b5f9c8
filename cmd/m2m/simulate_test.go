package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
)

type object = map[string]any

// snapshots writes an assembly of dev's templates to a directory, with more resources in the gateway's stack.
func snapshots(t *testing.T, more string, change func(resources object)) string {
	t.Helper()
	dir, artifacts := t.TempDir(), object{}
	var before []string
	for _, stack := range []string{"m2m-dev-identity", "m2m-dev-gateway", "m2m-dev-credentials", "m2m-dev-tenants-sandbox"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "snapshots", stack+"_1.snap.json"))
		if err != nil {
			t.Fatal(err)
		}
		var template object
		if err := json.Unmarshal(body, &template); err != nil {
			t.Fatal(err)
		}
		if stack == "m2m-dev-gateway" {
			resources := template["Resources"].(object)
			// It knows the default endpoint's path only.
			ofTheEdge := func(id string, _ any) bool { return strings.Contains(id, "EdgeWebAcl") }
			maps.DeleteFunc(resources, ofTheEdge)
			maps.DeleteFunc(template["Outputs"].(object), ofTheEdge)
			if err := json.Unmarshal([]byte(more), &resources); err != nil {
				t.Fatal(err)
			}
			change(resources)
		}
		save(t, filepath.Join(dir, stack+".template.json"), template)
		artifacts[stack] = object{
			"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
			"properties": object{"templateFile": stack + ".template.json"}, "dependencies": before,
		}
		before = append(before, stack)
	}
	save(t, filepath.Join(dir, "manifest.json"), object{"version": "54.0.0", "artifacts": artifacts})
	return dir
}

// annotated is an assembly in which a construct reported an error, as the manifest has it after a synth without the CLI.
func annotated(t *testing.T) string {
	t.Helper()
	dir := snapshots(t, "{}", func(object) {})
	file := filepath.Join(dir, "manifest.json")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var manifest object
	if err := json.Unmarshal(body, &manifest); err != nil {
		t.Fatal(err)
	}
	manifest["artifacts"].(object)["m2m-dev-gateway"].(object)["metadata"] = object{
		"/m2m-dev-gateway/Proxy": []any{object{"type": "aws:cdk:error", "data": "Cache: is wrong"}},
	}
	save(t, file, manifest)
	return dir
}

func TestSimulate_refusesErrorsOfConstructs(t *testing.T) {
	_, stop := simulating(t, "--assembly", annotated(t))
	status, stderr := stop()
	if status != statusFailed || !strings.Contains(stderr, "has errors of constructs:\n  /m2m-dev-gateway/Proxy: Cache: is wrong\n") {
		t.Errorf("got status %d and %q", status, stderr)
	}
}

func save(t *testing.T, file string, value any) {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

const mutualTLSDomain = `{
	"Domain": {"Type": "AWS::ApiGateway::DomainName", "Properties": {
		"DomainName": "token.example.com", "EndpointConfiguration": {"Types": ["REGIONAL"]}, "RegionalCertificateArn": "arn",
		"SecurityPolicy": "TLS_1_2", "MutualTlsAuthentication": {"TruststoreUri": "s3://truststores/a.pem", "TruststoreVersion": "1"}}},
	"Mapping": {"Type": "AWS::ApiGateway::BasePathMapping", "Properties": {"DomainName": {"Ref": "Domain"},
		"RestApiId": {"Ref": "TokenProxyApi09D26809"}, "Stage": {"Ref": "TokenProxyApiDeploymentStagev1BD056F72"}}}}`

// simulating runs the command until stop is called, which gives its status and what it wrote to its error output. It returns what it
// printed at the start.
func simulating(t *testing.T, args ...string) (started string, stop func() (status int, stderr string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	var stderr strings.Builder
	status := make(chan int, 1)
	go func() {
		status <- execute(ctx, newRootCommand(nil, os.LookupEnv), append([]string{"simulate"}, args...), writer, &stderr)
		_ = writer.Close()
	}()
	var text strings.Builder
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "curl ") && strings.HasSuffix(lines.Text(), "/oauth2/token") {
			break // The last one, straight to Cognito.
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	return text.String(), sync.OnceValues(func() (int, string) { cancel(); return <-status, stderr.String() })
}

// The printed commands work: with the files in the named directory, a client gets a token at the custom domain. Afterwards they are gone.
func TestSimulate_createsClientCertificate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "certs")
	started, stop := simulating(t, "--assembly", snapshots(t, mutualTLSDomain, func(object) {}), "--client-cert-dir", dir, "--quiet")
	defer stop()
	call := regexp.MustCompile(`curl -s --cacert (\S+) --resolve token\.example\.com:(\d+):127\.0\.0\.1 --cert (\S+) --key (\S+) ` +
		`-u ([^:]+):(\S+) -d grant_type=client_credentials '(https://token\.example\.com:\d+/oauth2/token\?\S+)'`)
	m := call.FindStringSubmatch(started)
	if m == nil {
		t.Fatalf("no call with a client certificate in:\n%s", started)
	}
	certificate, err := tls.LoadX509KeyPair(m[3], m[4])
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(m[1])
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(m[4]); err != nil || info.Mode().Perm() != 0o600 || filepath.Dir(m[4]) != dir {
		t.Errorf("the key %s: %v, %v", m[4], info.Mode(), err)
	}
	for want, certificates := range map[int][]tls.Certificate{http.StatusOK: {certificate}, 0: nil} {
		if got := token(t, ca, m, certificates); got != want {
			t.Errorf("with %d certificates: got %d, want %d", len(certificates), got, want)
		}
	}
	if status, stderr := stop(); status != statusOK {
		t.Errorf("status %d: %s", status, stderr)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
}

// token asks as the printed call does, and returns the status, or 0 if there was no answer.
func token(t *testing.T, ca []byte, call []string, certificates []tls.Certificate) int {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, call[7], strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(call[5], call[6])
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, Certificates: certificates},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+call[2])
		},
	}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Do(r)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestSimulate_writesNoFilesByDefault(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	plain := func(r object) {
		delete(r["Domain"].(object)["Properties"].(object), "MutualTlsAuthentication")
	}
	started, stop := simulating(t, "--assembly", snapshots(t, mutualTLSDomain, plain), "--quiet")
	if !strings.Contains(started, "curl -s -k --resolve token.example.com:") || strings.Contains(started, "--cert ") ||
		strings.Contains(started, "m2m check") {
		t.Errorf("printed:\n%s", started)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("written: %v, %v", left, err)
	}
	if status, stderr := stop(); status != statusOK {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// Requests that need more than credentials are printed with what they need.
func TestSimulate_printsWhatRequestsNeed(t *testing.T) {
	const plan = `{"Plan": {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {"ApiStages": [
			{"ApiId": {"Ref": "TokenProxyApi09D26809"}, "Stage": {"Ref": "TokenProxyApiDeploymentStagev1BD056F72"}}]}},
		"Key": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {
			"Name": "checkout", "Enabled": true, "Value": "the-key-of-the-tenant-checkout"}},
		"Member": {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": {
			"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}}}}`
	dir := snapshots(t, plan, func(r object) {
		method := r["TokenProxyApioauth2tokenPOSTE73EE22F"].(object)["Properties"].(object)
		method["ApiKeyRequired"], method["AuthorizationType"] = true, "AWS_IAM"
		method["RequestParameters"].(object)["method.request.header.x-client-authorization"] = true
		parameters := method["Integration"].(object)["RequestParameters"].(object)
		parameters["integration.request.header.Authorization"] = "method.request.header.x-client-authorization"
	})
	started, stop := simulating(t, "--assembly", dir, "--quiet", "--caller", "arn:aws:iam::000000000000:role/orders")
	stop()
	for _, want := range []string{
		`-H 'x-client-authorization: Basic `, ` --aws-sigv4 aws:amz:eu-west-1:execute-api -u AKIA`,
		`-H "x-api-key: the-key-of-the-tenant-checkout"`, `-H "x-api-key: API-KEY"`, "# API key checkout: the-key-of-the-tenant-checkout",
	} {
		if !strings.Contains(started, want) {
			t.Errorf("no %s in:\n%s", want, started)
		}
	}
	started, stop = simulating(t, "--assembly", dir, "--quiet")
	stop()
	if !strings.Contains(started, "name one with --caller") || strings.Contains(started, "aws-sigv4") {
		t.Errorf("without --caller:\n%s", started)
	}
}

// If the authorizer would refuse every request because of its source, simulate says so and names the flag that changes it.
func TestSimulate_reportsRefusingAuthorizer(t *testing.T) {
	const gate = `{"Gate": {"Type": "AWS::Lambda::Function", "Properties": {
			"Description": "` + allowlist.Description + `", "Environment": {"Variables": {"SOURCE_NETWORKS": "192.0.2.0/24"}}}},
		"Authorizer": {"Type": "AWS::ApiGateway::Authorizer", "Properties": {"RestApiId": {"Ref": "TokenProxyApi09D26809"}, "Name": "gate",
			"Type": "REQUEST", "IdentitySource": "context.identity.sourceIp", "AuthorizerUri": {"Fn::Join": ["", [
			"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/", {"Fn::GetAtt": ["Gate", "Arn"]}, "/invocations"]]}}}}`
	dir := snapshots(t, gate, func(r object) {
		method := r["TokenProxyApioauth2tokenPOSTE73EE22F"].(object)["Properties"].(object)
		method["AuthorizationType"], method["AuthorizerId"] = "CUSTOM", object{"Ref": "Authorizer"}
	})
	const refuses = "# The authorizer refuses every request with 403: it accepts clients from 192.0.2.0/24 only. " +
		"Set their address with --source-ip."
	for source, want := range map[string]bool{"": true, "198.51.100.1": true, "192.0.2.7": false} {
		args := []string{"--assembly", dir, "--quiet"}
		if source != "" {
			args = append(args, "--source-ip", source)
		}
		started, stop := simulating(t, args...)
		stop()
		if strings.Contains(started, refuses) != want {
			t.Errorf("from %q, want it said: %t, got:\n%s", source, want, started)
		}
	}
}

func TestSimulate_refusesBadFlags(t *testing.T) {
	plain, mutual := snapshots(t, `{}`, func(object) {}), snapshots(t, mutualTLSDomain, func(object) {})
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "client.key"), []byte("in use"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, test := range map[string]struct {
		status int
		args   []string
	}{
		"has no custom domain with mutual TLS": {statusUsage, []string{"--assembly", plain, "--client-cert-dir", "x"}},
		"--source-ip: ":                        {statusUsage, []string{"--assembly", plain, "--source-ip", "here"}},
		`Options.Callers[0]: ARN "me"`:         {statusFailed, []string{"--assembly", plain, "--caller", "me"}},
		"client.key: file exists":              {statusFailed, []string{"--assembly", mutual, "--client-cert-dir", full}},
		"give the truststore":                  {statusFailed, []string{"--assembly", mutual}},
	} {
		var stdout, stderr strings.Builder
		args := append([]string{"simulate"}, test.args...)
		got := execute(t.Context(), newRootCommand(nil, os.LookupEnv), args, &stdout, &stderr)
		if got != test.status || !strings.Contains(stderr.String(), want) {
			t.Errorf("%q: status %d: %s", test.args, got, stderr.String())
		}
	}
	if left, err := os.ReadDir(full); err != nil || len(left) != 1 {
		t.Errorf("left beside what was there: %v, %v", left, err)
	}
}
