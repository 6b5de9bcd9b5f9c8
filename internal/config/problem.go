package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in the settings.
type Problem struct {
	File string
	// Line is 0 when the problem is the file itself.
	Line int
	// Field is the path of the field, such as tenants[3].scopes[1]; empty for the whole file.
	Field, Message string
}

// String returns the problem as file:line: field: message.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Field != "" {
		b.WriteString(": " + p.Field)
	}
	return b.String() + ": " + p.Message
}

// Problems are all mistakes of an environment, sorted by file and line.
type Problems []Problem

// Error returns one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// at adds a problem of a field.
func (ps *Problems) at(p *place, format string, args ...any) {
	*ps = append(*ps, Problem{File: p.file(), Line: p.line, Field: p.field(), Message: fmt.Sprintf(format, args...)})
}

// sorted returns the problems as an error, or nil when there are none.
func (ps Problems) sorted() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return ps
}
