package config

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// findEnvironment returns the folder of an environment, with slashes, after checking that it holds nothing that would be ignored.
func findEnvironment(root, name string, problems *Problems) (string, bool) {
	root = filepath.ToSlash(filepath.Clean(root))
	at := inFile(root, 0)
	// The name comes from a command line: it must not lead out of root.
	if err := awslimits.EnvironmentName(name); err != nil {
		problems.at(at, "%v; available: %s", err, available(root))
		return "", false
	}
	folder := path.Join(root, name)
	entries, err := os.ReadDir(filepath.FromSlash(folder))
	if errors.Is(err, fs.ErrNotExist) {
		problems.at(at, "there is no environment %q; available: %s", name, available(root))
		return "", false
	}
	if err != nil {
		problems.at(inFile(folder, 0), "cannot be read: %v", reason(err))
		return "", false
	}
	for _, e := range entries {
		at := inFile(path.Join(folder, e.Name()), 0)
		isYAML := path.Ext(e.Name()) == ".yaml" || path.Ext(e.Name()) == ".yml"
		switch {
		case e.Name() == environmentYAML, e.Name() == tenantsFolder, e.Name() == lockYAML, strings.HasPrefix(e.Name(), "."):
		case e.IsDir(), isYAML:
			problems.at(at, "is not read: an environment is %s, the folder %s and %s", environmentYAML, tenantsFolder, lockYAML)
		}
	}
	return folder, true
}

// Names returns the names of the environments in the folder root, sorted.
func Names(root string) []string {
	entries, _ := os.ReadDir(filepath.FromSlash(root))
	var names []string
	for _, e := range entries {
		if _, err := os.Stat(filepath.Join(filepath.FromSlash(root), e.Name(), environmentYAML)); err == nil {
			names = append(names, e.Name())
		}
	}
	return names
}

// available lists the environments of a folder for a message.
func available(root string) string {
	if names := Names(root); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return "none"
}

// reason returns why a file could not be read, without its path, which the message has already.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
