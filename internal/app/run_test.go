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

// runApp makes the test binary the app, for tests of how the app ends.
const runApp = "TEST_RUN_APP"

// Wrong settings are no crash: one line for each mistake on standard error, exit status 1, nothing synthesized.
func TestWrongSettingsEndTheApp(t *testing.T) {
	for _, test := range []struct {
		name, file, old, new string
		want                 []string
	}{
		{"unknown scope and unknown key", "environments/dev/tenants/sandbox.yaml", "    scopes: [", "    scope: []\n    scopes: [orders/raed, ", []string{
			"tenants/sandbox.yaml:", `unknown key "scope" (did you mean "scopes"?)`, `unknown scope "orders/raed" (did you mean "orders/read"?)`,
		}},
		{"no such environment", "cdk.json", "", "", []string{`no environment "nowhere"; available: dev, prod`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "environments"), os.DirFS(filepath.Join("..", "..", "environments"))); err != nil {
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
			output, status := runTheApp(t, dir, environment)
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

// runTheApp runs the app in dir and returns what it printed and its exit status.
func runTheApp(t *testing.T, dir, environment string) (string, int) {
	t.Helper()
	flags := *cdktest.FeatureFlags(t)
	flags["env"] = environment
	app := exec.CommandContext(t.Context(), os.Args[0])
	app.Dir = dir
	app.Env = append(os.Environ(), runApp+"=1", "CDK_OUTDIR="+filepath.Join(dir, "out"), "CDK_CONTEXT_JSON="+cdktest.JSON(t, flags))
	output, err := app.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(output), app.ProcessState.ExitCode()
}
