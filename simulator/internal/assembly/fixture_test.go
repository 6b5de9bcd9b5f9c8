package assembly

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// created answers for resources with texts that name the question.
type created struct{}

func (created) Ref(r *Resource) (any, error) { return "ref-of-" + r.LogicalID, nil }

func (created) GetAtt(r *Resource, attribute string) (any, error) {
	switch attribute {
	case "Unknown":
		return nil, fmt.Errorf("%s has no attribute %q", r.Type, attribute)
	case "List":
		return []string{"a", "b"}, nil
	}
	return r.Path() + "." + attribute, nil
}

func (created) Dynamic(reference string) (string, error) {
	if reference == "ssm:absent" {
		return "", fmt.Errorf("there is no parameter absent")
	}
	return "<" + reference + ">", nil
}

// parsed makes an assembly of templates, each of a stack named A, B, … in the default environment.
func parsed(t *testing.T, templates ...string) (*Assembly, error) {
	t.Helper()
	var stacks []*Stack
	for i, template := range templates {
		s := &Stack{Name: string(rune('A' + i)), Account: defaultAccount, Region: defaultRegion}
		var sections map[string]json.RawMessage
		if err := json.Unmarshal([]byte(template), &sections); err != nil {
			return nil, err
		}
		if err := s.parse(sections); err != nil {
			return nil, err
		}
		stacks = append(stacks, s)
	}
	return link(stacks)
}

// surrounding has something of everything that a property can refer to. %s is the value under test.
const surrounding = `{
	"Parameters": {
		"Text": {"Type": "String", "Default": "text"}, "Number": {"Type": "Number", "Default": 7},
		"Comma": {"Type": "CommaDelimitedList", "Default": "x, y"}, "NoDefault": {"Type": "String"},
		"Bootstrap": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/version"}
	},
	"Mappings": {"Map": {"eu-west-1": {"Name": "mapped", "List": ["l1", "l2"]}}},
	"Conditions": {
		"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]},
		"Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}, "Both": {"Fn::And": [{"Condition": "No"}, {"Condition": "Yes"}]}
	},
	"Resources": {
		"Tested": {"Type": "T", "Properties": {"P": %s}},
		"Other": {"Type": "T"}, "Omitted": {"Type": "T", "Condition": "No"}
	}
}`

const exporting = `{"Resources": {"Pool": {"Type": "T"}}, "Outputs": {
	"Id": {"Value": {"Ref": "Pool"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Id"}}},
	"Weak": {"Value": {"Fn::GetAtt": ["Pool", "Arn"]}}
}}`

// resolve evaluates a value inside the surrounding, which is stack B beside the exporting A.
func resolve(t *testing.T, value string) (any, error) {
	t.Helper()
	a, err := parsed(t, exporting, fmt.Sprintf(surrounding, value))
	if err != nil {
		return nil, err
	}
	for _, r := range a.OfType("T") {
		if r.LogicalID == "Tested" {
			properties, err := a.Resolve(r, created{})
			return properties["P"], err
		}
	}
	return nil, fmt.Errorf("the resource under test is gone")
}

// written puts files into a directory.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
