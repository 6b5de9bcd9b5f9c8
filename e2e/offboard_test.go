package e2e_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gkampitakis/go-snaps/snaps"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/app"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// Offboarding a tenant takes its own resources and output out of its stack, and changes nothing else in any template. The stack without it
// has a snapshot of its own, to read beside the one with it.
func TestOffboarding_takesOneTenantAway(t *testing.T) {
	const tenant, stack = "marketplace-eastgate", "m2m-prod-tenants-retail"
	root := filepath.Join(t.TempDir(), app.EnvironmentsDir)
	if err := os.CopyFS(root, os.DirFS(app.EnvironmentsDir)); err != nil {
		t.Fatal(err)
	}
	removeTenant(t, filepath.Join(root, "prod", "tenants", "retail.yaml"), tenant)
	_, err := config.Load(root, "prod")
	if err == nil || !strings.Contains(err.Error(), "no tenant file holds tenant "+tenant) {
		t.Fatalf("a tenant that is only removed must be refused, got %v", err)
	}
	replaceIn(t, filepath.Join(root, "prod", "environment.yaml"), "\nlimits:", "\noffboard: ["+tenant+"]\n\nlimits:")
	env, err := config.Load(root, "prod")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range env.TenantFiles {
		// The paths are in the templates, as they are from the project's directory.
		env.TenantFiles[i].Path = strings.TrimPrefix(file.Path, filepath.ToSlash(filepath.Dir(root))+"/")
	}
	dir := t.TempDir()
	environments.SynthesizeTo(t, env, dir, nil)

	for name, before := range environments.Templates(t, "prod") {
		after := cdktest.Load(t, filepath.Join(dir, name+".template.json"))
		if name == stack {
			own := ownedBy(before, tenant)
			for _, resourceType := range []string{"AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolResourceServer"} {
				if !slices.ContainsFunc(before.IDs(resourceType), func(id string) bool { return own[id] }) {
					t.Errorf("%s has no %s of its own: the test would prove nothing of it", tenant, resourceType)
				}
			}
			for _, section := range []string{"Resources", "Outputs"} {
				maps.DeleteFunc(before.Body[section].(map[string]any), func(id string, _ any) bool { return own[id] })
			}
			snaps.WithConfig(snaps.Dir(filepath.Join(environments.Root(), "e2e", "testdata", "offboarding")),
				snaps.Filename(name)).MatchStandaloneJSON(t, cdktest.JSON(t, after.Body))
		}
		if diff := cmp.Diff(before.Body, after.Body); diff != "" {
			t.Errorf("%s changes (-before +after):\n%s", name, diff)
		}
	}
}

// ownedBy are the logical ids of everything in a template that is made for a tenant: its construct's id begins them.
func ownedBy(template cdktest.Template, tenant string) map[string]bool {
	prefix := strings.ReplaceAll(tenant, "-", "")
	own := map[string]bool{}
	for _, section := range []string{"Resources", "Outputs"} {
		for id := range template.Body[section].(map[string]any) {
			own[id] = strings.HasPrefix(id, prefix)
		}
	}
	return own
}

// removeTenant removes a tenant's entry from a tenant file.
func removeTenant(t *testing.T, file, tenant string) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`(?m)^  - id: ` + tenant + `\n(?:    .*\n)*`)
	if found := len(entry.FindAll(body, -1)); found != 1 {
		t.Fatalf("%s has %d entries of %s, want 1", file, found, tenant)
	}
	if err := os.WriteFile(file, entry.ReplaceAll(body, nil), 0o600); err != nil {
		t.Fatal(err)
	}
}
