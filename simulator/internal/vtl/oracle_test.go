package vtl

import (
	"context"
	"encoding/base64"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// oracleJars are what Debian's package velocity installs with its dependencies.
var oracleJars = []string{"velocity.jar", "commons-collections3.jar", "commons-lang.jar"}

// oracleInput and oracleVariables are the data of testdata/Oracle.java.
var oracleInput = Input{
	Body:           `{"access_token":"ey.J","expires_in":3600,"token_type":"Bearer"}`,
	Query:          map[string]string{"client_id": "a b&c", "scope": "orders/read orders/write"},
	Header:         map[string]string{"X-One": "1"},
	StageVariables: map[string]string{"one": "1"},
	Context:        map[string]any{"stage": "v1"},
}

func oracleVariables(t testing.TB) map[string]any {
	t.Helper()
	variables, err := oracleInput.variables()
	if err != nil {
		t.Fatal(err)
	}
	deep, of := newObject(), newObject()
	deep.put("x", "deep")
	of.put("a", int32(1))
	of.put("b", "two")
	of.put("c-d", deep)
	of.put("list", list{int32(1), int32(2), int32(3)})
	of.put("none", nil)
	for name, value := range map[string]any{
		"s": "text", "empty": "", "marks": "a\"b'c/\\<é€😀\n~*", "zero": int32(0), "n": int32(42), "neg": int32(-7), "big": int64(3000000000),
		"d": 1.5, "t": true, "f": false, "list": list{int32(1), "two", true, nil}, "map": of,
	} {
		variables[name] = value
	}
	return variables
}

// answer is what Velocity made of a template.
type answer struct {
	ok   bool
	text string
}

// velocity renders all templates with Apache Velocity, or skips the test where it is not installed.
func velocity(t *testing.T, templates []string) []answer {
	t.Helper()
	var jars []string
	for _, jar := range oracleJars {
		path := filepath.Join("/usr/share/java", jar)
		if _, err := os.Stat(path); err != nil {
			absent(t, "Debian's package velocity is not installed: "+err.Error())
		}
		jars = append(jars, path)
	}
	java, err := exec.LookPath("java")
	if err != nil {
		absent(t, "Java is not installed: "+err.Error())
	}
	var lines strings.Builder
	for _, template := range templates {
		lines.WriteString(base64.StdEncoding.EncodeToString([]byte(template)) + "\n")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, java, "-cp", strings.Join(jars, ":"), filepath.Join("testdata", "Oracle.java"))
	run.Stdin = strings.NewReader(lines.String())
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	var answers []answer
	for line := range strings.Lines(string(out)) {
		status, encoded, _ := strings.Cut(strings.TrimSpace(line), " ")
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer{status == "ok", string(decoded)})
	}
	if len(answers) != len(templates) {
		t.Fatalf("got %d answers to %d templates: %s", len(answers), len(templates), complaints.String())
	}
	return answers
}

func absent(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("REQUIRE_VELOCITY") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func renderOracle(t testing.TB, template string) (string, error) {
	t.Helper()
	parsed, err := Parse(template)
	if err != nil {
		return "", err
	}
	return parsed.render(oracleVariables(t))
}

// TestVelocity compares with Apache Velocity 1.7, byte by byte: the table, this project's templates, templates made of the subset, and
// fragments joined with no regard to syntax. Velocity may render more than this package, but what this package renders, Velocity renders
// the same.
func TestVelocity(t *testing.T) {
	templates := slices.Sorted(maps.Keys(tricky))
	for _, own := range projectTemplates(t) {
		templates = append(templates, own...)
	}
	fixed := len(templates)
	g := newGenerator(1)
	for range 1000 {
		templates = append(templates, g.template())
	}
	regular := len(templates)
	for range 1000 {
		templates = append(templates, g.soup())
	}
	compared, refused := 0, 0
	for i, want := range velocity(t, templates) {
		got, err := renderOracle(t, templates[i])
		switch {
		case err == nil && want.ok && got == want.text:
			compared++
		case err == nil:
			t.Errorf("%q:\n got %q\nVelocity: %t %q", templates[i], got, want.ok, want.text)
		case i < fixed:
			t.Errorf("%q: %v", templates[i], err)
		case want.ok && i < regular:
			refused++
		}
	}
	t.Logf("%d of %d templates compared; %d of %d made of the subset are refused here but not by Velocity", compared, len(templates), refused,
		regular)
	if compared < 1000 || refused > regular/10 {
		t.Error("too few templates are compared: the generator no longer makes what is supported")
	}
}
