package templates_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

type object = map[string]any

func TestText_followsReferences(t *testing.T) {
	dir := houserules.Write(t, object{
		"a": object{
			"Resources":  object{"R": object{"Type": "T"}},
			"Parameters": object{"P": object{"Type": "String"}},
			"Outputs": object{
				"Exported": object{"Value": object{"Fn::GetAtt": []any{"R", "Arn"}}, "Export": object{"Name": "a:R"}},
				"Plain":    object{"Value": object{"Ref": "R"}},
			},
		},
		"b": object{"Outputs": object{"Circle": object{"Value": object{"Fn::ImportValue": "b:Circle"}, "Export": object{"Name": "b:Circle"}}}},
	})
	a, err := templates.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	imported := object{"Fn::ImportValue": "a:R"}
	for name, test := range map[string]struct {
		value      any
		want, fail string
	}{
		"text":             {"x", "x", ""},
		"number":           {12.0, "12", ""},
		"nothing":          {nil, "", ""},
		"resource":         {object{"Ref": "R"}, "{a R}", ""},
		"parameter":        {object{"Ref": "P"}, "{a P}", ""},
		"pseudo parameter": {object{"Ref": "AWS::Region"}, "{AWS::Region}", ""},
		"attribute":        {object{"Fn::GetAtt": []any{"R", "A.B"}}, "{a R.A.B}", ""},
		"export":           {imported, "{a R.Arn}", ""},
		"output":           {object{"Fn::GetStackOutput": object{"StackName": "a", "OutputName": "Plain"}}, "{a R}", ""},
		"join":             {object{"Fn::Join": []any{"-", []any{"x", imported, object{"Ref": "R"}}}}, "x-{a R.Arn}-{a R}", ""},
		"substitution":     {object{"Fn::Sub": "${R}/${R.Arn}/${!R}/${AWS::Region}"}, "{a R}/{a R.Arn}/${R}/{AWS::Region}", ""},
		"with variables":   {object{"Fn::Sub": []any{"${V}${R}", object{"V": imported}}}, "{a R.Arn}{a R}", ""},
		"unknown name":     {object{"Ref": "Q"}, "{?}", "refers to Q, which stack a does not have"},
		"unknown export":   {object{"Fn::ImportValue": "a:Q"}, "{?}", `imports "a:Q", which no stack of this app exports`},
		"unknown output": {object{"Fn::GetStackOutput": object{"StackName": "a", "OutputName": "Q"}}, "{?}",
			`gets the output "a Q", which no stack of this app has`},
		"unknown function": {object{"Fn::Split": []any{",", "a"}}, "{?}", "Fn::Split [, a] cannot be followed here"},
		"unknown part":     {object{"Fn::Join": []any{"", []any{"x", object{"Ref": "Q"}, "y"}}}, "x{?}y", "refers to Q"},
		"list":             {[]any{"a"}, "{?}", "[a] is not a text"},
		"object":           {object{"a": 1, "b": 2}, "{?}", "an object is not a text"},
		"circle":           {object{"Fn::ImportValue": "b:Circle"}, "{?}", "takes more than 100000 steps"},
		"no text to fill":  {object{"Fn::Sub": 1}, "{?}", "Fn::Sub 1 cannot be followed"},
	} {
		got, err := a.Stacks[0].Text(test.value)
		if got != test.want || (err == nil) != (test.fail == "") || err != nil && !strings.Contains(err.Error(), test.fail) {
			t.Errorf("%s: got %q, %v, want %q, %q", name, got, err, test.want, test.fail)
		}
	}
	for text, want := range map[string]string{"{a R}": "R", "arn:{a R.Arn}:x": "R", "{a Q}": "", "{AWS::Region}{?}": ""} {
		var ids string
		for _, r := range a.Mentioned(text) {
			ids += r.ID
		}
		if ids != want {
			t.Errorf("%s mentions %q, want %q", text, ids, want)
		}
	}
}
