package logsinsights

import (
	"fmt"
	"strconv"
)

type parser struct {
	tokens []token
	at     int
}

func parse(query string) ([]command, error) {
	all, err := tokens(query)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: all}
	var commands []command
	for {
		c, err := p.command()
		if err != nil {
			return nil, err
		}
		commands = append(commands, c)
		if p.at == len(p.tokens) {
			return commands, nil
		}
		if !p.take("|") {
			return nil, p.unexpected("| or the end")
		}
	}
}

func (p *parser) peek() token {
	if p.at == len(p.tokens) {
		return token{}
	}
	return p.tokens[p.at]
}

// take goes on if the next token is this symbol or word.
func (p *parser) take(value string) bool {
	if t := p.peek(); t.value != value || t.kind == "text" || t.kind == "quoted name" {
		return false
	}
	p.at++
	return true
}

func (p *parser) unexpected(want string) error {
	return fmt.Errorf("token %d is %q: want %s", p.at+1, p.peek().value, want)
}

func (p *parser) name() (string, error) {
	t := p.peek()
	if t.kind != "name" && t.kind != "quoted name" {
		return "", p.unexpected("a name")
	}
	p.at++
	return t.value, nil
}

func (p *parser) command() (command, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	switch name {
	case "fields":
		return p.fields()
	case "filter":
		condition, err := p.expression()
		return filter{condition}, err
	case "stats":
		return p.stats()
	case "sort":
		return p.sort()
	case "limit":
		n, err := strconv.Atoi(p.peek().value)
		p.at++
		return limit(n), err
	case "display":
		return p.display()
	}
	return nil, fmt.Errorf("command %q is not known: fields, filter, stats, sort, limit and display are", name)
}

// named is an expression with a name: the one that "as" gives, or a field's own.
type named struct {
	name string
	expression
}

func (p *parser) named() (named, error) {
	e, err := p.expression()
	if err != nil {
		return named{}, err
	}
	if p.take("as") {
		name, err := p.name()
		return named{name, e}, err
	}
	if f, ok := e.(field); ok {
		return named{string(f), e}, nil
	}
	return named{}, p.unexpected("as and a name, which only a field does without")
}

func (p *parser) list() ([]named, error) {
	var all []named
	for {
		n, err := p.named()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if !p.take(",") {
			return all, nil
		}
	}
}

func (p *parser) fields() (command, error) {
	all, err := p.list()
	return fields(all), err
}

func (p *parser) stats() (command, error) {
	values, err := p.list()
	if err != nil || !p.take("by") {
		return stats{values: values}, err
	}
	by, err := p.list()
	return stats{values, by}, err
}

func (p *parser) sort() (command, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	switch {
	case p.take("desc"):
		return sort{name, true}, nil
	case p.take("asc"):
		return sort{name, false}, nil
	}
	return nil, p.unexpected("asc or desc")
}

func (p *parser) display() (command, error) {
	var all display
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		all = append(all, name)
		if !p.take(",") {
			return all, nil
		}
	}
}
