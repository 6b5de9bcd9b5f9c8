package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// TestCompose_existingPool composes prod with a user pool and an app client from before, without mistakes on constructs.
func TestCompose_existingPool(t *testing.T) {
	t.Chdir(root)
	dir := environments.Changed(t, "prod", func(env *config.Environment) {
		env.UserPool.Existing = &config.ExistingPool{ID: "eu-west-1_Example01", UsersBlocked: true, WebACLReplaced: true}
		env.TenantFiles = env.TenantFiles[2:]
		env.TenantFiles[0].Tenants[0].ExistingClientID = "1example23456789"
	})
	if findings, err := guard.CheckAssembly(dir); err != nil || len(findings) > 0 {
		t.Errorf("guard: %v, %v", findings, err)
	}
	stacks, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, stack := range stacks {
		template := cdktest.Load(t, stack)
		for _, created := range []string{"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolDomain"} {
			if ids := template.IDs(created); len(ids) > 0 {
				t.Errorf("%s creates %v", stack, ids)
			}
		}
		if len(template.IDs("AWS::CDK::Metadata")) == len(cdktest.At(t, template.Body, "Resources").(map[string]any)) {
			t.Errorf("%s has no resources: CloudFormation refuses it", stack)
		}
	}
	gateway := cdktest.Load(t, filepath.Join(dir, "m2m-prod-gateway.template.json"))
	if got := cdktest.At(t, gateway.Body, "Outputs", "UserPoolId", "Value"); got != "eu-west-1_Example01" {
		t.Errorf("UserPoolId: got %v", got)
	}
	tenants := cdktest.Load(t, filepath.Join(dir, "m2m-prod-tenants-services.template.json"))
	var names []any
	for _, id := range tenants.IDs("AWS::SecretsManager::Secret") {
		if name := tenants.Properties(id)["Name"]; strings.Contains(name.(string), "@") {
			names = append(names, name)
		}
	}
	if diff := cmp.Diff([]any{"m2m/prod/tenants/checkout@1example23456789"}, names); diff != "" {
		t.Errorf("secrets of existing clients (-want +got):\n%s", diff)
	}
}
