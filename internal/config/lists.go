package config

import (
	"reflect"

	"github.com/goccy/go-yaml/ast"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// list reads a sequence of texts or sections.
func (r *reader) list(n ast.Node, at *place, v reflect.Value, s *setting) {
	if n != nil {
		sequence, ok := n.(*ast.SequenceNode)
		if !ok {
			at.state = broken
			reportType(n, at, "a list", r.problems)
			return
		}
		at.state = given
		v.Set(reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values)))
		for i, item := range sequence.Values {
			r.item(item, at.child("", i+1, lineOf(item)), v.Index(i))
		}
	}
	if least := s.Tag.Get("least"); least != "" && at.parent.state == given && at.state != broken && v.Len() == 0 {
		r.problems.at(at, "is missing or empty: give at least one %s", least)
	}
	r.count(at, v.Len(), s)
	texts, ok := v.Addr().Interface().(*[]string)
	if !ok {
		r.distinct(v)
		return
	}
	if what := s.Tag.Get("unique"); what != "" {
		var items []*string
		for i := range *texts {
			items = append(items, &(*texts)[i])
		}
		r.unique(items, what)
	}
	for i := range *texts {
		r.check(r.at(&(*texts)[i]), v.Index(i), s)
	}
}

// item reads an item of a list without checking it.
func (r *reader) item(n ast.Node, at *place, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		r.read(n, at, v, nil)
		return
	}
	r.places[v.Addr().Interface()] = at
	r.scalar(n, at, v)
}

func (r *reader) count(at *place, n int, s *setting) {
	if s.most == nil {
		return
	}
	if err := s.most(n); err != nil {
		r.problems.at(at, "%v", err)
	}
}

// distinct reports sections of a list that have a field in common that must not be.
func (r *reader) distinct(list reflect.Value) {
	for _, s := range declared[list.Type().Elem().Elem()] {
		what := s.Tag.Get("unique")
		if what == "" || s.Type.Kind() != reflect.String {
			continue
		}
		var fields []*string
		for i := range list.Len() {
			fields = append(fields, list.Index(i).Elem().FieldByIndex(s.Index).Addr().Interface().(*string))
		}
		r.unique(fields, what)
	}
}

// unique reports texts that occur more than once.
func (r *reader) unique(texts []*string, what string) {
	first := map[string]*place{}
	for _, text := range texts {
		if !r.given(text) {
			continue
		}
		if p, ok := first[*text]; ok {
			r.report(text, "duplicate %s %q: it is already %s on line %d", what, *text, p.field(), p.line)
			continue
		}
		first[*text] = r.at(text)
	}
}

// tags reads a mapping with keys of the user's choice.
func (r *reader) tags(n ast.Node, at *place, v reflect.Value, s *setting) {
	tags := map[string]string{}
	entries := r.entries(n, at)
	r.count(at, len(entries), s)
	for _, e := range entries {
		var text string
		r.scalar(e.value, e.at, reflect.ValueOf(&text).Elem())
		if err := awslimits.TagKey(e.key); err != nil {
			r.problems.at(e.at, "%v", err)
		}
		r.check(e.at, reflect.ValueOf(text), s)
		tags[e.key] = text
	}
	v.Set(reflect.ValueOf(tags))
}
