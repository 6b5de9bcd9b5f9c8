package lifecycle_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lifecycle"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// synthesized returns the assembly of an example environment, with changed settings unless change is nil.
func synthesized(t *testing.T, name string, change func(*config.Environment)) *lifecycle.Assembly {
	t.Helper()
	dir := ""
	if change == nil {
		dir = environments.Assembly(t, name)
	} else {
		dir = environments.Changed(t, name, change)
	}
	a, err := lifecycle.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// failures are the rules of the findings that something fails in a phase, each once with its stack.
func failures(findings []lifecycle.Finding, phase lifecycle.Phase) []string {
	var all []string
	for _, f := range findings {
		if text := f.Rule + " " + f.Stack; f.Kind == lifecycle.KindFails && f.Phase == phase && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

func withoutCredentials(env *config.Environment) {
	env.Credentials = nil
	for _, file := range env.TenantFiles {
		for i := range file.Tenants {
			file.Tenants[i].Credentials = false
		}
	}
}

// The changes that are known to fail when they are deployed to what the app makes today. The table is of what is found: an entry turns empty when the
// stacks are made so that the change can be deployed.
func TestCompare_knownFailures(t *testing.T) {
	for _, test := range []struct {
		name, environment string
		from, to          func(*config.Environment)
		fails             []string
	}{
		{"edge off", "dev", nil, func(e *config.Environment) { e.Gateway.Edge = nil }, []string{"export-in-use m2m-dev-gateway"}},
		{"monitoring off", "dev", nil, func(e *config.Environment) { e.Monitoring = nil }, []string{"export-in-use m2m-dev-gateway", "export-in-use m2m-dev-credentials"}},
		{"credentials off", "dev", nil, withoutCredentials, []string{"export-in-use m2m-dev-gateway"}},
		{"another stage name", "dev", nil, func(e *config.Environment) { e.Gateway.StageName = "v2" }, []string{"export-in-use m2m-dev-gateway"}},
		{"domain name later", "prod", func(e *config.Environment) { e.Gateway.Domain = nil }, nil, []string{"security-policy m2m-prod-gateway"}},
		{"weekly rotation", "prod", nil, func(e *config.Environment) { e.Credentials.Rotation = "weekly" },
			[]string{"rotation-schedule m2m-prod-tenants-carriers", "rotation-schedule m2m-prod-tenants-retail", "rotation-schedule m2m-prod-tenants-services"}},
		{"another domain prefix", "dev", nil, func(e *config.Environment) { e.UserPool.Domain.Prefix += "-2" }, []string{"pool-domain m2m-dev-identity"}},
		{"nothing", "dev", nil, func(*config.Environment) {}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			findings := lifecycle.Compare(synthesized(t, test.environment, test.from), synthesized(t, test.environment, test.to))
			if diff := cmp.Diff(test.fails, failures(findings, lifecycle.PhaseDeploy)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An alarm that a later version renames is an export that goes while the monitoring stack imports it.
func TestCompare_renamedAlarm(t *testing.T) {
	deployed := synthesized(t, "dev", nil)
	rename := func(name string) string {
		return strings.NewReplacer("RotationStuckAlarm", "RotationHangingAlarm").Replace(name)
	}
	next := &lifecycle.Assembly{}
	for _, s := range deployed.Stacks {
		next.Stacks = append(next.Stacks, renamed(t, s, rename))
	}
	want := []string{"export-in-use m2m-dev-gateway", "export-in-use m2m-dev-credentials"}
	if diff := cmp.Diff(want, failures(lifecycle.Compare(deployed, next), lifecycle.PhaseDeploy)); diff != "" {
		t.Error(diff)
	}
}

func TestDeploy_offAndOnAgain(t *testing.T) {
	for _, test := range []struct {
		name  string
		off   func(*config.Environment)
		fails []string
	}{
		{"usage", func(e *config.Environment) { e.Monitoring.Usage = nil }, []string{"name-kept m2m-prod-monitoring"}},
		{"trail", func(e *config.Environment) { e.Monitoring.Trail, e.Monitoring.Usage = nil, nil }, []string{"name-kept m2m-prod-monitoring"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			on, off := synthesized(t, "prod", nil), synthesized(t, "prod", test.off)
			account := lifecycle.NewAccount()
			account.Deploy(on)
			if got := failures(account.Deploy(off), lifecycle.PhaseDeploy); got != nil {
				t.Errorf("off fails: %v", got)
			}
			if diff := cmp.Diff(test.fails, failures(account.Deploy(on), lifecycle.PhaseDeploy)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Resources that remain after the rollback of a first deployment, and after the deletion of the disposable environment.
func TestDestroy_disposableEnvironment(t *testing.T) {
	dev := synthesized(t, "dev", nil)
	if diff := cmp.Diff([]string{"destroy-refused m2m-dev-monitoring"}, failures(lifecycle.Destroy(dev), lifecycle.PhaseDestroy)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"rollback-refused m2m-dev-monitoring"}, failures(lifecycle.Compare(nil, dev), lifecycle.PhaseRollback)); diff != "" {
		t.Error(diff)
	}
	prod := lifecycle.Compare(nil, synthesized(t, "prod", nil))
	if got := failures(prod, lifecycle.PhaseRollback); got != nil {
		t.Errorf("a first deployment of prod cannot be rolled back: %v", got)
	}
}

// The table must have every type that the templates have, and that the constructs and the examples name.
func TestTypes_coverTheEnvironments(t *testing.T) {
	for _, name := range environments.Names {
		for _, f := range lifecycle.Compare(nil, synthesized(t, name, nil)) {
			if f.Rule == "unknown-type" {
				t.Errorf("%s %s: %s", f.Stack, f.Resource, f.Type)
			}
		}
	}
	resources := map[string]lifecycle.Resource{}
	for _, folder := range []string{"constructs", "stacks", "guard", "examples"} {
		err := filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			body, err := os.ReadFile(path)
			for _, name := range regexp.MustCompile(`"AWS::\w+::\w+"`).FindAllString(string(body), -1) {
				resources[name] = lifecycle.Resource{Type: strings.Trim(name, `"`)}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	next := &lifecycle.Assembly{Stacks: []*lifecycle.Stack{{Name: "all", Template: lifecycle.Template{Resources: resources}}}}
	if got := failures(lifecycle.Compare(nil, next), lifecycle.PhaseDeploy); len(resources) < 30 || got != nil {
		t.Errorf("got %v for %d types, want nothing for 30 or more", got, len(resources))
	}
}

// renamed returns the stack with a name changed in all of its template.
func renamed(t *testing.T, s *lifecycle.Stack, rename func(string) string) *lifecycle.Stack {
	t.Helper()
	body, err := json.Marshal(s.Template)
	if err != nil {
		t.Fatal(err)
	}
	out := *s
	out.Template = lifecycle.Template{}
	if err := json.Unmarshal([]byte(rename(string(body))), &out.Template); err != nil {
		t.Fatal(err)
	}
	return &out
}
