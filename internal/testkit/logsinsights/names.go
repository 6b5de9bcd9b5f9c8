package logsinsights

import (
	"maps"
	"slices"
	"strings"
)

// fieldsOf finds the fields that are read and are no names of expressions.
func fieldsOf(commands []command) []string {
	given, read := map[string]bool{}, map[string]bool{}
	note := func(all []named) {
		for _, n := range all {
			visit(n.expression, given, read)
		}
		for _, n := range all {
			if f, ok := n.expression.(field); !ok || string(f) != n.name {
				given[n.name] = true
			}
		}
	}
	for _, c := range commands {
		switch c := c.(type) {
		case fields:
			note(c)
		case filter:
			visit(c.condition, given, read)
		case stats:
			note(c.by)
			for _, n := range c.values {
				note([]named{n}) // A value may refer to the ones before.
			}
		}
	}
	return slices.Sorted(maps.Keys(read))
}

func visit(e expression, given, read map[string]bool) {
	switch e := e.(type) {
	case field:
		if name := string(e); !given[name] && !strings.HasPrefix(name, "@") {
			read[name] = true
		}
	case not:
		visit(e.inner, given, read)
	case operation:
		visit(e.left, given, read)
		visit(e.right, given, read)
	case like:
		visit(e.left, given, read)
	case call:
		for _, argument := range e.arguments {
			visit(argument, given, read)
		}
	}
}
