package guard_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// template is a template to break.
type template struct {
	Resources map[string]*templates.Resource
}

// check returns what is found in a stack when all of its resources are a door's.
func (t template) check(tb testing.TB) []string {
	tb.Helper()
	return findings(tb, houserules.Write(tb, map[string]any{"test": t}), guard.AsDoor)
}

func findings(tb testing.TB, dir string, options ...guard.Option) []string {
	tb.Helper()
	found, err := guard.CheckAssembly(dir, options...)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, f := range found {
		all = append(all, strings.TrimPrefix(f.Error(), "stack test: "))
	}
	return all
}
