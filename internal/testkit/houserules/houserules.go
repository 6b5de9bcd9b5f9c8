// Package houserules checks the assemblies of this repository's own stacks: everything that package guard checks, with every resource
// taken for a door's, and rules of this house that other apps need not follow. Alarms say what is to be done. Dashboards and alarms look
// at metrics that something in the assembly writes, with expressions that package dashboard can evaluate. Trails and resource servers are
// as the constructs make them.
package houserules

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// Check fails the test for each mistake in the assembly.
func Check(t testing.TB, assembly string) {
	t.Helper()
	for _, message := range Find(t, assembly) {
		t.Error(message)
	}
}

// Find returns the mistakes in an assembly.
func Find(t testing.TB, assembly string) []string {
	t.Helper()
	found, err := guard.CheckAssembly(assembly, guard.AsDoor)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, 0, len(found))
	for _, f := range found {
		all = append(all, f.Error())
	}
	a, err := templates.Load(assembly)
	if err != nil {
		t.Fatal(err)
	}
	return append(all, rules(a)...)
}

// In returns the mistakes in a template: JSON, or a value that marshals to it.
func In(t testing.TB, template any) []string {
	t.Helper()
	return Find(t, Write(t, map[string]any{"test": template}))
}

// Write writes an assembly of these templates, by the names of their stacks, and returns its directory.
func Write(t testing.TB, stacks map[string]any) string {
	t.Helper()
	dir, artifacts := t.TempDir(), map[string]any{}
	write := func(file string, content any) {
		body, isText := content.(string)
		if !isText {
			encoded, err := json.Marshal(content)
			if err != nil {
				t.Fatal(err)
			}
			body = string(encoded)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, template := range stacks {
		write(name+".template.json", template)
		artifacts[name] = map[string]any{
			"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
			"properties": map[string]any{"templateFile": name + ".template.json"},
		}
	}
	write("manifest.json", map[string]any{"artifacts": artifacts})
	return dir
}

func rules(a *templates.Assembly) []string {
	w := watch{assembly: a, sources: newSources(a)}
	checks := map[string]func(*watch, *templates.Resource){
		"AWS::ApiGateway::Method":               (*watch).method,
		"AWS::ApiGateway::RestApi":              (*watch).restAPI,
		"AWS::ApiGatewayV2::Authorizer":         (*watch).httpAuthorizer,
		"AWS::ApiGatewayV2::Route":              (*watch).httpRoute,
		"AWS::CloudTrail::Trail":                (*watch).trail,
		"AWS::CloudWatch::Alarm":                (*watch).alarm,
		"AWS::CloudWatch::CompositeAlarm":       (*watch).composite,
		"AWS::CloudWatch::Dashboard":            (*watch).dashboard,
		"AWS::VerifiedPermissions::PolicyStore": (*watch).policyStore,
	}
	for _, resourceType := range slices.Sorted(maps.Keys(checks)) {
		a.Each(resourceType, func(r *templates.Resource) {
			w.where = fmt.Sprintf("stack %s: %s %s", r.Stack.Name, r.Type, r.ID)
			checks[resourceType](&w, r)
		})
	}
	return w.found
}

// watch goes through an assembly. where is the resource that it looks at.
type watch struct {
	assembly *templates.Assembly
	sources
	where string
	found []string
}

func (w *watch) addf(format string, args ...any) {
	w.found = append(w.found, w.where+": "+fmt.Sprintf(format, args...))
}

// text is a value as text. A reference that leads nowhere is a mistake.
func (w *watch) text(r *templates.Resource, value any) (string, bool) {
	text, err := r.Stack.Text(value)
	if err != nil {
		w.addf("%v", err)
	}
	return text, err == nil
}
