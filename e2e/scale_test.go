package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/generate"
)

// An environment of the most tenants that a user pool can have is synthesized into stacks that CloudFormation takes. It is a tenth of them
// unless LONG_TESTS is set; CDK_VALIDATION=true has CDK validate the templates as well.
func TestScale_tenThousandTenants(t *testing.T) {
	n := awslimits.MaxClientsPerPool / 10
	if os.Getenv("LONG_TESTS") != "" {
		n = awslimits.MaxClientsPerPool
	}
	root, dir := t.TempDir(), t.TempDir()
	if err := generate.Environment(root, "bench", n); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	env, err := config.Load(root, "bench")
	if err != nil {
		t.Fatal(err)
	}
	environments.SynthesizeTo(t, env, dir, nil)
	found, err := guard.CheckAssembly(dir)
	if err != nil || len(found) > 0 {
		t.Error(err, found)
	}
	t.Logf("%d tenants: %.1f s, CDK_VALIDATION=%s", n, time.Since(begin).Seconds(), os.Getenv("CDK_VALIDATION"))

	clients, largest := 0, map[string]int{}
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil || len(files) < n/generate.TenantsPerFile {
		t.Fatalf("%d templates: %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		template := cdktest.Load(t, file)
		clients += len(template.IDs("AWS::Cognito::UserPoolClient"))
		outputs, _ := template.Body["Outputs"].(map[string]any)
		for what, used := range map[string]int{
			"resources": len(template.Body["Resources"].(map[string]any)), "outputs": len(outputs),
			"bytes": len(body), "dynamic references": strings.Count(string(body), "{{resolve:"),
		} {
			largest[what] = max(largest[what], used)
		}
	}
	if clients != n {
		t.Errorf("%d clients of %d tenants", clients, n)
	}
	t.Logf("%d templates, the largest with %d of %d resources, %d of %d outputs, %d of %d bytes, %d of %d dynamic references", len(files),
		largest["resources"], awslimits.ResourcesPerStack, largest["outputs"], awslimits.OutputsPerStack, largest["bytes"],
		awslimits.TemplateBytes,
		largest["dynamic references"], awslimits.DynamicReferencesPerTemplate)
	for what, allowed := range map[string]int{
		"resources": awslimits.ResourcesPerStack, "outputs": awslimits.OutputsPerStack, "bytes": awslimits.TemplateBytes,
		"dynamic references": awslimits.DynamicReferencesPerTemplate,
	} {
		if largest[what] > allowed || largest[what] == 0 {
			t.Errorf("%d %s in a template: want 1 to %d", largest[what], what, allowed)
		}
	}
}
