package lifecycle

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// WriteText writes the findings stack by stack, the worst first, the same effect on several resources once.
func WriteText(w io.Writer, findings []Finding) error {
	var b strings.Builder
	for len(findings) > 0 {
		stack := findings[0].Stack
		end := slices.IndexFunc(findings, func(f Finding) bool { return f.Stack != stack })
		if end < 0 {
			end = len(findings)
		}
		b.WriteString(stack + "\n")
		for _, group := range groups(findings[:end]) {
			writeGroup(&b, group)
		}
		findings = findings[end:]
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeGroup(b *strings.Builder, group []Finding) {
	f := group[0]
	line := func(format string, args ...any) { fmt.Fprintf(b, "             "+format+"\n", args...) }
	fmt.Fprintf(b, "  %-10s ", f.Kind)
	if f.Phase == PhaseRollback {
		b.WriteString("when it is rolled back: ")
	}
	if s := subject(group); s != "" {
		b.WriteString(s + " ")
	}
	b.WriteString(f.Reason + "\n")
	if i := f.Interrupts; i != nil {
		line("interrupts token requests: %s, %s", i.Who, i.Lasts)
	}
	if f.EmptiesCache {
		line("empties the token cache")
	}
	if f.How != "" {
		line("do: %s", f.How)
	}
	if f.Source != "" && f.Kind != KindSafe {
		line("see %s", f.Source)
	}
}

// groups puts the findings that differ in the resource and the tenant only together, the worst kind first.
func groups(findings []Finding) [][]Finding {
	var all [][]Finding
	shape := func(f Finding) Finding {
		f.Resource, f.Type, f.Tenant, f.Properties = strconv.FormatBool(f.Resource == ""), "", strconv.FormatBool(f.Tenant == ""), nil
		return f
	}
	for _, f := range findings {
		i := slices.IndexFunc(all, func(group []Finding) bool {
			return reflect.DeepEqual(shape(group[0]), shape(f))
		})
		if i < 0 {
			all = append(all, []Finding{f})
		} else {
			all[i] = append(all[i], f)
		}
	}
	slices.SortStableFunc(all, func(a, b []Finding) int { return slices.Index(kinds, a[0].Kind) - slices.Index(kinds, b[0].Kind) })
	return all
}

// subject names the resources of a group, by tenant where they have one.
func subject(group []Finding) string {
	var types []string
	named := map[string][]string{}
	for _, f := range group {
		if f.Resource == "" {
			return ""
		}
		name := f.Resource
		if f.Tenant != "" {
			name = "tenant " + f.Tenant
		}
		if named[f.Type] == nil {
			types = append(types, f.Type)
		}
		named[f.Type] = append(named[f.Type], name)
	}
	var parts []string
	for _, t := range types {
		names := named[t]
		text := strings.Join(names[:min(len(names), 5)], ", ")
		if len(names) > 5 {
			text += fmt.Sprintf(" and %d more", len(names)-5)
		}
		parts = append(parts, t+" ("+text+")")
	}
	return strings.Join(parts, ", ")
}
