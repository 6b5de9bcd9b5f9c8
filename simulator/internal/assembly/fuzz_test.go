package assembly

import (
	"fmt"
	"testing"
)

// FuzzResolve loads any text as a template beside one with exports, and resolves all of it: there is a value or an error.
func FuzzResolve(f *testing.F) {
	f.Add(minimalTemplate)
	f.Add(exporting)
	for _, value := range []string{
		`{"Fn::Sub": ["${A}${Other.Arn}", {"A": {"Fn::ImportValue": "A:Id"}}]}`, `{"Fn::Select": [0, {"Fn::Split": [",", "a,b"]}]}`,
		`{"Fn::If": ["Yes", {"Fn::Join": ["", ["{{resolve:ssm:", {"Ref": "Text"}, "}}"]]}, {"Ref": "AWS::NoValue"}]}`,
		`{"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "List"]}`, `{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Weak"}}`,
	} {
		f.Add(fmt.Sprintf(surrounding, value))
	}
	f.Fuzz(func(t *testing.T, template string) {
		a, err := parsed(t, exporting, template)
		if err != nil {
			return
		}
		for _, s := range a.Stacks {
			for _, r := range s.Resources {
				if properties, err := a.Resolve(r, created{}); err == nil && properties == nil {
					t.Errorf("%s: neither properties nor an error", r.Path())
				}
			}
			if outputs, err := a.Outputs(s.Name, created{}); err == nil && outputs == nil {
				t.Errorf("%s: neither outputs nor an error", s.Name)
			}
		}
	})
}
