package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The sample in docs/credentials.md is part of the package's example, which compiles and runs.
func TestCredentials_sampleIsTheExample(t *testing.T) {
	page, err := os.ReadFile("credentials.md")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(root + "/credentials/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	samples := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(samples) != 1 {
		t.Fatalf("docs/credentials.md has %d samples, want 1", len(samples))
	}
	sample := "\t" + strings.ReplaceAll(strings.TrimSpace(samples[0][1]), "\n", "\n\t")
	if !strings.Contains(string(example), sample) {
		t.Errorf("docs/credentials.md has a sample that is not in credentials/example_test.go:\n%s", sample)
	}
}
