package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/stagecache"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/moto"
)

const (
	testRegion  = "us-east-1"
	testAccount = "123456789012"
	testPool    = "us-east-1_AbCdEf123"
	testPrefix  = "m2m/test/tenants/"
	testHeader  = "x-wafAuthAllowRule"
	testGateway = "https://gateway.example/oauth2/token"
)

// deployment is what the function finds in an account: two tenants' secrets at moto, and their app clients at a fake Cognito.
type deployment struct {
	t        *testing.T
	front    *front
	cognito  *fakeCognito
	endpoint string
	secrets  *secretsmanager.Client
	adapter  secrets
	clients  clients
	stage    stagecache.Cache
	header   string
	arns     map[string]string // by tenant
	used     map[string]bool   // every value and token ever seen
	function *lambdaruntime.Function
	output   *lambdaruntime.Output
	tokens   int
}

func deploy(t *testing.T) *deployment {
	d := &deployment{t: t, arns: map[string]string{}, used: map[string]bool{}, output: &lambdaruntime.Output{}}
	originValue := sensitive.Random().Plaintext()
	d.used[originValue] = true
	d.cognito = newFakeCognito(testPool, func() string { return originValue })
	d.front = newFront(moto.Start(t), d.cognito)
	server := httptest.NewServer(d.front)
	t.Cleanup(server.Close)
	d.endpoint = server.URL
	cfg := configAt(server.URL)
	d.secrets = secretsmanager.NewFromConfig(cfg)
	d.adapter = secrets{client: d.secrets, prefix: testPrefix}
	d.clients = clientsAt(server.URL)
	d.stage = stagecache.Cache{Client: apigateway.NewFromConfig(cfg), API: "abcdef1234", Stage: "prod"}
	d.header = d.createSecret("origin-header", originValue)
	d.createSecret("somebody-elses", clientsecret.Placeholder)
	for _, tenant := range []string{"acme", "globex"} {
		d.used[d.cognito.create("client"+tenant, tenant, tenant+"/read", tenant+"/write")] = true
		d.arns[tenant] = d.createSecret(testPrefix+tenant, clientsecret.Placeholder,
			tag(clientsecret.TagTenant, tenant), tag(clientsecret.TagClientID, "client"+tenant),
			tag(clientsecret.TagScopes, clientsecret.ScopeDigest([]string{tenant + "/read", tenant + "/write"})))
	}
	return d
}

func configAt(endpoint string) aws.Config {
	return aws.Config{
		Region: testRegion, BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
}

func clientsAt(endpoint string) clients {
	return clients{client: cognitoidentityprovider.NewFromConfig(configAt(endpoint)), pool: testPool}
}

func (d *deployment) createSecret(name, value string, tags ...types.Tag) string {
	d.t.Helper()
	created, err := d.secrets.CreateSecret(d.t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &value, Tags: tags})
	d.must(err)
	return *created.ARN
}

func tag(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }

func buildFunction(t *testing.T) string {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/clientsecret", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "bootstrap")
}

// start runs the function's real binary, the linux/amd64 twin of what is deployed.
func (d *deployment) start(binary string) {
	d.t.Helper()
	function, err := lambdaruntime.Start(binary, []string{
		"AWS_ENDPOINT_URL=" + d.endpoint, "AWS_REGION=" + testRegion, "AWS_ACCESS_KEY_ID=" + functionKey, "AWS_SECRET_ACCESS_KEY=test",
		"AWS_LAMBDA_FUNCTION_NAME=rotation",
		"SECRET_PREFIX=" + testPrefix, "ACCOUNT_ID=" + testAccount, "USER_POOL_ID=" + testPool,
		"TOKEN_URL=" + d.endpoint + "/oauth2/token", "GATEWAY_TOKEN_URL=" + testGateway,
		"HEADER_NAME=" + testHeader, "HEADER_SECRET_ARN=" + d.header, "REST_API_ID=abcdef1234", "STAGE_NAME=prod",
		"INTERVAL=744h", "SWEEP_PACE=0s", "CONSISTENCY_BOUND=0s", "AUTH_DEADLINE=2m", "PROBE_INTERVAL=1ms",
	}, d.output)
	d.must(err)
	d.t.Cleanup(function.Stop)
	d.function = function
	info, err := os.Stat(binary)
	d.must(err)
	d.t.Logf("binary: %.1f MB; from exec to the first request for an invocation: %s",
		float64(info.Size())/1e6, function.Ready.Round(100*time.Microsecond))
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
		d.t.Fatalf("%s: %v\n%s", event, err, d.output)
	}
	return response
}

// refuses sends an event that must fail.
func (d *deployment) refuses(event, want string) {
	d.t.Helper()
	_, err := d.function.Invoke(d.t.Context(), []byte(event))
	if err == nil || !strings.Contains(err.Error(), want) {
		d.t.Errorf("%s: error %v, want %q", event, err, want)
	}
}

func (d *deployment) sweep(want clientsecret.SweepReport) {
	d.t.Helper()
	var got clientsecret.SweepReport
	d.must(json.Unmarshal(d.invoke(`{"action":"sweep"}`), &got))
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("sweep (-want +got):\n%s", diff)
	}
}

func step(step, arn, token string) string {
	return fmt.Sprintf(`{"Step":%q,"SecretId":%q,"ClientRequestToken":%q}`, step, arn, token)
}

// rotate is Secrets Manager: it labels a version AWSPENDING and runs the four steps.
func (d *deployment) rotate(tenant string) {
	d.t.Helper()
	token := d.begin(tenant, "{}")
	tokens := d.cognito.tokenCount()
	for _, name := range []string{"createSecret", "setSecret", "testSecret", "finishSecret"} {
		began := time.Now()
		if response := d.invoke(step(name, d.arns[tenant], token)); string(response) != "null" {
			d.t.Errorf("%s answered %s, want null", name, response)
		}
		d.t.Logf("rotation of %s, %s: %s", tenant, name, time.Since(began).Round(100*time.Microsecond))
	}
	if n := d.cognito.tokenCount() - tokens; n != 2 {
		d.t.Errorf("the rotation took %d tokens, want 2", n)
	}
}

// begin labels a new version AWSPENDING.
func (d *deployment) begin(tenant, secretString string) (token string) {
	d.t.Helper()
	d.tokens++
	token = fmt.Sprintf("00000000-0000-4000-8000-%012d", d.tokens)
	d.must(d.adapter.Put(d.t.Context(), d.arns[tenant], token, clientsecret.LabelPending, sensitive.ValueOf(secretString)))
	return token
}

// document is what a tenant reads.
type document struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	TokenURL     string   `json:"token_url"`
	Scope        string   `json:"scope"`
	Prior        []string `json:"prior_client_secret_ids"`
}

func (d *deployment) credentials(tenant, label string) (c document) {
	d.t.Helper()
	out, err := d.secrets.GetSecretValue(d.t.Context(), &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(d.arns[tenant]), VersionStage: &label,
	})
	d.must(err)
	d.must(json.Unmarshal([]byte(*out.SecretString), &c))
	d.used[c.ClientSecret] = true
	return c
}

func (d *deployment) settled(tenant string) clientsecret.Settled {
	d.t.Helper()
	state, err := d.adapter.Describe(d.t.Context(), d.arns[tenant])
	d.must(err)
	return clientsecret.ParseSettled(state.Settled)
}

// wantAuthenticates asks as the tenant would.
func (d *deployment) wantAuthenticates(when string, c document, want bool) {
	d.t.Helper()
	d.cognito.mu.Lock()
	client := d.cognito.clients[c.ClientID]
	got := slices.ContainsFunc(client.secrets, func(s fakeSecret) bool { return s.value == c.ClientSecret && s.known })
	d.cognito.mu.Unlock()
	if got != want {
		d.t.Errorf("%s: authenticates %t, want %t", when, got, want)
	}
}

func (d *deployment) wantDocument(c document, tenant string, scopes ...string) {
	d.t.Helper()
	scope := strings.Join(scopes, " ")
	want := document{
		ClientID: "client" + tenant, ClientSecret: c.ClientSecret, Scope: scope, Prior: c.Prior,
		TokenURL: testGateway + "?client_id=client" + tenant + "&scope=" + strings.ReplaceAll(url.QueryEscape(scope), "+", "%20"),
	}
	if diff := cmp.Diff(want, c); diff != "" {
		d.t.Error("credentials of " + tenant + " differ, values not shown")
	}
	if len(c.ClientSecret) != 64 || len(c.Prior) != 1 {
		d.t.Errorf("credentials of %s: secret of %d characters, %d prior ids, want 64 and 1", tenant, len(c.ClientSecret), len(c.Prior))
	}
}
