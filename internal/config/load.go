package config

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rules"
)

const (
	environmentYAML = "environment.yaml"
	tenantsFolder   = "tenants"
)

// Load reads and checks the environment of that name in the folder root. An error is of type Problems and holds all mistakes of all files.
func Load(root, name string) (*Environment, error) {
	problems := &Problems{}
	folder, ok := findEnvironment(root, name, problems)
	if !ok {
		return nil, problems.sorted()
	}
	var raw rawEnvironment
	readFile(path.Join(folder, environmentYAML), &raw, problems)
	var tenants []*rawTenantFile
	for _, file := range tenantFiles(folder, problems) {
		t := &rawTenantFile{}
		readFile(file, t, problems)
		tenants = append(tenants, t)
	}
	env := check(&raw, name, tenants, problems)
	if err := problems.sorted(); err != nil {
		return nil, err
	}
	return env, nil
}

// check turns what was read into settings: first each file by itself, then the files with one another.
func check(raw *rawEnvironment, name string, tenants []*rawTenantFile, problems *Problems) *Environment {
	env := environment(raw, name, problems)
	for _, t := range tenants {
		env.TenantFiles = append(env.TenantFiles, tenantFile(t, stem(t.file), env.DefaultAccessTokenValidity, problems))
	}
	catalog := newCatalog(raw.ResourceServers, tenants)
	for _, file := range tenants {
		for _, t := range file.Tenants.items {
			catalog.check(t, problems)
		}
	}
	uniqueTenants(tenants, problems)
	uniqueOwnServers(raw.ResourceServers, tenants, problems)
	stackSizes(env, tenants, problems)
	poolSizes(raw.Limits, env, problems)
	cacheTTL(raw.Gateway.Cache, env, problems)
	return env
}

// readFile fills a raw type from a file. What cannot be read is reported, and leaves the raw type with broken places.
func readFile(file string, into any, problems *Problems) {
	at := place{file: file, line: 1, state: broken}
	content, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		problems.at(at.on(0), "cannot be read: %v", reason(err))
		read(nil, at, into, problems)
		return
	}
	read(parse(content, at, problems), at, into, problems)
}

// stem returns the name of a file without folder and extension.
func stem(file string) string {
	return strings.TrimSuffix(path.Base(file), path.Ext(file))
}

// tenantFiles returns the paths of an environment's tenant files, sorted by name. There may be none.
func tenantFiles(folder string, problems *Problems) []string {
	folder = path.Join(folder, tenantsFolder)
	entries, err := os.ReadDir(filepath.FromSlash(folder))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		problems.at(place{file: folder}, "cannot be read: %v", reason(err))
		return nil
	}
	var files []string
	for _, e := range entries {
		at := place{file: path.Join(folder, e.Name())}
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			problems.at(at, "is a folder: put tenant files directly into %s", folder)
		case path.Ext(e.Name()) == ".yml":
			problems.at(at, "has the extension .yml: rename it to %s.yaml", stem(at.file))
		case path.Ext(e.Name()) != ".yaml":
			problems.at(at, "is not a tenant file: use the extension .yaml, or move it out of %s", folder)
		default:
			if err := rules.TenantFileName(stem(at.file)); err != nil {
				problems.at(at, "%v", err)
			}
			files = append(files, at.file)
		}
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(stem(a), stem(b)) })
	return files
}
