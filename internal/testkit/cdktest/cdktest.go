// Package cdktest synthesizes constructs for tests and finds values in the templates.
//
// jsii is not safe for concurrent use: no test that comes here may call t.Parallel.
package cdktest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// Main runs a package's tests and ends the jsii kernel, which all tests of the package share.
//
// Unless CDK_VALIDATION is set, it leaves out CDK's validation of every synthesized template, which takes most of a synth's time; the synth
// of every environment in continuous integration has it on. The kernel starts with its environment when Go initializes CDK's packages,
// before any code of ours, so the tests run in a second process. after is called when the tests are through; an error fails them.
func Main(m *testing.M, after ...func() error) {
	if os.Getenv("CDK_VALIDATION") == "" {
		jsii.Close()
		os.Exit(withoutValidation())
	}
	code := m.Run()
	for _, check := range after {
		if err := check(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	jsii.Close()
	os.Exit(code)
}

func withoutValidation() int {
	tests := exec.CommandContext(context.Background(), os.Args[0], os.Args[1:]...)
	tests.Env = append(os.Environ(), "CDK_VALIDATION=false")
	tests.Stdin, tests.Stdout, tests.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := tests.Run(); err != nil {
		return 1
	}
	return 0
}

// NewStack returns an empty stack in an app with this project's feature flags, but for one: an error annotation does not end the synth, so
// that a test can read it.
func NewStack(t testing.TB) awscdk.Stack {
	t.Helper()
	flags := FeatureFlags(t)
	(*flags)["@aws-cdk/core:annotationsInValidationReport"] = false
	app := awscdk.NewApp(&awscdk.AppProps{Context: flags, Outdir: jsii.String(t.TempDir())})
	return awscdk.NewStack(app, jsii.String("Test"), nil)
}

// FeatureFlags are the context of cdk.json.
func FeatureFlags(t testing.TB) *map[string]any {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	body, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "..", "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	return &file.Context
}

// Template is a synthesized template.
type Template struct {
	tb   testing.TB
	Body map[string]any
}

// Synth synthesizes the stack.
func Synth(t testing.TB, stack awscdk.Stack) Template {
	t.Helper()
	return Template{tb: t, Body: *assertions.Template_FromStack(stack, nil).ToJSON()}
}

// Errors are the messages of the error annotations in a stack.
func Errors(stack awscdk.Stack) []string {
	var messages []string
	for _, m := range *assertions.Annotations_FromStack(stack).FindError(jsii.String("*"), assertions.Match_AnyValue()) {
		messages = append(messages, fmt.Sprint(m.Entry.Data))
	}
	slices.Sort(messages)
	return messages
}

// ExpectErrors fails the test unless the stack's error annotations are as many as wanted and each begins as wanted, in sorted order.
func ExpectErrors(t testing.TB, stack awscdk.Stack, want []string) {
	t.Helper()
	got := Errors(stack)
	if len(got) != len(want) {
		t.Fatalf("got %d errors, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i, message := range got {
		if !strings.HasPrefix(message, want[i]) {
			t.Errorf("error %d:\n got %s\nwant %s…", i, message, want[i])
		}
	}
}

// Nag are the findings of cdk-nag's AwsSolutions rules in a part of a stack, which begins at the construct with this ID.
func Nag(stack awscdk.Stack, id string) []string {
	awscdk.Aspects_Of(stack).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
	annotations := assertions.Annotations_FromStack(stack)
	findings := append(*annotations.FindError(jsii.String("*"), assertions.Match_AnyValue()),
		*annotations.FindWarning(jsii.String("*"), assertions.Match_AnyValue())...)
	var found []string
	for _, finding := range findings {
		if message := fmt.Sprint(finding.Entry.Data); strings.HasPrefix(*finding.Id, "/"+*stack.Node().Path()+"/"+id) &&
			strings.HasPrefix(message, "AwsSolutions-") {
			found = append(found, *finding.Id+": "+strings.TrimSpace(message))
		}
	}
	return found
}

// Load reads a template that was synthesized before.
func Load(t testing.TB, file string) Template {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := Template{tb: t}
	if err := json.Unmarshal(body, &tmpl.Body); err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// IDs are the logical IDs of the resources of a type, sorted.
func (t Template) IDs(resourceType string) []string {
	var ids []string
	for id, resource := range t.resources() {
		if resource.(map[string]any)["Type"] == resourceType {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// ID is the logical ID of the one resource of a type; another number of them fails the test.
func (t Template) ID(resourceType string) string {
	t.tb.Helper()
	ids := t.IDs(resourceType)
	if len(ids) != 1 {
		t.tb.Fatalf("resources of type %s: got %v, want one", resourceType, ids)
	}
	return ids[0]
}

// Resource is the whole resource with this logical ID.
func (t Template) Resource(id string) map[string]any {
	t.tb.Helper()
	resource, ok := t.resources()[id].(map[string]any)
	if !ok {
		t.tb.Fatalf("no resource %s", id)
	}
	return resource
}

// One is the properties of the one resource of a type.
func (t Template) One(resourceType string) map[string]any {
	t.tb.Helper()
	return t.Properties(t.ID(resourceType))
}

// Properties are the properties of the resource with this logical ID.
func (t Template) Properties(id string) map[string]any {
	t.tb.Helper()
	return t.Resource(id)["Properties"].(map[string]any)
}

func (t Template) resources() map[string]any {
	resources, _ := t.Body["Resources"].(map[string]any)
	return resources
}

// At navigates from value along a path of keys and list indexes; a step that leads nowhere fails the test.
func At(t testing.TB, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		next, ok := any(nil), false
		switch step := step.(type) {
		case string:
			var m map[string]any
			m, _ = value.(map[string]any)
			next, ok = m[step]
		case int:
			list, _ := value.([]any)
			if ok = step < len(list); ok {
				next = list[step]
			}
		}
		if !ok {
			t.Fatalf("path %v: no %v in %s", path, step, JSON(t, value))
		}
		value = next
	}
	return value
}

// Statements returns what a role may do, as "actions on resources" by statement ID, and the statements' conditions. The role has one inline
// policy and no other one in the template; each statement allows actions by name.
func (t Template) Statements(tb testing.TB, roleID string) (statements map[string]string, conditions map[string]any) {
	tb.Helper()
	role := t.Properties(roleID)
	if role["ManagedPolicyArns"] != nil || len(t.IDs("AWS::IAM::Policy")) > 0 || len(role["Policies"].([]any)) != 1 {
		tb.Errorf("there is more than one policy: %s %v", JSON(tb, role), t.IDs("AWS::IAM::Policy"))
	}
	statements, conditions = map[string]string{}, map[string]any{}
	for _, s := range At(tb, role, "Policies", 0, "PolicyDocument", "Statement").([]any) {
		statement := s.(map[string]any)
		sid, actions := statement["Sid"].(string), Text(statement["Action"])
		if statement["Effect"] != "Allow" || strings.Contains(actions, "*") {
			tb.Errorf("%s: effect %v, actions %s: want Allow, and actions by name", sid, statement["Effect"], actions)
		}
		statements[sid] = actions + " on " + Text(statement["Resource"])
		if condition, ok := statement["Condition"]; ok {
			conditions[sid] = condition
		}
	}
	return statements, conditions
}

// Text is a value of a template on one line, a join as the text that it makes.
func Text(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if join, ok := v[name].([]any); ok && name == "Fn::Join" && join[0] == "" {
				return joined(join[1].([]any))
			}
			parts = append(parts, name+" "+Text(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, part := range v {
			parts = append(parts, Text(part))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func joined(parts []any) string {
	var text strings.Builder
	for _, part := range parts {
		text.WriteString(Text(part))
	}
	return text.String()
}

// JSON is value as indented JSON, for comparing and for reading.
func JSON(t testing.TB, value any) string {
	t.Helper()
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
