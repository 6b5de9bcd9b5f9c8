package main

import (
	"os"
	"strings"
	"testing"
)

// Both apps must compile the same versions, or their builds cannot be compared.
func TestMinimal_versions(t *testing.T) {
	ours, theirs := versions(t, "../../go.mod"), versions(t, "minimal/go.mod")
	if theirs["github.com/aws/aws-cdk-go/awscdk/v2"] == "" {
		t.Error("the minimal app does not require CDK")
	}
	for module, version := range theirs {
		if own, required := ours[module]; required && own != version {
			t.Errorf("the minimal app requires %s %s, this app %s", module, version, own)
		}
	}
}

func versions(t *testing.T, file string) map[string]string {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(body)) {
		if fields := strings.Fields(line); len(fields) >= 2 && strings.Contains(fields[0], ".") && strings.HasPrefix(fields[1], "v") {
			found[fields[0]] = fields[1]
		}
	}
	return found
}
