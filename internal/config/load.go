package config

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

const (
	environmentYAML = "environment.yaml"
	tenantsFolder   = "tenants"
)

// Load reads and checks the environment of that name in the folder root. An error is of type Problems and holds all mistakes of all files.
func Load(root, name string) (*Environment, error) {
	problems := &Problems{}
	l, ok := load(root, name, problems)
	if ok {
		l.checkLock(problems)
	}
	if err := problems.sorted(); err != nil {
		return nil, err
	}
	return l.env, nil
}

// loaded is an environment as it was read, and what it says, checked but for the tenant lock.
type loaded struct {
	folder  string
	raw     rawEnvironment
	tenants []*rawTenantFile
	// complete is false when some tenants could not be read: then no tenant is known to be gone.
	complete bool
	// homes are the places of every tenant's id, more than one when it is there several times.
	homes map[string][]place
	env   *Environment
}

func load(root, name string, problems *Problems) (*loaded, bool) {
	folder, ok := findEnvironment(root, name, problems)
	if !ok {
		return nil, false
	}
	l := &loaded{folder: folder, homes: map[string][]place{}}
	readFile(path.Join(folder, environmentYAML), &l.raw, problems)
	before := len(*problems)
	files := tenantFiles(folder, problems)
	l.complete = len(*problems) == before
	for _, file := range files {
		t := &rawTenantFile{}
		readFile(file, t, problems)
		l.tenants = append(l.tenants, t)
		l.complete = l.complete && t.Tenants.state == given
		for _, tenant := range t.Tenants.items {
			if tenant.ID.state != given || awslimits.TenantID(tenant.ID.got) != nil {
				l.complete = false
				continue
			}
			l.homes[tenant.ID.got] = append(l.homes[tenant.ID.got], tenant.ID.place)
		}
	}
	l.env = check(&l.raw, folder, l.tenants, problems)
	l.namedTenants(problems)
	return l, true
}

// check turns what was read into settings: first each file by itself, then the files with one another.
func check(raw *rawEnvironment, folder string, tenants []*rawTenantFile, problems *Problems) *Environment {
	env := environment(raw, folder, problems)
	readership, metering := newReadership(raw, env), newMetering(raw.Gateway.Authorization)
	for _, t := range tenants {
		env.TenantFiles = append(env.TenantFiles, tenantFile(t, stem(t.file), env.DefaultAccessTokenValidity, readership, metering, problems))
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
			if err := awslimits.TenantFileName(stem(at.file)); err != nil {
				problems.at(at, "%v", err)
			}
			files = append(files, at.file)
		}
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(stem(a), stem(b)) })
	return files
}
