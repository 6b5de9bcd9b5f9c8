package pricing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// The README says what this package computes. With -v the test prints it, to be copied there after a price has changed.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"cost": pricing.Default().Markdown(), "credentials' cost": pricing.Default().CredentialsMarkdown()} {
		begin, end := "<!-- "+name+": go test -v -run README ./internal/pricing -->\n", "<!-- /"+name+" -->"
		_, rest, foundBegin := strings.Cut(string(readme), begin)
		got, _, foundEnd := strings.Cut(rest, end)
		if !foundBegin || !foundEnd {
			t.Fatalf("README.md has no section between %q and %q", begin, end)
		}
		t.Log("\n" + want)
		if got != want {
			t.Errorf("README.md shows other costs:\n%s", got)
		}
	}
}
