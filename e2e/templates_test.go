package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// A tag or any setting that reached the set of accepted values would make CloudFormation write it, and put one value in the place of all
// that are accepted. A stack's own tags would be handed on to it, too.
func TestTemplates_noSettingAndNoTagReachesTheAcceptedValues(t *testing.T) {
	const setID = "OriginHeaderAcceptedValues23333A10"
	plain := environments.Templates(t, "dev")["m2m-dev-gateway"].Resource(setID)

	env := environments.Load(t, "dev")
	env.Tags = map[string]string{"another": "tag"}
	env.OriginHeader.Name, env.WebACL.KeyDiscovery, env.RemovalPolicy = "x-other", false, "retain"
	env.Gateway.StageName, env.Gateway.Cache.SizeGB, env.Gateway.Integration, env.Gateway.RequireClientID = "live", "6.1", "http-proxy", false
	env.Gateway.Throttle, env.Gateway.Tracing = config.Throttle{RatePerSecond: 1, Burst: 1}, true
	env.Gateway.Logs = config.Logs{RetentionDays: 1, ExecutionLevel: "OFF", AccountRole: "existing"}
	env.UserPool.Name, env.UserPool.FeaturePlan = "other", "LITE"
	env.UserPool.Domain = config.Domain{
		CustomName: "auth.example.com", CertificateARN: "arn:aws:acm:us-east-1:111122223333:certificate/1a2b",
	}
	env.OriginHeader.Rotation = config.Rotation{
		Interval: 24 * time.Hour, WAFBound: time.Minute, StageBound: time.Minute, Grace: 2 * time.Hour, Trail: true,
		AlarmTopicARN: "arn:aws:sns:eu-west-1:111122223333:alarms",
	}
	env.TenantFiles, env.ResourceServers = nil, nil
	dir := t.TempDir()
	environments.SynthesizeTo(t, env, dir, nil)
	changed := cdktest.Load(t, filepath.Join(dir, "m2m-dev-gateway.template.json"))
	if got, want := cdktest.JSON(t, changed.Resource(setID)), cdktest.JSON(t, plain); got != want {
		t.Errorf("the set changed:\n%s\nwas:\n%s", got, want)
	}
	if got := cdktest.At(t, changed.One("AWS::SecretsManager::Secret"), "Tags", 0, "Key"); got != "another" {
		t.Errorf("tags do not reach the secret: got %v", got)
	}
	manifest := environments.Manifest(t, dir)
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
func TestTemplates_noSecretValueInAnyTemplate(t *testing.T) {
	for _, environment := range environments.Names {
		for stack, template := range environments.Templates(t, environment) {
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
				if text := resourceType.(string); (strings.HasPrefix(text, "Custom::") || text == "AWS::CloudFormation::CustomResource") &&
					answersNothingSecret[text] == "" {
					t.Errorf("%s %s: what a custom resource answers, such as a client's secret, is kept in plain text", stack, id)
				}
			}
			if outputs, ok := template.Body["Outputs"]; ok && strings.Contains(cdktest.JSON(t, outputs), "resolve:") {
				t.Errorf("%s: an output shows a secret", stack)
			}
		}
	}
}

func TestTemplates_haveNoKnownMistake(t *testing.T) {
	for _, environment := range environments.Names {
		dir := environments.Assembly(t, environment)
		found, err := guard.CheckAssembly(dir)
		if err != nil || len(found) > 0 {
			t.Error(err, found)
		}
		houserules.Check(t, dir)
	}
}

// Stacks are deployed in the order identity, gateway, credentials, tenants and monitoring: lowering a validity then lowers the cache TTL
// first.
func TestTemplates_stacksDependInDeploymentOrder(t *testing.T) {
	for _, environment := range environments.Names {
		manifest := environments.Manifest(t, environments.Assembly(t, environment))
		for stack := range environments.Templates(t, environment) {
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
