package config

import "github.com/goccy/go-yaml/ast"

// list is a sequence of values or sections.
type list[T any] struct {
	place
	items []T
}

func (l *list[T]) read(n ast.Node, at place, problems *Problems) {
	l.put(at)
	if n == nil {
		return
	}
	sequence, ok := n.(*ast.SequenceNode)
	if !ok {
		l.state = broken
		reportType(n, at, "a list", problems)
		return
	}
	l.state = given
	l.items = make([]T, len(sequence.Values))
	for i, item := range sequence.Values {
		read(item, at.item(i).on(lineOf(item)), &l.items[i], problems)
	}
}

// dictionary is a mapping with keys of the user's choice.
type dictionary struct {
	place
	entries []dictionaryEntry
}

type dictionaryEntry struct {
	key   string
	value value[string]
}

func (d *dictionary) read(n ast.Node, at place, problems *Problems) {
	entries, at := entriesOf(n, at, problems)
	d.put(at)
	for _, e := range entries {
		var v value[string]
		v.read(e.value, e.at, problems)
		d.entries = append(d.entries, dictionaryEntry{e.key, v})
	}
}
