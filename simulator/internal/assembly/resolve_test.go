package assembly

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestResolve(t *testing.T) {
	list := func(items ...any) []any { return items }
	tests := map[string]struct {
		value string
		want  any
	}{
		"literals are kept":        {`{"a": [1, true, "s", {}]}`, map[string]any{"a": list(1.0, true, "s", map[string]any{})}},
		"resource":                 {`{"Ref": "Other"}`, "ref-of-Other"},
		"parameter":                {`{"Ref": "Text"}`, "text"},
		"number parameter":         {`{"Ref": "Number"}`, "7"},
		"list parameter":           {`{"Ref": "Comma"}`, list("x", "y")},
		"SSM parameter":            {`{"Ref": "Bootstrap"}`, "value-of-ssm-parameter:/version"},
		"region":                   {`{"Ref": "AWS::Region"}`, "eu-west-1"},
		"account":                  {`{"Ref": "AWS::AccountId"}`, "000000000000"},
		"partition":                {`{"Ref": "AWS::Partition"}`, "aws"},
		"URL suffix":               {`{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		"stack name":               {`{"Ref": "AWS::StackName"}`, "B"},
		"no value in an object":    {`{"a": {"Ref": "AWS::NoValue"}, "b": 1}`, map[string]any{"b": 1.0}},
		"no value in a list":       {`[{"Ref": "AWS::NoValue"}, 1]`, list(1.0)},
		"no value at the top":      {`{"Ref": "AWS::NoValue"}`, nil},
		"no value in a join":       {`{"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, "b"]]}`, "a-b"},
		"attribute":                {`{"Fn::GetAtt": ["Other", "Arn"]}`, "B/Other.Arn"},
		"attribute, one string":    {`{"Fn::GetAtt": "Other.Endpoint.Port"}`, "B/Other.Endpoint.Port"},
		"attribute of a parameter": {`{"Fn::GetAtt": ["Other", {"Ref": "Text"}]}`, "B/Other.text"},
		"list attribute":           {`{"Fn::Join": [",", {"Fn::GetAtt": ["Other", "List"]}]}`, "a,b"},
		"join of kinds":            {`{"Fn::Join": ["", ["a", 1, 0.5, true, {"Ref": "Other"}]]}`, "a10.5trueref-of-Other"},
		"join of large number":     {`{"Fn::Join": ["", [123456789012]]}`, "123456789012"},
		"sub":                      {`{"Fn::Sub": "${AWS::Region}/${Other}/${Other.Arn}/${!Literal}/$x"}`, "eu-west-1/ref-of-Other/B/Other.Arn/${Literal}/$x"},
		"sub with variables":       {`{"Fn::Sub": ["${A}${Other}", {"A": {"Fn::Join": ["", ["x"]]}, "Other": 2}]}`, "x2"},
		"select":                   {`{"Fn::Select": [1, ["a", "b"]]}`, "b"},
		"select with text index":   {`{"Fn::Select": ["0", {"Ref": "Comma"}]}`, "x"},
		"split":                    {`{"Fn::Split": ["/", "a//b"]}`, list("a", "", "b")},
		"select of split":          {`{"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}`, "B"},
		"import":                   {`{"Fn::ImportValue": "A:Id"}`, "ref-of-Pool"},
		"import by function":       {`{"Fn::ImportValue": {"Fn::Join": [":", ["A", "Id"]]}}`, "ref-of-Pool"},
		"weak reference":           {`{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Weak"}}`, "A/Pool.Arn"},
		"weak, with role": {
			`{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Weak", "Region": "eu-west-1",
				"RoleArn": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/r"}}}`,
			"A/Pool.Arn",
		},
		"if met":             {`{"Fn::If": ["Either", "a", "b"]}`, "a"},
		"if not met":         {`{"Fn::If": ["Both", "a", "b"]}`, "b"},
		"if skips the other": {`{"Fn::If": ["Yes", "a", {"Ref": "Omitted"}]}`, "a"},
		"mapping":            {`{"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Name"]}`, "mapped"},
		"mapped list":        {`{"Fn::FindInMap": ["Map", "eu-west-1", "List"]}`, list("l1", "l2")},
		"base64":             {`{"Fn::Base64": "a?>"}`, "YT8+"},
		"dynamic reference":  {`["{{resolve:ssm:/a}}"]`, list("<ssm:/a>")},
		"dynamic among text": {`"x{{resolve:ssm:/a:1}}y{{resolve:ssm-secure:/b}}z"`, "x<ssm:/a:1>y<ssm-secure:/b>z"},
		"dynamic joined": {`{"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Other"}, ":SecretString:::}}"]]}`,
			"<secretsmanager:ref-of-Other:SecretString:::>"},
		"other braces": {`"{{x}} {####}"`, "{{x}} {####}"},
		"condition key in value": {`{"Condition": {"StringEquals": {"a": "b"}}}`,
			map[string]any{"Condition": map[string]any{"StringEquals": map[string]any{"a": "b"}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(t, test.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolve_refuses(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"another function": {`{"x": [{"Fn::GetAZs": ""}]}`,
			"B/Tested.Properties.P.x[0]: function Fn::GetAZs is not supported here; supported: Ref, "},
		"transform":             {`{"Fn::Transform": {}}`, "function Fn::Transform is not supported"},
		"condition in property": {`{"Fn::Equals": [1, 1]}`, "function Fn::Equals is not supported"},
		"key beside function":   {`{"Ref": "Other", "x": 1}`, `Ref must be the only key, got an object with the keys ["Ref" "x"]`},
		"null":                  {`[null]`, "B/Tested.Properties.P[0]: null is not a value"},
		"unknown resource":      {`{"Ref": "Absent"}`, `B/Tested.Properties.P.Ref: there is no resource or parameter "Absent" in the stack`},
		"unknown in sub":        {`{"Fn::Sub": "${Absent.Arn}"}`, `there is no resource or parameter "Absent"`},
		"unknown pseudo":        {`{"Ref": "AWS::NotificationARNs"}`, `pseudo parameter "AWS::NotificationARNs" is not supported`},
		"ref to itself":         {`{"Ref": "Tested"}`, "circular dependency: B/Tested → B/Tested"},
		"omitted resource":      {`{"Ref": "Omitted"}`, `resource "Omitted" is left out by its condition`},
		"parameter unset":       {`{"Ref": "NoDefault"}`, `parameter "NoDefault": there is no default`},
		"ref of object":         {`{"Ref": {}}`, "want the name of a resource or parameter"},
		"unknown attribute": {`{"Fn::GetAtt": ["Other", "Unknown"]}`,
			`B/Tested.Properties.P.Fn::GetAtt: Other.Unknown: T has no attribute "Unknown"`},
		"attribute without name": {`{"Fn::GetAtt": "Other"}`, `want ["resource", "attribute"]`},
		"join of list":           {`{"Fn::Join": ["", [["a"]]]}`, "got a list of 1, want a string"},
		"join without list":      {`{"Fn::Join": ["", "a"]}`, `got "a", want a list`},
		"join of three":          {`{"Fn::Join": ["", [], []]}`, "got a list of 3, want [delimiter, list of values]"},
		"sub unclosed":           {`{"Fn::Sub": "${A"}`, "${A has no closing brace"},
		"sub of no name":         {`{"Fn::Sub": "${ Other }"}`, "${ Other } is not a name"},
		"select outside":         {`{"Fn::Select": [2, ["a", "b"]]}`, `got index "2", want 0 to 1`},
		"select half":            {`{"Fn::Select": [0.5, ["a", "b"]]}`, `got index "0.5"`},
		"split by nothing":       {`{"Fn::Split": ["", "a"]}`, "want a literal string that is not empty"},
		"import absent":          {`{"Fn::ImportValue": "A:Absent"}`, `no stack of the assembly in 000000000000/eu-west-1 exports "A:Absent"`},
		"import by resource":     {`{"Fn::ImportValue": {"Ref": "Other"}}`, "no reference to a resource is possible here"},
		"output absent":          {`{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "No"}}`, `no output "No" of stack "A"`},
		"output elsewhere":       {`{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Weak", "Region": "us-east-1"}}`, "us-east-1"},
		"output in account": {`{"Fn::GetStackOutput": {"StackName": "A", "OutputName": "Weak", "RoleArn": "arn:aws:iam::1:role/r"}}`,
			"in 1/eu-west-1"},
		"output key":     {`{"Fn::GetStackOutput": {"Stack": "A"}}`, `key "Stack" is not supported`},
		"if unknown":     {`{"Fn::If": ["Absent", 1, 2]}`, `condition "Absent" is not declared`},
		"mapping absent": {`{"Fn::FindInMap": ["Map", "us-east-1", "Name"]}`, `mapping "Map" has no value for "us-east-1" and "Name"`},
		"base64 of list": {`{"Fn::Base64": []}`, "got a list of 0"},
		"dynamic fails": {`{"a": "{{resolve:ssm:absent}}"}`,
			"B/Tested.Properties.P.a: dynamic reference ssm:absent: there is no parameter absent"},
		"dynamic unknown":  {`"{{resolve:s3:x}}"`, "{{resolve:s3:x is not a dynamic reference"},
		"dynamic unclosed": {`"{{resolve:ssm:x"`, "is not a dynamic reference"},
		"too deep":         {strings.Repeat("[", 300) + strings.Repeat("]", 300), "values are nested deeper than 200"},
		"too long": {
			`{"Fn::Sub": ["` + strings.Repeat("${A}", 20_000) + `", {"A": "` + strings.Repeat("x", 1000) + `"}]}`,
			"more than 16777216 bytes of text",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(t, test.value)
			if err == nil {
				t.Fatalf("got %v, want an error with %q", got, test.want)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want an error with %q", err, test.want)
			}
		})
	}
}
