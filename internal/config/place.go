package config

import (
	"fmt"
	"strconv"
)

// place says where in the files a setting stands or, when it is not given, where it would stand.
type place struct {
	// parent is nil for a file, whose path is the key.
	parent *place
	key    string
	// item is 1 for the first item of a list, and 0 for a key.
	item  int
	line  int
	state state
}

// state says whether there is something to check.
type state int

const (
	// absent: not given, so the default stands, if there is one.
	absent state = iota
	// given: there, and within its rule.
	given
	// wrong: there, of the right type, and not within its rule, which is reported.
	wrong
	// broken: already reported, or inside of something reported. What depends on it is not checked, to report each mistake once.
	broken
)

// inFile is a file, or a line of it.
func inFile(path string, line int) *place { return &place{key: path, line: line} }

// child is the place of a key or item, which has the state of its parent until it is read.
func (p *place) child(key string, item, line int) *place {
	return &place{parent: p, key: key, item: item, line: line, state: p.state}
}

// on is the same field on another line.
func (p *place) on(line int) *place {
	other := *p
	other.line = line
	return &other
}

func (p *place) file() string {
	for p.parent != nil {
		p = p.parent
	}
	return p.key
}

// field is the path of the field, such as tenants[3].scopes[1]; empty for a file.
func (p *place) field() string {
	if p.parent == nil {
		return ""
	}
	parent, key := p.parent.field(), p.key
	if p.item > 0 {
		return fmt.Sprintf("%s[%d]", parent, p.item-1)
	}
	if quoted := strconv.Quote(key); quoted[1:len(quoted)-1] != key {
		key = quoted
	}
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// String names the place inside the message of another one.
func (p *place) String() string { return fmt.Sprintf("%s:%d", p.file(), p.line) }
