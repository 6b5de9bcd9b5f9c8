package limits_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/limits"
)

func TestQuotas(t *testing.T) {
	references := func(n int) map[string]any {
		return map[string]any{"Resources": map[string]any{"R": strings.Repeat("{{resolve:secretsmanager:a}}", n)}}
	}
	for _, test := range []struct {
		name     string
		template map[string]any
		source   string
		want     string
	}{
		{"full stack", map[string]any{"Resources": entries(500), "Outputs": entries(200), "Parameters": entries(200)}, "", ""},
		{"too many resources", map[string]any{"Resources": entries(501)}, "environments/prod/tenants/core.yaml",
			"stack core: 501 resources, CloudFormation allows 500: split environments/prod/tenants/core.yaml into 2 files by moving tenants that are not deployed yet"},
		{"far too many resources", map[string]any{"Resources": entries(1501)}, "core.yaml", "stack core: 1501 resources, CloudFormation allows 500: split core.yaml into 4 files by moving tenants that are not deployed yet"},
		{"too many outputs of a stack without a file", map[string]any{"Outputs": entries(201)}, "", "stack core: 201 outputs, CloudFormation allows 200"},
		{"too many parameters", map[string]any{"Parameters": entries(201)}, "", "stack core: 201 parameters, CloudFormation allows 200"},
		{"all dynamic references", references(60), "", ""},
		{"too many dynamic references", references(61), "core.yaml", "stack core: 61 dynamic references, CloudFormation allows 60: split core.yaml into 2 files by moving tenants that are not deployed yet"},
		{"too long", map[string]any{"Description": strings.Repeat("x", 1<<20)}, "", "stack core: 1048594 bytes, CloudFormation allows 1048576"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body, err := json.Marshal(test.template)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "core.template.json"), body, 0o600); err != nil {
				t.Fatal(err)
			}
			err = errors.Join(limits.Check(dir, func(string) string { return test.source })...)
			if got := fmt.Sprint(err); got != test.want && (err != nil || test.want != "") {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func entries(n int) map[string]any {
	all := map[string]any{}
	for i := range n {
		all[fmt.Sprintf("E%d", i)] = map[string]any{}
	}
	return all
}
