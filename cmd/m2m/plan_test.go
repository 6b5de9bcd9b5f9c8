package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// assembly writes a cloud assembly of one stack and returns its directory.
func assembly(t *testing.T, resources string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir+"/manifest.json", `{"artifacts": {"app": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "app.json"}}}}`)
	put(t, dir+"/app.json", `{"Resources": {`+resources+`}}`)
	return dir
}

func TestPlan_exitStatus(t *testing.T) {
	const client = `"C": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {"UserPoolId": "p", "ClientName": "billing"}}`
	plain := assembly(t, client)
	replaced := assembly(t, strings.ReplaceAll(client, `"p"`, `"q"`))
	unknown := assembly(t, client+`, "U": {"Type": "AWS::Nowhere::Thing"}`)
	for _, test := range []struct {
		name, deployed, next string
		status               int
		want                 string
	}{
		{"nothing changed", plain, plain, statusOK, "The deployment succeeds, and interrupts no token request.\n"},
		{"first deployment", "", plain, statusOK, "The deployment succeeds, and interrupts no token request.\n"},
		{"client replaced", plain, replaced, statusOK, "The deployment succeeds, and interrupts token requests.\n"},
		{"would fail", plain, unknown, statusWouldFail, "The deployment fails in [app]; the stacks before it are deployed, and interrupts no token request.\n"},
		{"no assembly", "nowhere", plain, statusFailed, "m2m: there is no nowhere/manifest.json; a cloud assembly is the output directory of cdk synth\n"},
	} {
		for _, format := range []string{"", "--json"} {
			args := []string{"plan", "--assembly", test.next, "--deployed", test.deployed}
			if format != "" {
				args = append(args, format)
			}
			var out, problems bytes.Buffer
			status := execute(t.Context(), newRootCommand(nil, nil), args, &out, &problems)
			if status != test.status {
				t.Errorf("%s %s: status %d, want %d: %s%s", test.name, format, status, test.status, out.String(), problems.String())
			}
			if format == "" && !strings.HasSuffix(out.String()+problems.String(), test.want) {
				t.Errorf("%s: got %s%s, want it to end with %s", test.name, out.String(), problems.String(), test.want)
			}
			var plan struct{ Fails bool }
			if format != "" && status != statusFailed && (json.Unmarshal(out.Bytes(), &plan) != nil || plan.Fails != (status == statusWouldFail)) {
				t.Errorf("%s: %s", test.name, out.String())
			}
		}
	}
}
