package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader is a raw type that is not a section: a value, a list or a dictionary.
type reader interface {
	read(n ast.Node, at place, problems *Problems)
}

// read fills a raw type from a node; without a node it only records the place.
//
// It stands in for the library's own strict decoding, which stops at the first unknown key or wrong type, turns a number into a string
// when a string is wanted, and keeps no positions.
func read(n ast.Node, at place, into any, problems *Problems) {
	if r, ok := into.(reader); ok {
		r.read(n, at, problems)
		return
	}
	readSection(n, at, into, problems)
}

// readSection reads a mapping into a struct that embeds a place and has a yaml tag on every other field.
func readSection(n ast.Node, at place, into any, problems *Problems) {
	entries, at := entriesOf(n, at, problems)
	into.(interface{ put(place) }).put(at)

	section := reflect.ValueOf(into).Elem()
	var keys []string
	for i := range section.NumField() {
		if key := section.Type().Field(i).Tag.Get("yaml"); key != "" {
			keys = append(keys, key)
		}
	}
	misspelt := reportUnknown(entries, keys, problems)

	for i := range section.NumField() {
		key := section.Type().Field(i).Tag.Get("yaml")
		if key == "" {
			continue
		}
		child, childAt := ast.Node(nil), at.key(key)
		if j := slices.IndexFunc(entries, func(e entry) bool { return e.key == key }); j >= 0 {
			child, childAt = entries[j].value, entries[j].at
		} else if slices.Contains(misspelt, key) {
			childAt.state = broken
		} else if at.state == given {
			childAt.state = absent
		}
		read(child, childAt, section.Field(i).Addr().Interface(), problems)
	}
}

// reportUnknown reports every entry that is not one of the keys, and returns the keys that were probably meant.
func reportUnknown(entries []entry, keys []string, problems *Problems) (misspelt []string) {
	for _, e := range entries {
		if slices.Contains(keys, e.key) {
			continue
		}
		meant := nearest(e.key, keys)
		misspelt = append(misspelt, meant)
		problems.at(e.parent.on(e.at.line), "unknown key %q%s: use %s", e.key, didYouMean(meant), strings.Join(keys, ", "))
	}
	return misspelt
}

// entry is a key of a mapping with its value.
type entry struct {
	key        string
	value      ast.Node
	at, parent place
}

// entriesOf returns the entries of a mapping, each key once, and where the mapping stands.
func entriesOf(n ast.Node, at place, problems *Problems) ([]entry, place) {
	if n == nil {
		return nil, at
	}
	mapping, ok := n.(*ast.MappingNode)
	if !ok {
		reportType(n, at, "a mapping", problems)
		return nil, at.as(broken)
	}
	at = at.as(given)
	var entries []entry
	lines := map[string]int{}
	for _, v := range mapping.Values {
		line := lineOf(v.Key)
		if v.Key.IsMergeKey() {
			problems.at(at.on(line), "merging (<<) is not supported: write the keys out")
			continue
		}
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			problems.at(at.on(line), "key %s is not text: put it in quotes", source(v.Key))
			continue
		}
		if first, ok := lines[key.Value]; ok {
			problems.at(at.key(key.Value).on(line), "duplicate key: it is already on line %d", first)
			continue
		}
		lines[key.Value] = line
		entries = append(entries, entry{key: key.Value, value: v.Value, at: at.key(key.Value).on(line), parent: at})
	}
	return entries, at
}
