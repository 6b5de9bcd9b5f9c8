// Package cdktest synthesizes constructs for tests and finds values in the templates.
//
// jsii is not safe for concurrent use: no test that comes here may call t.Parallel.
package cdktest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

// Main runs a package's tests and ends the jsii kernel, which all tests of the package share. It leaves out CDK's validation of every synthesized
// template, the greater part of a synth's time: `cdk synth` has it on, and so has the continuous integration.
func Main(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// NewStack returns an empty stack in an app with this project's feature flags.
func NewStack(t testing.TB) awscdk.Stack {
	t.Helper()
	app := awscdk.NewApp(&awscdk.AppProps{Context: FeatureFlags(t), Outdir: jsii.String(t.TempDir())})
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

// JSON is value as indented JSON, for comparing and for reading.
func JSON(t testing.TB, value any) string {
	t.Helper()
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
