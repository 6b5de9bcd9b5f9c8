package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type object = map[string]any

func resources(t *testing.T) map[string]object {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(assembly, "orders-api.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct{ Resources map[string]object }
	if err := json.Unmarshal(body, &template); err != nil {
		t.Fatal(err)
	}
	return template.Resources
}

func TestAPI_hasNoOpenMethod(t *testing.T) {
	n := 0
	for id, r := range resources(t) {
		properties, _ := r["Properties"].(object)
		if r["Type"] != "AWS::ApiGateway::Method" || !strings.HasPrefix(id, "OrdersApi") {
			continue
		}
		n++
		if properties["AuthorizationType"] != "CUSTOM" || properties["AuthorizerId"] == nil {
			t.Errorf("%s: %v", id, properties["AuthorizationType"])
		}
	}
	if n != 3 {
		t.Errorf("%d methods, want 3", n)
	}
}

// The function's role does with the table what the function does, and nothing with anything else but its log.
func TestFunction_hasOnlyTheRightsThatItUses(t *testing.T) {
	var got []string
	for id, r := range resources(t) {
		if !strings.HasPrefix(id, "FunctionRole") {
			continue
		}
		for _, p := range r["Properties"].(object)["Policies"].([]any) {
			for _, s := range p.(object)["PolicyDocument"].(object)["Statement"].([]any) {
				statement := s.(object)
				got = append(got, fmt.Sprint(statement["Effect"], statement["Action"], statement["Resource"].(object)["Fn::GetAtt"]))
			}
		}
	}
	want := []string{
		"Allow[dynamodb:GetItem dynamodb:PutItem dynamodb:Query] [OrdersA9B65338 Arn]",
		"Allow[logs:CreateLogStream logs:PutLogEvents] [FunctionLog05E39BEF Arn]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
