package e2e_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// The settings of environments/prod, where they must arrive.
func TestCredentials_settingsReachTheCredentialsStack(t *testing.T) {
	template := environments.Templates(t, "prod")["m2m-prod-credentials"]
	const function, role, key = "RotationFunction8B9BF3C3", "RotationRoleC772E8EB", "RotationKey3583D52E"
	variables := cdktest.At(t, template.Properties(function), "Environment", "Variables").(map[string]any)
	for name, want := range map[string]string{
		"SECRET_PREFIX": "m2m/prod/tenants/", "GRACE": "48h0m0s", "INTERVAL": "745h0m0s", "ACCOUNT_ID": "111122223333",
		"REST_API_ID": "{Fn::ImportValue m2m-prod-gateway:ExportsOutputRefTokenProxyApi09D26809AA27AF5E}",
	} {
		if got := cdktest.Text(variables[name]); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	accounts := "[111122223333 444455556666]"
	if got := cdktest.Text(cdktest.At(t, template.Properties(key), "KeyPolicy", "Statement", 1, "Condition", "StringEquals",
		"kms:CallerAccount")); got != accounts {
		t.Errorf("accounts that may decrypt: got %s, want %s", got, accounts)
	}
	rules := map[string]map[string]any{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		rules[template.Properties(id)["Description"].(string)] = template.Properties(id)
	}
	deployed := cdktest.At(t, rules["Sweeps over the tenants' secrets when a stack of tenants has been deployed"], "EventPattern", "detail",
		"stack-id", 0, "prefix")
	if got, want := cdktest.Text(deployed), "arn:aws:cloudformation:eu-west-1:111122223333:stack/m2m-prod-tenants-"; got != want {
		t.Errorf("stacks whose deployment starts a sweep: got %s, want %s", got, want)
	}
	// The planned rotation flushes nothing: at ten thousand tenants that would cost more tokens than the cache saves.
	changed := cdktest.At(t, rules["Flushes the token gateway's cache after changes of clients, secrets and scopes"], "EventPattern", "detail",
		"userIdentity", "arn", 1)
	if got, want := cdktest.Text(changed), "{anything-but {prefix arn:aws:sts::111122223333:assumed-role/{Ref "+role+"}/}}"; got != want {
		t.Errorf("whose changes are not flushed for: got %s, want %s", got, want)
	}
	topic := "[{Fn::ImportValue m2m-prod-gateway:ExportsOutputRefRotationAlarmTopic583D174757F8E3BF}]"
	alarms := template.IDs("AWS::CloudWatch::Alarm")
	for _, id := range alarms {
		if got := cdktest.Text(template.Properties(id)["AlarmActions"]); got != topic {
			t.Errorf("%s: actions %s, want the one topic that people subscribe to, %s", id, got, topic)
		}
	}
	if len(alarms) != 11 {
		t.Errorf("%d alarms, want 8 of the rotation and 3 of the revocation", len(alarms))
	}
	var outputs []string
	for name := range template.Body["Outputs"].(map[string]any) {
		if !strings.HasPrefix(name, "ExportsOutput") {
			outputs = append(outputs, name)
		}
	}
	slices.Sort(outputs)
	want := []string{"CredentialsFunction", "CredentialsLog", "RevocationDeadLettersUrl", "RevocationQueueUrl", "SecretPrefix",
		"SecretsKeyArn"}
	if diff := cmp.Diff(want, outputs); diff != "" {
		t.Errorf("outputs that docs/runbook.md uses (-want +got):\n%s", diff)
	}
}

func TestCredentials_withoutCredentialsThereIsNoStackOfThem(t *testing.T) {
	env := environments.Load(t, "dev")
	env.Credentials = nil
	env.TenantFiles = nil
	dir := t.TempDir()
	environments.SynthesizeTo(t, env, dir, nil)
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var stacks []string
	for _, file := range files {
		stacks = append(stacks, filepath.Base(file))
	}
	if diff := cmp.Diff([]string{"m2m-dev-gateway.template.json", "m2m-dev-identity.template.json", "m2m-dev-monitoring.template.json"},
		stacks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
