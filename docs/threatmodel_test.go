package docs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = ".."

// The resources, properties, functions and tests that the threat model names must exist, and every threat must have a test.
func TestThreatModel_holds(t *testing.T) {
	page, err := os.ReadFile("threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	threats, errs := checkThreatModel(string(page))
	for _, err := range errs {
		t.Errorf("docs/threat-model.md: %v", err)
	}
	if threats < 65 {
		t.Errorf("docs/threat-model.md has %d threats: some are lost", threats)
	}
}

// The check itself is tested with broken rows.
func TestThreatModel_checkFindsFaults(t *testing.T) {
	const test = "`./docs -run TestThreatModel_holds`"
	row := func(stopped, tests string) string {
		return "| | Threat | Stopped by | What remains | Test |\n|---|---|---|---|---|\n| S1 | anyone | " + stopped + " | nothing | " +
			tests + " |\n"
	}
	for name, c := range map[string]struct{ page, want string }{
		"good":            {row("`identity/PoolUserPool04A1AA15.DeletionProtection`", test), ""},
		"element by name": {row("`gateway/PoolWebAclWebACL0AB7C6C6.Rules.block-all.Priority`", test), ""},
		"no such test":    {row("it", "`./docs -run TestNothing`"), "line 3: S1: there is no test TestNothing in ./docs"},
		"no such package": {row("it", "`./doks -run TestNothing`"), "line 3: S1: there is no test TestNothing in ./doks"},
		"a helper":        {row("it", "`./docs -run checkThreatModel`"), "line 3: S1: `./docs -run checkThreatModel` is no test"},
		"no test":         {row("it", "review"), "line 3: S1 has no test"},
		"no such stack": {row("`other/PoolUserPool04A1AA15.DeletionProtection`", test),
			"open ../testdata/snapshots/m2m-prod-other_1.snap.json"},
		"no such resource": {row("`gateway/PoolUserPool04A1AA15`", test),
			"line 3: gateway/PoolUserPool04A1AA15: there is no PoolUserPool04A1AA15"},
		"no such property":   {row("`identity/PoolUserPool04A1AA15.Deletion`", test), "there is no Deletion"},
		"no such element":    {row("`gateway/PoolWebAclWebACL0AB7C6C6.Rules.block-some`", test), "there is no block-some"},
		"element out of end": {row("`gateway/PoolWebAclWebACL0AB7C6C6.Rules.2`", test), "there is no 2"},
		"method by name":     {row("`verify.Verifier.Verify`", test), ""},
		"field by name":      {row("`verify.Config.MaxStale`", test), ""},
		"no such function":   {row("`verify.Check`", test), "line 3: verify.Check: there is no Check in package verify"},
		"no such method": {row("`credentials.Source.Send`", test),
			"line 3: credentials.Source.Send: there is no Source.Send in package credentials"},
		"short row":         {"| S1 | anyone |\n", "line 1: S1 has 2 cells: want 5"},
		"duplicate":         {row("it", test) + "| S1 | a | b | c | " + test + " |\n", "line 4: duplicate S1"},
		"unknown remainder": {strings.Replace(row("it", test), "nothing", "N99", 1), "line 3: there is no N99"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := checkThreatModel(c.page)
			if err := errors.Join(errs...); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}

var (
	codeSpan    = regexp.MustCompile("`([^`]+)`")
	threatID    = regexp.MustCompile(`^[STRIQP]\d+$`)
	remainderID = regexp.MustCompile(`\bN\d+\b`)
	resource    = regexp.MustCompile(`^([a-z][a-z-]*)/([A-Za-z0-9]+[0-9A-F]{8})((?:\.[^.]+)*)$`)
	testRun     = regexp.MustCompile(`^(\.(?:/[a-z0-9/]+)?) -run ((?:Test|Fuzz)[A-Z]\w*)$`)
)

// checkThreatModel returns the number of threats and the errors of the page.
func checkThreatModel(page string) (threats int, errs []error) {
	var seen, remainders []string
	for n, line := range strings.Split(page, "\n") {
		fail := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("line %d: "+format, append([]any{n + 1}, args...)...))
		}
		for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
			if err := errors.Join(findResource(span[1]), findSymbol(span[1])); err != nil {
				fail("%s: %w", span[1], err)
			}
		}
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := cellsOf(line)
		id := cells[0]
		if remainderID.MatchString(id) {
			remainders = append(remainders, id)
		}
		if !threatID.MatchString(id) {
			continue
		}
		threats++
		if slices.Contains(seen, id) {
			fail("duplicate %s", id)
		}
		seen = append(seen, id)
		if len(cells) != 5 {
			fail("%s has %d cells: want 5", id, len(cells))
			continue
		}
		tests := codeSpan.FindAllStringSubmatch(cells[4], -1)
		if len(tests) == 0 {
			fail("%s has no test", id)
		}
		for _, span := range tests {
			run := testRun.FindStringSubmatch(span[1])
			if run == nil {
				fail("%s: %s is no test: want `./package -run TestName`", id, span[0])
			} else if !hasTest(run[1], run[2]) {
				fail("%s: there is no test %s in %s", id, run[2], run[1])
			}
		}
	}
	for n, line := range strings.Split(page, "\n") {
		for _, id := range remainderID.FindAllString(line, -1) {
			if !slices.Contains(remainders, id) {
				errs = append(errs, fmt.Errorf("line %d: there is no %s", n+1, id))
			}
		}
	}
	return threats, errs
}

func cellsOf(row string) []string {
	cells := strings.Split(strings.Trim(row, "| "), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// hasTest says whether a package has a test function of the name.
func hasTest(folder, name string) bool {
	files, _ := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			continue // The package does not compile, as its own tests will say.
		}
		for _, declaration := range parsed.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
				return true
			}
		}
	}
	return false
}

// findResource follows stack/LogicalID.Property.Element… in prod's snapshots. It accepts any other text.
func findResource(text string) error {
	match := resource.FindStringSubmatch(text)
	if match == nil {
		return nil
	}
	body, err := os.ReadFile(filepath.Join(root, "testdata", "snapshots", "m2m-prod-"+match[1]+"_1.snap.json"))
	if err != nil {
		return err
	}
	var template struct{ Resources map[string]map[string]any }
	if err := json.Unmarshal(body, &template); err != nil {
		return err
	}
	found, ok := template.Resources[match[2]]
	if !ok {
		return fmt.Errorf("there is no %s", match[2])
	}
	value := found["Properties"]
	for _, step := range strings.Split(match[3], ".")[1:] {
		if value, ok = child(value, step); !ok {
			return fmt.Errorf("there is no %s", step)
		}
	}
	return nil
}

// child is a property, or an element of a list: by its index or its name.
func child(value any, step string) (any, bool) {
	switch value := value.(type) {
	case map[string]any:
		v, ok := value[step]
		return v, ok
	case []any:
		if i, err := strconv.Atoi(step); err == nil {
			if i < 0 || i >= len(value) {
				return nil, false
			}
			return value[i], true
		}
		for _, element := range value {
			named, _ := element.(map[string]any)
			if named["Name"] == step || named["Sid"] == step || named["PolicyName"] == step {
				return element, true
			}
		}
	}
	return nil, false
}
