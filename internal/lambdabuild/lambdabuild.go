// Package lambdabuild compiles this module's Lambda functions while an app synthesizes.
//
// A function is compiled in the directory of the module that holds it, be it a checkout or the read-only module cache. So an app that
// imports the constructs needs none of the functions' dependencies in its own go.mod, and gets exactly the versions that this module has
// tested.
package lambdabuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// Module is the path of the module that holds the functions.
const Module = "github.com/cognito-m2m/cognito-m2m-cdk"

// Build compiles the function at an import path of this module for provided.al2023 on the architecture (arm64 or amd64) and returns a
// directory with nothing but the binary, named bootstrap. The binary depends on the sources and Go's version only, so an unchanged function
// is an unchanged asset. Each function is compiled once in a process.
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

// build leaves the binary in the user's cache directory, in a place of its own for each module directory, function and architecture, so
// that synths leave one copy behind and not one each. It gets its name when it is complete: another synth may be reading its predecessor.
//
// Go does not link a binary again if one with the current build ID is there. The former binary is therefore hard-linked under the new
// name. With -trimpath the build ID, too, depends on the sources and Go's version only.
func build(ctx context.Context, importPath, architecture string) (string, error) {
	listed, err := run(ctx, "", []string{"GOFLAGS=-mod=readonly"}, "list", "-m", "-f", "{{.Dir}}", Module)
	if err != nil {
		return "", err
	}
	module := strings.TrimSpace(listed)
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	place := sha256.Sum256([]byte(module + " " + importPath + " " + architecture))
	dir := filepath.Join(cache, "cognito-m2m-cdk", hex.EncodeToString(place[:8]), filepath.Base(importPath))
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	unfinished, err := os.MkdirTemp(filepath.Dir(dir), "building-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(unfinished) }()
	former, binary := filepath.Join(dir, "bootstrap"), filepath.Join(unfinished, "bootstrap")
	_ = os.Link(former, binary) // Without a former one, Go links.
	environment := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + architecture, "GOFLAGS=-mod=readonly -buildvcs=false", "GOWORK=off"}
	flags := []string{"build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", binary, importPath}
	if _, err := run(ctx, module, environment, flags...); err != nil {
		return "", err
	}
	return dir, os.Rename(binary, former)
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
