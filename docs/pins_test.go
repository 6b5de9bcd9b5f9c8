package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	cdkVersion = regexp.MustCompile(`aws-cdk@(\S+)`)
	exact      = regexp.MustCompile(`^v?\d+\.\d+\.\d+$`)
	ciVersion  = regexp.MustCompile(`(\w+)_version=(\S+)`)
	fetches    = regexp.MustCompile(`(?:go install|npm install|npx) .*`)
	replaced   = regexp.MustCompile(`(?m)^\s*replace\s+(.*)$`)
)

// The tools that the gate and the documentation name have exact versions, and no module is replaced.
func TestTools_arePinned(t *testing.T) {
	read := func(name string) string {
		body, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	for _, page := range []string{"README.md", "docs/deploy.md", "docs/constructs.md"} {
		for _, problem := range unpinned(read(".ci/run"), read(page), read("go.mod")) {
			t.Errorf("%s: %s", page, problem)
		}
	}
}

// The check itself is tested.
func TestTools_looseVersionsAreFound(t *testing.T) {
	const ci = "readonly cdk_version=2.1.0 linter_version=v1.2.3\nnpx --yes \"aws-cdk@$cdk_version\"\ngo install " +
		"\"example.com/linter@$linter_version\"\n"
	for name, c := range map[string]struct{ ci, page, module, want string }{
		"pinned":                  {ci, "npx aws-cdk@2.1.0 synth", "module m\n", ""},
		"another in the page":     {ci, "npx aws-cdk@2.2.0 synth", "", "the page has aws-cdk@2.2.0 and .ci/run 2.1.0"},
		"none in the page":        {ci, "npx aws-cdk synth", "", "the page names no version of aws-cdk"},
		"a range":                 {strings.Replace(ci, "v1.2.3", "v1.2", 1), "aws-cdk@2.1.0", "", "linter_version is v1.2"},
		"the latest":              {ci + "go install example.com/other@latest\n", "aws-cdk@2.1.0", "", "go install example.com/other@latest"},
		"without a version":       {ci + "npm install --silent other\n", "aws-cdk@2.1.0", "", "npm install --silent other"},
		"a module from elsewhere": {ci, "aws-cdk@2.1.0", "replace a => b v1.0.0\n", "go.mod replaces a => b v1.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(unpinned(c.ci, c.page, c.module), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want …%s…", got, c.want)
			}
		})
	}
}

func unpinned(ci, page, module string) (problems []string) {
	versions := map[string]string{}
	for _, m := range ciVersion.FindAllStringSubmatch(ci, -1) {
		versions[m[1]] = m[2]
		if !exact.MatchString(m[2]) {
			problems = append(problems, fmt.Sprintf(".ci/run: %s_version is %s: want an exact version", m[1], m[2]))
		}
	}
	for _, line := range fetches.FindAllString(ci, -1) {
		if !strings.Contains(line, "_version") {
			problems = append(problems, fmt.Sprintf(".ci/run: %s: want @$…_version", line))
		}
	}
	named := cdkVersion.FindAllStringSubmatch(page, -1)
	if len(named) == 0 {
		problems = append(problems, "the page names no version of aws-cdk")
	}
	for _, m := range named {
		if m[1] != versions["cdk"] {
			problems = append(problems, fmt.Sprintf("the page has aws-cdk@%s and .ci/run %s: want the same", m[1], versions["cdk"]))
		}
	}
	for _, m := range replaced.FindAllStringSubmatch(module, -1) {
		problems = append(problems, "go.mod replaces "+m[1])
	}
	return problems
}
