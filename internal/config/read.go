package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader reads sections, which are structs, fills in their defaults, and checks each setting by itself.
//
// It stands in for the library's own strict decoding, which stops at the first unknown key or wrong type, turns a number into a string
// when a string is wanted, and keeps no positions.
type reader struct {
	// environment is the name of the environment, of which some defaults are made.
	environment string
	// places has every setting, by the address of the field or item.
	places   map[any]*place
	problems *Problems
}

// at is the place of a setting: of a field, an item of a list, or a section.
func (r *reader) at(setting any) *place { return r.places[setting] }

// given says whether a setting is there with the right type.
func (r *reader) given(setting any) bool {
	state := r.at(setting).state
	return state == given || state == wrong
}

func (r *reader) absent(setting any) bool { return r.at(setting).state == absent }

// broken says that nothing is known of a setting.
func (r *reader) broken(setting any) bool { return r.at(setting).state == broken }

// sound says whether a setting is given and within its rule.
func (r *reader) sound(setting any) bool { return r.at(setting).state == given }

// sure says whether a setting is what is meant: a sound one or its default.
func (r *reader) sure(setting any) bool { return r.absent(setting) || r.sound(setting) }

// meant is the text that is surely meant, and "" where none is.
func (r *reader) meant(setting *string) string {
	if !r.sure(setting) {
		return ""
	}
	return *setting
}

// report adds a problem of a setting.
func (r *reader) report(setting any, format string, args ...any) {
	r.problems.at(r.at(setting), format, args...)
}

// must reports the error of a rule.
func (r *reader) must(setting any, err error) {
	if err != nil {
		r.report(setting, "%v", err)
	}
}

// read fills a setting from a node; without a node, from its default.
func (r *reader) read(n ast.Node, at *place, v reflect.Value, s *setting) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.section(n, at, v.Elem())
		return
	case reflect.Struct:
		r.section(n, at, v)
		return
	}
	r.places[v.Addr().Interface()] = at
	switch v.Kind() {
	case reflect.Slice:
		r.list(n, at, v, s)
	case reflect.Map:
		r.tags(n, at, v, s)
	default:
		r.scalar(n, at, v)
		if n == nil && at.state == absent {
			setDefault(v, strings.ReplaceAll(s.standard, "{name}", r.environment))
		}
		r.check(at, v, s)
	}
	if s.required() && at.state == absent && at.parent.state == given {
		r.problems.at(at, "is missing: it must be given")
	}
}

// check applies the rule of a setting.
func (r *reader) check(at *place, v reflect.Value, s *setting) {
	if at.state != given {
		return
	}
	if err := s.check(v); err != nil {
		at.state = wrong
		r.problems.at(at, "%v", err)
	}
}

// section reads a mapping into a struct.
func (r *reader) section(n ast.Node, at *place, section reflect.Value) {
	r.places[section.Addr().Interface()] = at
	entries := r.entries(n, at)
	settings := declared[section.Type()]
	misspelt := r.unknown(entries, settings, at)
	for i := range settings {
		s := &settings[i]
		child, node := at.child(s.key, 0, at.line), ast.Node(nil)
		if j := slices.IndexFunc(entries, func(e entry) bool { return e.key == s.key }); j >= 0 {
			child, node = entries[j].at, entries[j].value
		} else if slices.Contains(misspelt, s.key) {
			child.state = broken
		} else if at.state == given {
			child.state = absent
		}
		r.read(node, child, section.FieldByIndex(s.Index), s)
	}
}

// unknown reports every entry that is not a setting of its section, and returns the keys that were probably meant.
func (r *reader) unknown(entries []entry, settings []setting, at *place) (misspelt []string) {
	known := func(key string) bool {
		return slices.ContainsFunc(settings, func(s setting) bool { return s.key == key })
	}
	for _, e := range entries {
		if known(e.key) {
			continue
		}
		var keys []string
		for _, s := range settings {
			keys = append(keys, s.key)
		}
		meant := nearest(e.key, keys)
		misspelt = append(misspelt, meant)
		r.problems.at(at.on(e.at.line), "unknown key %q%s: use %s", e.key, didYouMean(meant), strings.Join(keys, ", "))
	}
	return misspelt
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	value ast.Node
	at    *place
}

// entries returns the entries of a mapping, each key once.
func (r *reader) entries(n ast.Node, at *place) []entry {
	if n == nil {
		return nil
	}
	mapping, ok := n.(*ast.MappingNode)
	if !ok {
		at.state = broken
		reportType(n, at, "a mapping", r.problems)
		return nil
	}
	at.state = given
	entries := make([]entry, 0, len(mapping.Values))
	for _, v := range mapping.Values {
		line := lineOf(v.Key)
		if v.Key.IsMergeKey() {
			r.problems.at(at.on(line), "merging (<<) is not supported: write the keys out")
			continue
		}
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			r.problems.at(at.on(line), "key %s is not text: put it in quotes", source(v.Key))
			continue
		}
		child := at.child(key.Value, 0, line)
		if i := slices.IndexFunc(entries, func(e entry) bool { return e.key == key.Value }); i >= 0 {
			r.problems.at(child, "duplicate key: it is already on line %d", entries[i].at.line)
			continue
		}
		entries = append(entries, entry{key.Value, v.Value, child})
	}
	return entries
}
