package config

import (
	"os"
	"path"
	"path/filepath"
	"reflect"
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
		l.checkLock()
		l.compare()
	}
	if err := problems.sorted(); err != nil {
		return nil, err
	}
	l.removeUnused(reflect.ValueOf(l.env).Elem())
	return l.env, nil
}

// loaded is an environment as it was read, and what it says, checked but for the tenant lock.
type loaded struct {
	reader
	folder string
	env    *Environment
	// complete is false when some tenants could not be read: then no tenant is known to be gone.
	complete bool
	// homes are the places of every tenant's id, more than one when it is there several times.
	homes map[string][]*place
	// lockOwned says that the lock names its environment.
	lockOwned bool
}

func load(root, name string, problems *Problems) (*loaded, bool) {
	folder, ok := findEnvironment(root, name, problems)
	if !ok {
		return nil, false
	}
	l := readEnvironment(folder, problems)
	before := len(*problems)
	files := tenantFiles(folder, problems)
	l.complete = len(*problems) == before
	for _, path := range files {
		file := &TenantFile{Name: stem(path), Path: path}
		l.file(path, file)
		l.env.TenantFiles = append(l.env.TenantFiles, file)
		l.complete = l.complete && l.given(&file.Tenants)
	}
	for t := range l.tenants {
		if !l.sound(&t.ID) {
			l.complete = false
			continue
		}
		l.homes[t.ID] = append(l.homes[t.ID], l.at(&t.ID))
	}
	l.check()
	return l, true
}

// readEnvironment reads environment.yaml of a folder.
func readEnvironment(folder string, problems *Problems) *loaded {
	l := &loaded{
		reader: reader{path.Base(folder), map[any]*place{}, problems}, folder: folder, env: &Environment{}, homes: map[string][]*place{},
	}
	l.file(path.Join(folder, environmentYAML), l.env)
	return l
}

// tenants yields the tenants of all files.
func (l *loaded) tenants(yield func(*Tenant) bool) {
	for _, file := range l.env.TenantFiles {
		for _, t := range file.Tenants {
			if !yield(t) {
				return
			}
		}
	}
}

// check checks what no setting says by itself: first each file, then the files with one another.
func (l *loaded) check() {
	l.checkEnvironment()
	readership, metering := l.readership(), l.metering()
	for _, file := range l.env.TenantFiles {
		for _, t := range file.Tenants {
			l.checkTenant(t)
			readership.check(t)
			metering.check(t)
		}
		metering.missing(file)
	}
	l.checkExistingClients()
	l.checkScopes()
	l.checkIDs()
	l.checkStackSizes()
	l.checkPoolSizes()
	l.checkCache(&l.env.Gateway.Cache)
	l.checkNamedTenants()
}

// file reads a file into a section. If it cannot be read, all of it is broken.
func (r *reader) file(file string, into any) {
	at := inFile(file, 1)
	at.state = broken
	content, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		r.problems.at(at.on(0), "cannot be read: %v", reason(err))
	} else if n := parse(content, at, r.problems); n != nil {
		r.section(n, at, reflect.ValueOf(into).Elem())
		return
	}
	r.section(nil, at, reflect.ValueOf(into).Elem())
}

// removeUnused sets sections to nil that are switched off, or are not there and have to be.
func (r *reader) removeUnused(section reflect.Value) {
	for _, s := range declared[section.Type()] {
		field := section.FieldByIndex(s.Index)
		if field.Kind() == reflect.Struct {
			r.removeUnused(field)
		}
		if field.Kind() != reflect.Pointer {
			continue
		}
		enabled := field.Elem().FieldByName("Enabled")
		if enabled.IsValid() && !enabled.Bool() || s.standard != "on" && r.absent(field.Interface()) {
			field.SetZero()
			continue
		}
		r.removeUnused(field.Elem())
	}
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
		problems.at(inFile(folder, 0), "cannot be read: %v", reason(err))
		return nil
	}
	var files []string
	for _, e := range entries {
		at := inFile(path.Join(folder, e.Name()), 0)
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			problems.at(at, "is a folder: put tenant files directly into %s", folder)
		case path.Ext(e.Name()) == ".yml":
			problems.at(at, "has the extension .yml: rename it to %s.yaml", stem(e.Name()))
		case path.Ext(e.Name()) != ".yaml":
			problems.at(at, "is not a tenant file: use the extension .yaml, or move it out of %s", folder)
		default:
			if err := awslimits.TenantFileName(stem(e.Name())); err != nil {
				problems.at(at, "%v", err)
			}
			files = append(files, at.file())
		}
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(stem(a), stem(b)) })
	return files
}
