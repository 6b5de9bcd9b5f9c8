// Package environments synthesizes the example environments of this repository for tests, each at most once in a test process.
//
// jsii is not safe for concurrent use: a test that calls this package must not call t.Parallel.
package environments

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/app"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// Names are the example environments.
var Names = []string{"dev", "prod"}

var assemblies = map[string]string{}

// Root is the folder of the repository.
func Root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "..")
}

// Load returns the settings of an example environment.
func Load(t testing.TB, name string) *config.Environment {
	t.Helper()
	env, err := config.Load(app.EnvironmentsDir, name)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// Assembly returns the folder of an example environment's cloud assembly. Tests must not change it.
func Assembly(t testing.TB, name string) string {
	t.Helper()
	if dir, ok := assemblies[name]; ok {
		return dir
	}
	dir, err := os.MkdirTemp("", "assembly")
	if err != nil {
		t.Fatal(err)
	}
	SynthesizeTo(t, Load(t, name), dir, nil)
	assemblies[name] = dir
	return dir
}

// Changed synthesizes an example environment with changed settings and returns the folder of its cloud assembly.
func Changed(t testing.TB, name string, change func(*config.Environment)) string {
	t.Helper()
	env := Load(t, name)
	change(env)
	dir := t.TempDir()
	SynthesizeTo(t, env, dir, nil)
	return dir
}

// SynthesizeTo synthesizes settings into a folder. change, unless nil, is called with the app before the synth.
func SynthesizeTo(t testing.TB, env *config.Environment, dir string, change func(awscdk.App)) {
	t.Helper()
	cdkApp := awscdk.NewApp(&awscdk.AppProps{Context: cdktest.FeatureFlags(t), Outdir: jsii.String(dir), AnalyticsReporting: jsii.Bool(false)})
	app.Compose(cdkApp, env)
	if change != nil {
		change(cdkApp)
	}
	cdkApp.Synth(nil)
}

// Templates returns the templates of an example environment by stack name.
func Templates(t testing.TB, name string) map[string]cdktest.Template {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Assembly(t, name), "*.template.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	all := map[string]cdktest.Template{}
	for _, file := range files {
		all[strings.TrimSuffix(filepath.Base(file), ".template.json")] = cdktest.Load(t, file)
	}
	return all
}

// Manifest returns the manifest of a cloud assembly.
func Manifest(t testing.TB, assembly string) map[string]any {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(assembly, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(body, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest
}
