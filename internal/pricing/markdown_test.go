package pricing_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// After a price has changed, copy what -v prints to docs/cost.md.
func TestMarkdown_isWhatDocsShow(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "cost.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"cost": pricing.Default().Markdown(), "credentials' cost": pricing.Default().CredentialsMarkdown(),
	} {
		begin, end := "<!-- "+name+": go test -v -run Markdown ./internal/pricing -->\n", "<!-- /"+name+" -->"
		_, rest, foundBegin := strings.Cut(string(page), begin)
		got, _, foundEnd := strings.Cut(rest, end)
		if !foundBegin || !foundEnd {
			t.Fatalf("docs/cost.md has no section between %q and %q", begin, end)
		}
		t.Log("\n" + want)
		if got != want {
			t.Errorf("docs/cost.md shows other costs:\n%s", got)
		}
	}
}
