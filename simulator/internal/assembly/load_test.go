package assembly

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const minimalTemplate = `{"Resources": {"R": {"Type": "T"}}}`

func TestLoad(t *testing.T) {
	dir := written(t, map[string]string{
		"manifest.json": `{"version": "54.0.0", "artifacts": {
			"a": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "dependencies": ["z", "z.assets"],
				"properties": {"templateFile": "a.json"}},
			"z": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/cn-north-1",
				"properties": {"templateFile": "z.json", "stackName": "last"}},
			"z.assets": {"type": "cdk:asset-manifest", "properties": {"file": "z.assets.json"}}, "Tree": {"type": "cdk:tree"}}}`,
		"a.json": minimalTemplate,
		"z.json": `{"Resources": {"B": {"Type": "T"}, "A": {"Type": "U"}}, "Outputs": {
			"Suffix": {"Value": {"Ref": "AWS::URLSuffix"}}, "Arn": {"Value": {"Fn::GetAtt": ["A", "Arn"]}}}}`,
	})
	a, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range a.Stacks {
		got = append(got, fmt.Sprintf("%s in %s/%s", s.Name, s.Account, s.Region))
		for _, r := range s.Resources {
			got = append(got, r.Path())
		}
	}
	want := []string{"last in 111122223333/cn-north-1", "last/A", "last/B", "a in 000000000000/eu-west-1", "a/R"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if found := a.OfType("T"); len(found) != 2 || found[0].Path() != "last/B" || found[1].Path() != "a/R" {
		t.Errorf("got %v of type T", found)
	}
	outputs, err := a.Outputs("last", created{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"Suffix": "amazonaws.com.cn", "Arn": "last/A.Arn"}, outputs); diff != "" {
		t.Error(diff)
	}
}

func TestLoad_refuses(t *testing.T) {
	stack := func(properties string) string {
		return `{"artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": ` + properties + `}}}`
	}
	tests := map[string]struct{ manifest, want string }{
		"not JSON":         {`{`, "manifest.json: unexpected end of JSON input; a cloud assembly is the output directory of cdk synth"},
		"no stack":         {`{}`, "there is no stack"},
		"outside":          {stack(`{"templateFile": "../a.json"}`), `"../a.json" is not a path inside the assembly`},
		"absent template":  {stack(`{"templateFile": "b.json"}`), "no such file"},
		"asset parameters": {stack(`{"templateFile": "a.json", "parameters": {"P": "v"}}`), `parameters ["P"] are not supported`},
		"nested assembly":  {`{"artifacts": {"prod": {"type": "cdk:cloud-assembly"}}}`, `"prod" is a nested assembly`},
		"another artifact": {`{"artifacts": {"a": {"type": "cdk:new"}}}`, `the type "cdk:new"; supported`},
		"environment": {
			`{"artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws:/1", "properties": {"templateFile": "a.json"}}}}`,
			`environment "aws:/1" is not of the form`,
		},
		"absent dependency": {`{"artifacts": {"a": {"type": "aws:cloudformation:stack", "dependencies": ["b"]}}}`,
			`"a" depends on "b", which is not`},
		"circle": {`{"artifacts": {"a": {"type": "aws:cloudformation:stack", "dependencies": ["a"]}}}`, "a → a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Load(written(t, map[string]string{"manifest.json": test.manifest, "a.json": minimalTemplate}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a directory without manifest.json was loaded")
	}
}

func TestLoad_templateRefused(t *testing.T) {
	tests := map[string]struct {
		templates []string
		want      string
	}{
		"transform":         {[]string{`{"Transform": "AWS::Serverless-2016-10-31"}`}, `template section "Transform" is not supported`},
		"rule":              {[]string{`{"Rules": {"Mine": {}}}`}, `rule "Mine" is not supported`},
		"nested stack":      {[]string{`{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack"}}}`}, "A/N: nested stacks"},
		"no type":           {[]string{`{"Resources": {"N": {}}}`}, "A/N has no Type"},
		"unknown attribute": {[]string{`{"Resources": {"N": {"Type": "T", "Proprties": {}}}}`}, `unknown field "Proprties"`},
		"unknown condition": {[]string{`{"Resources": {"N": {"Type": "T", "Condition": "C"}}}`}, `A/N: condition "C" is not declared`},
		"depends on nothing": {
			[]string{`{"Resources": {"N": {"Type": "T", "DependsOn": ["X"]}}}`}, `A/N.DependsOn: there is no resource "X"`,
		},
		"depends on number": {[]string{`{"Resources": {"N": {"Type": "T", "DependsOn": 1}}}`}, "1 is neither a logical ID"},
		"condition circle": {
			[]string{`{"Conditions": {"C": {"Fn::Not": [{"Condition": "D"}]}, "D": {"Condition": "C"}}}`}, `condition "C" depends on itself`,
		},
		"condition of resource": {
			[]string{`{"Resources": {"R": {"Type": "T"}}, "Conditions": {"C": {"Fn::Equals": [{"Ref": "R"}, "x"]}}}`},
			"no reference to a resource is possible here",
		},
		"condition literal": {[]string{`{"Conditions": {"C": true}}`}, "A/Conditions/C: got true (bool), want one of Condition, Fn::And"},
		"condition unknown": {[]string{`{"Conditions": {"C": {"Fn::Contains": [[], 1]}}}`}, "function Fn::Contains is not supported here"},
		"condition arity":   {[]string{`{"Conditions": {"C": {"Fn::Or": []}}}`}, "want a list of 2 to 10 conditions"},
		"output of nothing": {[]string{`{"Outputs": {"O": {}}}`}, "A/Outputs.O has no Value"},
		"circle": {
			[]string{`{"Resources": {"R": {"Type": "T", "DependsOn": "S"}, "S": {"Type": "T", "Properties": {"P": {"Fn::Sub": "${R}"}}}}}`},
			"circular dependency: A/R → A/S → A/R",
		},
		"circle of stacks": {
			[]string{
				`{"Outputs": {"O": {"Value": {"Fn::ImportValue": "b"}, "Export": {"Name": "a"}}}}`,
				`{"Outputs": {"O": {"Value": {"Fn::GetStackOutput": {"StackName": "A", "OutputName": "O"}}, "Export": {"Name": "b"}}}}`,
			},
			"circular dependency: A/Outputs.O → B/Outputs.O → A/Outputs.O",
		},
		"same export twice": {
			[]string{
				`{"Outputs": {"O": {"Value": "1", "Export": {"Name": "a"}}}}`,
				`{"Outputs": {"P": {"Value": "2", "Export": {"Name": "a"}}}}`,
			},
			`B/Outputs.P.Export.Name: export "a" is also made by A/Outputs.O`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parsed(t, test.templates...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestOutputs(t *testing.T) {
	a, err := parsed(t, `{"Conditions": {"No": {"Fn::Equals": [1, 2]}}, "Outputs": {"Left": {"Value": "x", "Condition": "No"},
		"Kept": {"Value": "y"}}}`,
		`{"Outputs": {"Secret": {"Value": {"Fn::Join": ["", ["{{resolve:", "ssm:a}}"]]}}}}`,
		`{"Outputs": {"None": {"Value": {"Ref": "AWS::NoValue"}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Outputs("A", created{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"Kept": "y"}, got); diff != "" {
		t.Error(diff)
	}
	for stack, want := range map[string]string{"B": "would publish", "C": "got AWS::NoValue", "D": `no stack "D"`} {
		if _, err := a.Outputs(stack, created{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", stack, err, want)
		}
	}
}

func TestLoad_conditionOfResource(t *testing.T) {
	a, err := parsed(t, `{"Conditions": {"No": {"Fn::Equals": [1, 2]}}, "Resources": {"Left": {"Type": "T", "Condition": "No"},
		"Kept": {"Type": "T", "DependsOn": "Left"}}}`)
	if err != nil {
		t.Fatal(err)
	}
	if found := a.OfType("T"); len(found) != 1 || found[0].LogicalID != "Kept" {
		t.Errorf("got %d resources, want only Kept", len(found))
	}
}

// TestProjectTemplates resolves everything that this project synthesizes.
func TestProjectTemplates(t *testing.T) {
	for _, environment := range []string{"dev", "prod"} {
		files, err := filepath.Glob("../../../testdata/snapshots/m2m-" + environment + "-*.snap.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: got %d snapshots: %v", environment, len(files), err)
		}
		slices.SortFunc(files, func(a, b string) int { // The stack that exports the pool comes first.
			return strings.Compare(strings.ReplaceAll(a, "-identity_", "-0_"), strings.ReplaceAll(b, "-identity_", "-0_"))
		})
		var manifest strings.Builder
		dir := t.TempDir()
		for i, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(filepath.Base(file), "_1.snap.json")
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&manifest, `, "%d": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
				"properties": {"templateFile": %q, "stackName": %q}}`, i, name, name)
		}
		artifacts := `{"artifacts": {` + strings.TrimPrefix(manifest.String(), ",") + `}}`
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(artifacts), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range a.Stacks {
			for _, r := range s.Resources {
				if _, err := a.Resolve(r, created{}); err != nil {
					t.Error(err)
				}
			}
			if _, err := a.Outputs(s.Name, created{}); err != nil {
				t.Error(err)
			}
		}
		if n := len(a.OfType("AWS::Cognito::UserPoolClient")); n < 2 {
			t.Errorf("%s: got %d app clients, want the tenants'", environment, n)
		}
	}
}
