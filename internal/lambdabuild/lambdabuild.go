// Package lambdabuild compiles this module's Lambda functions while an app synthesizes.
//
// A function is compiled in the directory of the module that holds it, be it a checkout or the read-only module cache. So an app that imports the
// constructs needs none of the functions' dependencies in its own go.mod, and gets exactly the versions that this module has tested.
package lambdabuild

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Module is the path of the module that holds the functions.
const Module = "github.com/cognito-m2m/cognito-m2m-cdk"

// Build compiles the function at an import path of this module for provided.al2023 on the architecture (arm64 or amd64) and returns a directory
// with nothing but the binary, named bootstrap. The binary depends on the sources and Go's version only, so an unchanged function is an unchanged
// asset. Each function is compiled once in a process.
func Build(ctx context.Context, importPath, architecture string) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	key := importPath + " " + architecture
	if dir, ok := built[key]; ok {
		return dir, nil
	}
	dir, err := build(ctx, importPath, architecture)
	if err != nil {
		return "", fmt.Errorf("compiling Lambda function %s for %s: %w", importPath, architecture, err)
	}
	built[key] = dir
	return dir, nil
}

var (
	mu    sync.Mutex
	built = map[string]string{}
)

func build(ctx context.Context, importPath, architecture string) (string, error) {
	module, err := run(ctx, "", nil, "list", "-m", "-f", "{{.Dir}}", Module)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "lambda-"+filepath.Base(importPath)+"-")
	if err != nil {
		return "", err
	}
	environment := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + architecture, "GOFLAGS=-mod=readonly -buildvcs=false", "GOWORK=off"}
	_, err = run(ctx, strings.TrimSpace(module), environment, "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=",
		"-o", filepath.Join(dir, "bootstrap"), importPath)
	return dir, err
}

func run(ctx context.Context, dir string, environment []string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), environment...)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(output), nil
}
