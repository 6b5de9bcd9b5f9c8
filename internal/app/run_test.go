package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/app"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) {
	if os.Getenv(runApp) != "" {
		if err := app.Run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	cdktest.Main(m)
}

// root is the repository's folder.
var root = filepath.Join("..", "..")

// runApp makes the test binary the app, for tests of how the app ends.
const runApp = "TEST_RUN_APP"

// Wrong settings are no crash: one line for each mistake on standard error, exit status 1, nothing synthesized.
func TestRun_reportsWrongSettingsInOneLineEach(t *testing.T) {
	for _, test := range []struct {
		name, file, old, new string
		want                 []string
	}{
		{"unknown scope and unknown key", "environments/dev/tenants/sandbox.yaml", "    scopes: [",
			"    scope: []\n    scopes: [orders/raed, ", []string{
				"tenants/sandbox.yaml:", `unknown key "scope" (did you mean "scopes"?)`, `unknown scope "orders/raed" (did you mean "orders/read"?)`,
			}},
		{"no such environment", "cdk.json", "", "", []string{`no environment "nowhere"; available: dev, prod`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "environments"), os.DirFS(filepath.Join(root, "environments"))); err != nil {
				t.Fatal(err)
			}
			environment := "nowhere"
			if test.old != "" {
				environment = "dev"
				file := filepath.Join(dir, test.file)
				body, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, bytes.Replace(body, []byte(test.old), []byte(test.new), 1), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			output, status := runTheApp(t, dir, filepath.Join(dir, "out"), environment)
			if status != 1 {
				t.Errorf("exit status %d, want 1", status)
			}
			for _, want := range test.want {
				if !strings.Contains(output, want) {
					t.Errorf("no %q in:\n%s", want, output)
				}
			}
			if strings.Contains(output, "goroutine ") || strings.Contains(output, ".go:") {
				t.Errorf("a Go stack trace in:\n%s", output)
			}
			if files, _ := filepath.Glob(filepath.Join(dir, "out", "*.template.json")); len(files) > 0 {
				t.Errorf("synthesized %v", files)
			}
		})
	}
}

// A synth of another environment left its templates in the output directory: dev's have a client whose tokens live shorter than prod's
// cache keeps them.
func TestRun_ignoresTemplatesOfAnotherEnvironment(t *testing.T) {
	out, snapshots := t.TempDir(), filepath.Join(root, "testdata", "snapshots")
	for _, stack := range []string{"m2m-dev-gateway", "m2m-dev-identity", "m2m-dev-tenants-sandbox"} {
		body, err := os.ReadFile(filepath.Join(snapshots, stack+"_1.snap.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, stack+".template.json"), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if output, status := runTheApp(t, root, out, "prod"); status != 0 {
		t.Errorf("exit status %d:\n%s", status, output)
	}
	if _, err := os.Stat(filepath.Join(out, "m2m-prod-gateway.template.json")); err != nil {
		t.Error(err)
	}
}

// A panic, here because the output directory is a file, is one line. The stack trace is for those who look for a bug.
func TestRun_showsStackTracesForDebuggingOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, debug := range []string{"", "1"} {
		t.Setenv("M2M_DEBUG", debug)
		output, status := runTheApp(t, root, file, "dev")
		if status != 1 || !strings.Contains(output, "synth failed: ") || strings.Contains(output, "goroutine ") != (debug == "1") {
			t.Errorf("M2M_DEBUG=%s: exit status %d:\n%s", debug, status, output)
		}
	}
}

// runTheApp runs the app in a directory, with its output in another, and returns what it printed and its exit status.
func runTheApp(t *testing.T, dir, out, environment string) (string, int) {
	t.Helper()
	flags := *cdktest.FeatureFlags(t)
	flags["env"] = environment
	app := exec.CommandContext(t.Context(), os.Args[0])
	app.Dir = dir
	app.Env = append(os.Environ(), runApp+"=1", "CDK_OUTDIR="+out, "CDK_CONTEXT_JSON="+cdktest.JSON(t, flags))
	output, err := app.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(output), app.ProcessState.ExitCode()
}
