package docs_test

import (
	"os/exec"
	"strings"
	"testing"
)

// Tools of tests do not become part of what teams import or run.
func TestArchitecture_productionPackagesImportNoTestTools(t *testing.T) {
	const testkit = module + "/internal/testkit"
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		if strings.HasPrefix(imports[0], testkit) {
			continue
		}
		packages++
		for _, imported := range imports[1:] {
			if strings.HasPrefix(imported, testkit) {
				t.Errorf("%s imports %s", imports[0], imported)
			}
		}
	}
	if packages < 40 {
		t.Errorf("only %d packages are looked at", packages)
	}
}
