package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// symbol matches an exported name of a package for resource servers and workloads: a function, a type, or a method or field of a type.
var symbol = regexp.MustCompile(`^(verify|credentials|tokenauthorizer)\.([A-Z]\w*(?:\.[A-Z]\w*)?)$`)

var symbolFolders = map[string]string{"verify": "verify", "credentials": "credentials", "tokenauthorizer": "constructs/tokenauthorizer"}

// findSymbol looks for package.Name or package.Type.Name. It accepts any other text.
func findSymbol(text string) error {
	match := symbol.FindStringSubmatch(text)
	if match == nil {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(root, symbolFolders[match[1]], "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range parsed.Decls {
			if slices.Contains(namesOf(declaration), match[2]) {
				return nil
			}
		}
	}
	return fmt.Errorf("there is no %s in package %s", match[2], match[1])
}

func namesOf(declaration ast.Decl) []string {
	if f, ok := declaration.(*ast.FuncDecl); ok {
		if f.Recv == nil {
			return []string{f.Name.Name}
		}
		receiver := f.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		return []string{fmt.Sprintf("%s.%s", receiver, f.Name)}
	}
	var names []string
	for _, spec := range declaration.(*ast.GenDecl).Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		names = append(names, t.Name.Name)
		fields, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range fields.Fields.List {
			for _, name := range field.Names {
				names = append(names, t.Name.Name+"."+name.Name)
			}
		}
	}
	return names
}
