package config

import (
	"fmt"
	"strconv"
)

// place says where in the files something stands or, when it is not given, where it would stand.
type place struct {
	file  string
	line  int
	field string
	state state
}

// state says whether there is something to check.
type state int

const (
	// absent: not given, so the default stands, if there is one.
	absent state = iota
	// given: there, and of the right type.
	given
	// broken: already reported, or inside of something reported. What depends on it is not checked, to report each mistake once.
	broken
)

// put records a place; every raw type has it by embedding a place.
func (p *place) put(at place) {
	*p = at
}

func (p place) key(name string) place {
	if quoted := strconv.Quote(name); quoted[1:len(quoted)-1] != name {
		name = quoted
	}
	if p.field != "" {
		name = p.field + "." + name
	}
	p.field = name
	return p
}

func (p place) item(i int) place {
	p.field = fmt.Sprintf("%s[%d]", p.field, i)
	return p
}

func (p place) on(line int) place {
	p.line = line
	return p
}

func (p place) as(s state) place {
	p.state = s
	return p
}

// String names the place inside the message of another one.
func (p place) String() string {
	return fmt.Sprintf("%s:%d", p.file, p.line)
}
