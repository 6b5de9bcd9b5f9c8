package docs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/cognito-m2m/cognito-m2m-cdk"

// Other modules import these packages. Their exported signatures have no type of an internal package, which no other module could name.
func TestPublicPackages_haveNoInternalTypesInSignatures(t *testing.T) {
	for _, finding := range internalTypes(t, "./simulator", "./constructs/...", "./guard", "./verify", "./credentials") {
		t.Error(finding)
	}
}

// The check itself is tested.
func TestPublicPackages_internalTypesAreFound(t *testing.T) {
	got := internalTypes(t, "./docs/testdata/api")
	want := []string{"Alias", "Embedded.Do", "Embedded.Type", "Field.F", "Function", "Generic.List", "Interface.Do", "Parameter", "Variable"}
	for i, name := range want {
		want[i] = "docs/testdata/api." + name + ": has internal.Type"
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// internalTypes are the exported names of packages that have types of this module's internal packages.
func internalTypes(t *testing.T, patterns ...string) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export,DepOnly"},
		patterns...)...)
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports, asked := map[string]string{}, []string(nil)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Export string
			DepOnly            bool
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if exports[p.ImportPath] = p.Export; !p.DepOnly && !strings.Contains(p.ImportPath, "/internal/") {
			asked = append(asked, p.ImportPath)
		}
	}
	read := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	findings := map[string]bool{}
	for _, path := range asked {
		p, err := read.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		a := api{p, findings}
		for _, name := range p.Scope().Names() {
			if object := p.Scope().Lookup(name); object.Exported() {
				a.object(name, object)
			}
		}
	}
	return slices.Sorted(maps.Keys(findings))
}

// api looks through what a package exports.
type api struct {
	of       *types.Package
	findings map[string]bool
}

func (a api) object(name string, object types.Object) {
	named, ok := object.Type().(*types.Named)
	if _, isType := object.(*types.TypeName); !isType || !ok {
		a.look(name, object.Type(), nil)
		return
	}
	for parameter := range named.TypeParams().TypeParams() {
		a.look(name, parameter.Constraint(), nil)
	}
	a.look(name, named.Underlying(), nil)
	methods := types.NewMethodSet(types.NewPointer(named))
	for i := range methods.Len() {
		if method := methods.At(i).Obj(); method.Exported() {
			a.look(name+"."+method.Name(), method.Type(), nil)
		}
	}
}

// look follows a type as far as other modules see it. Types of other packages are theirs to judge.
func (a api) look(name string, of types.Type, seen []types.Type) {
	if slices.Contains(seen, of) {
		return
	}
	seen = append(seen, of)
	switch of := of.(type) {
	case *types.Alias:
		a.look(name, types.Unalias(of), seen)
	case *types.Named:
		for argument := range of.TypeArgs().Types() {
			a.look(name, argument, seen)
		}
		p := of.Obj().Pkg()
		switch {
		case p == nil: // error
		case strings.HasPrefix(p.Path(), module+"/") && strings.Contains(p.Path(), "/internal"):
			a.findings[fmt.Sprintf("%s.%s: has %s.%s", strings.TrimPrefix(a.of.Path(), module+"/"), name, p.Name(), of.Obj().Name())] = true
		case p == a.of && !of.Obj().Exported():
			a.look(name, of.Underlying(), seen)
		}
	case *types.Signature:
		a.look(name, of.Params(), seen)
		a.look(name, of.Results(), seen)
		for parameter := range of.TypeParams().TypeParams() {
			a.look(name, parameter.Constraint(), seen)
		}
	case *types.Tuple:
		for v := range of.Variables() {
			a.look(name, v.Type(), seen)
		}
	case *types.Struct:
		for field := range of.Fields() {
			switch {
			case field.Exported():
				a.look(name+"."+field.Name(), field.Type(), seen)
			case field.Embedded():
				a.look(name, field.Type(), seen)
			}
		}
	case *types.Interface:
		for method := range of.Methods() {
			if method.Exported() {
				a.look(name+"."+method.Name(), method.Type(), seen)
			}
		}
		for embedded := range of.EmbeddedTypes() {
			a.look(name, embedded, seen)
		}
	case *types.Union:
		for term := range of.Terms() {
			a.look(name, term.Type(), seen)
		}
	case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
		if m, ok := of.(*types.Map); ok {
			a.look(name, m.Key(), seen)
		}
		a.look(name, of.Elem(), seen)
	}
}
