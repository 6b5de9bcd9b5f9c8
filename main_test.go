package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/gkampitakis/go-snaps/snaps"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/limits"
)

func TestMain(m *testing.M) {
	if os.Getenv(runApp) != "" {
		main()
		return
	}
	cdktest.Main(m, func() error {
		obsolete, err := snaps.Clean(m)
		if err == nil && obsolete && os.Getenv("CI") != "" {
			err = errors.New("testdata/snapshots has a file of a stack that is no more: remove it with UPDATE_SNAPS=clean go test")
		}
		return err
	})
}

// runApp makes the test binary the app, for tests of how the app ends.
const runApp = "TEST_RUN_APP"

var environments = []string{"dev", "prod"}

// assemblies are the cloud assemblies of the environments, each synthesized once for all tests.
var assemblies = map[string]string{}

func assembly(t *testing.T, environment string) string {
	t.Helper()
	if dir, ok := assemblies[environment]; ok {
		return dir
	}
	dir, err := os.MkdirTemp("", "assembly")
	if err != nil {
		t.Fatal(err)
	}
	app := newApp(t, dir)
	compose(app, load(t, environment))
	app.Synth(nil)
	assemblies[environment] = dir
	return dir
}

func newApp(t *testing.T, dir string) awscdk.App {
	t.Helper()
	return awscdk.NewApp(&awscdk.AppProps{Context: cdktest.FeatureFlags(t), Outdir: jsii.String(dir), AnalyticsReporting: jsii.Bool(false)})
}

func load(t *testing.T, environment string) *config.Environment {
	t.Helper()
	env, err := config.Load(environmentsDir, environment)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// templates are all templates of an environment by stack name.
func templates(t *testing.T, environment string) map[string]cdktest.Template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(assembly(t, environment), "*.template.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	all := map[string]cdktest.Template{}
	for _, file := range files {
		all[strings.TrimSuffix(filepath.Base(file), ".template.json")] = cdktest.Load(t, file)
	}
	return all
}

// The snapshots show a reviewer what a change does to the templates. After a change that is meant: UPDATE_SNAPS=true go test .
func TestSnapshots(t *testing.T) {
	for _, environment := range environments {
		for stack, template := range templates(t, environment) {
			snaps.WithConfig(snaps.Dir("testdata/snapshots"), snaps.Filename(stack)).MatchStandaloneJSON(t, assetHash.ReplaceAllString(cdktest.JSON(t, template.Body), `"ASSET.zip"`))
		}
	}
}

// assetHash is the name of a Lambda function's code, which changes with Go's version.
var assetHash = regexp.MustCompile(`"[0-9a-f]{64}\.zip"`)

// A changed logical ID replaces the resource behind it: the user pool with every credential in it, a client with its tenant's access, the set with
// the accepted values, the URL that all clients know.
func TestLogicalIDsArePinned(t *testing.T) {
	dev := templates(t, "dev")
	want := map[string]map[string]string{
		"m2m-dev-identity": {
			"PoolUserPool04A1AA15":             "AWS::Cognito::UserPool",
			"PoolDomainCFC71F56":               "AWS::Cognito::UserPoolDomain",
			"PoolResourceServerorders58C12882": "AWS::Cognito::UserPoolResourceServer",
		},
		"m2m-dev-gateway": {
			"OriginHeaderSecret40AD370C":             "AWS::SecretsManager::Secret",
			"OriginHeaderAcceptedValues23333A10":     "AWS::WAFv2::RegexPatternSet",
			"PoolWebAclWebACL0AB7C6C6":               "AWS::WAFv2::WebACL",
			"TokenProxyApi09D26809":                  "AWS::ApiGateway::RestApi",
			"TokenProxyApiDeploymentStagev1BD056F72": "AWS::ApiGateway::Stage",
		},
	}
	for stack, ids := range want {
		for id, resourceType := range ids {
			if got := dev[stack].Resource(id)["Type"]; got != resourceType {
				t.Errorf("%s %s: got %v, want %s", stack, id, got, resourceType)
			}
		}
	}
	pinned := readJSON[map[string]map[string]string](t, "testdata/clients.json")
	for stack, template := range templates(t, "prod") {
		got := map[string]string{}
		for _, id := range template.IDs("AWS::Cognito::UserPoolClient") {
			got[template.Properties(id)["ClientName"].(string)] = id
		}
		if len(got) == 0 {
			continue
		}
		for tenant, id := range pinned[stack] {
			if got[tenant] != id {
				t.Errorf("%s: tenant %s is client %q, was %q", stack, tenant, got[tenant], id)
			}
		}
		if len(got) != len(pinned[stack]) {
			t.Errorf("%s: %d clients, %d pinned in testdata/clients.json", stack, len(got), len(pinned[stack]))
		}
	}
}

// A tag or any setting that reached the set of accepted values would make CloudFormation write it, and put one value in the place of all that
// are accepted. A stack's own tags would be handed on to it, too.
func TestNoSettingAndNoTagReachesTheAcceptedValues(t *testing.T) {
	const setID = "OriginHeaderAcceptedValues23333A10"
	plain := templates(t, "dev")["m2m-dev-gateway"].Resource(setID)

	env := load(t, "dev")
	env.Tags = map[string]string{"another": "tag"}
	env.OriginHeaderName, env.KeyDiscovery, env.Destroy = "x-other", false, false
	env.Gateway.StageName, env.Gateway.CacheSizeGB, env.Gateway.HTTPProxy, env.Gateway.RequireClientID = "live", "6.1", true, false
	env.Gateway.RatePerSecond, env.Gateway.Burst, env.Gateway.LogRetentionDays, env.Gateway.Tracing = 1, 1, 1, true
	env.Gateway.ExecutionLogLevel, env.Gateway.CreateAccountRole = "OFF", false
	env.UserPool.DomainPrefix, env.UserPool.Name, env.UserPool.FeaturePlan = "other", "other", "LITE"
	env.UserPool.CustomDomain, env.UserPool.CertificateARN = "auth.example.com", "arn:aws:acm:us-east-1:111122223333:certificate/1a2b"
	env.Rotation = config.Rotation{Interval: 24 * time.Hour, WAFBound: time.Minute, StageBound: time.Minute, Grace: 2 * time.Hour, Trail: true, AlarmTopicARN: "arn:aws:sns:eu-west-1:111122223333:alarms"}
	env.TenantFiles, env.ResourceServers = nil, nil
	dir := t.TempDir()
	app := newApp(t, dir)
	compose(app, env)
	app.Synth(nil)
	changed := cdktest.Load(t, filepath.Join(dir, "m2m-dev-gateway.template.json"))
	if got, want := cdktest.JSON(t, changed.Resource(setID)), cdktest.JSON(t, plain); got != want {
		t.Errorf("the set changed:\n%s\nwas:\n%s", got, want)
	}
	if got := cdktest.At(t, changed.One("AWS::SecretsManager::Secret"), "Tags", 0, "Key"); got != "another" {
		t.Errorf("tags do not reach the secret: got %v", got)
	}
	manifest := readJSON[map[string]any](t, filepath.Join(dir, "manifest.json"))
	if tags, ok := cdktest.At(t, manifest, "artifacts", "m2m-dev-gateway", "properties").(map[string]any)["tags"]; ok {
		t.Errorf("the stack has tags of its own: %v", tags)
	}
}

// secretValue is a secret in plain text, and the attribute of an app client by which CloudFormation reads its secret.
var secretValue = regexp.MustCompile(`"SecretString":|"ClientSecret"|\.ClientSecret\b`)

// placeholder is what is no value: the tenants' secrets are created with it.
const placeholder = `"SecretString": "{\"placeholder\":true}"`

// answersNothingSecret are the custom resources that templates may have, with what they answer.
var answersNothingSecret = map[string]string{
	"Custom::CacheLock":  "functions/cachelock answers no attributes: it sets two flags of a stage's method",
	"Custom::Truststore": "functions/truststore answers the version id of an object that holds certificates, which are public",
}

// Values reach templates by dynamic reference only, and only where they are needed.
func TestNoSecretValueInAnyTemplate(t *testing.T) {
	for _, environment := range environments {
		for stack, template := range templates(t, environment) {
			for id := range template.Body["Resources"].(map[string]any) {
				body := cdktest.JSON(t, template.Resource(id))
				resourceType := template.Resource(id)["Type"]
				mayRefer := resourceType == "AWS::WAFv2::RegexPatternSet" || resourceType == "AWS::ApiGateway::Stage"
				if strings.Contains(body, "{{resolve:") != mayRefer {
					t.Errorf("%s %s (%v): a dynamic reference is there: %t", stack, id, resourceType, !mayRefer)
				}
				if resourceType == "AWS::SecretsManager::Secret" {
					body = strings.Replace(body, placeholder, "", 1)
				}
				if leak := secretValue.FindString(body); leak != "" {
					t.Errorf("%s %s: %s", stack, id, leak)
				}
				if text := resourceType.(string); (strings.HasPrefix(text, "Custom::") || text == "AWS::CloudFormation::CustomResource") && answersNothingSecret[text] == "" {
					t.Errorf("%s %s: what a custom resource answers, such as a client's secret, is kept in plain text", stack, id)
				}
			}
			if outputs, ok := template.Body["Outputs"]; ok && strings.Contains(cdktest.JSON(t, outputs), "resolve:") {
				t.Errorf("%s: an output shows a secret", stack)
			}
		}
	}
}

func TestTemplatesHaveNoKnownMistake(t *testing.T) {
	for _, environment := range environments {
		dir := assembly(t, environment)
		for _, err := range slices.Concat(limits.Check(dir, tenantFiles(load(t, environment))), guard.CheckAssembly(dir)) {
			t.Error(err)
		}
	}
}

// Stacks are deployed in the order identity, gateway, credentials, tenants and monitoring: lowering a validity then lowers the cache TTL first.
func TestStacksDependInDeploymentOrder(t *testing.T) {
	for _, environment := range environments {
		manifest := readJSON[map[string]any](t, filepath.Join(assembly(t, environment), "manifest.json"))
		for stack := range templates(t, environment) {
			var dependencies []string
			list, _ := cdktest.At(t, manifest, "artifacts", stack).(map[string]any)["dependencies"].([]any)
			for _, d := range list {
				if name := d.(string); !strings.HasSuffix(name, ".assets") {
					dependencies = append(dependencies, strings.TrimPrefix(name, "m2m-"+environment+"-"))
				}
			}
			slices.Sort(dependencies)
			want := []string(nil)
			switch name := strings.TrimPrefix(stack, "m2m-"+environment+"-"); {
			case name == "gateway":
				want = []string{"identity"}
			case name == "credentials":
				want = []string{"gateway", "identity"}
			case name == "monitoring", strings.HasPrefix(name, "tenants-"):
				want = []string{"credentials", "gateway", "identity"}
			}
			if !slices.Equal(dependencies, want) {
				t.Errorf("%s depends on %v, want %v", stack, dependencies, want)
			}
		}
	}
}

// Wrong settings are no crash: one line for each mistake on standard error, exit status 1, nothing synthesized.
func TestWrongSettingsEndTheApp(t *testing.T) {
	for _, test := range []struct {
		name, file, old, new string
		want                 []string
	}{
		{"unknown scope and unknown key", "environments/dev/tenants/sandbox.yaml", "    scopes: [", "    scope: []\n    scopes: [orders/raed, ", []string{
			"tenants/sandbox.yaml:", `unknown key "scope" (did you mean "scopes"?)`, `unknown scope "orders/raed" (did you mean "orders/read"?)`,
		}},
		{"no such environment", "cdk.json", "", "", []string{`no environment "nowhere"; available: dev, prod`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "environments"), os.DirFS("environments")); err != nil {
				t.Fatal(err)
			}
			environment := "nowhere"
			if test.old != "" {
				environment = "dev"
				replaceIn(t, filepath.Join(dir, test.file), test.old, test.new)
			}
			output, status := runTheApp(t, dir, environment)
			if status != 1 {
				t.Errorf("exit status %d, want 1", status)
			}
			for _, want := range test.want {
				if !strings.Contains(output, want) {
					t.Errorf("no %q in:\n%s", want, output)
				}
			}
			if strings.Contains(output, "goroutine ") || strings.Contains(output, ".go:") {
				t.Errorf("a Go stack trace in:\n%s", output)
			}
			if files, _ := filepath.Glob(filepath.Join(dir, "out", "*.template.json")); len(files) > 0 {
				t.Errorf("synthesized %v", files)
			}
		})
	}
}

// runTheApp runs the app in dir and returns what it printed and its exit status.
func runTheApp(t *testing.T, dir, environment string) (string, int) {
	t.Helper()
	flags := *cdktest.FeatureFlags(t)
	flags["env"] = environment
	app := exec.CommandContext(t.Context(), os.Args[0])
	app.Dir = dir
	app.Env = append(os.Environ(), runApp+"=1", "CDK_OUTDIR="+filepath.Join(dir, "out"), "CDK_CONTEXT_JSON="+cdktest.JSON(t, flags))
	output, err := app.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(output), app.ProcessState.ExitCode()
}

func replaceIn(t *testing.T, file, old, replacement string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(body), old, replacement, 1)
	if changed == string(body) {
		t.Fatalf("no %q in %s", old, file)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readJSON[T any](t *testing.T, file string) T {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return value
}
