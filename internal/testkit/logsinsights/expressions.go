package logsinsights

import (
	"fmt"
	"regexp"
	"strconv"
)

// binary operators, by how strongly they bind.
var binary = [][]string{{"or"}, {"and"}, {}, {"=", "!=", "<", ">", "<=", ">="}, {"+", "-"}, {"*", "/"}}

const notLevel = 2

func (p *parser) expression() (expression, error) { return p.level(0) }

func (p *parser) level(n int) (expression, error) {
	if n == len(binary) {
		return p.primary()
	}
	if n == notLevel && p.take("not") {
		inner, err := p.level(notLevel)
		return not{inner}, err
	}
	left, err := p.level(n + 1)
	if err != nil {
		return nil, err
	}
	if n == notLevel+1 {
		if matched, err := p.membership(left); matched != nil || err != nil {
			return matched, err
		}
	}
	for {
		operator := ""
		for _, o := range binary[n] {
			if p.take(o) {
				operator = o
				break
			}
		}
		if operator == "" {
			return left, nil
		}
		right, err := p.level(n + 1)
		if err != nil {
			return nil, err
		}
		left = operation{operator, left, right}
	}
}

// membership is like, not like or in, or nil.
func (p *parser) membership(left expression) (expression, error) {
	negated := p.peek() == token{"name", "not"}
	if negated {
		p.at++
		if p.peek() != (token{"name", "like"}) {
			return nil, p.unexpected("like")
		}
	}
	switch {
	case p.take("like"):
		t := p.peek()
		if t.kind != "regexp" {
			return nil, p.unexpected("a regular expression")
		}
		p.at++
		pattern, err := regexp.Compile(t.value)
		if err != nil {
			return nil, err
		}
		var matched expression = like{left, pattern}
		if negated {
			matched = not{matched}
		}
		return matched, nil
	case p.take("in"):
		return p.in(left)
	}
	return nil, nil
}

func (p *parser) in(left expression) (expression, error) {
	if !p.take("[") {
		return nil, p.unexpected("[")
	}
	var any expression
	for {
		t := p.peek()
		if t.kind != "text" {
			return nil, p.unexpected("a text")
		}
		p.at++
		var equal expression = operation{"=", left, literal(textOf(t.value))}
		if any == nil {
			any = equal
		} else {
			any = operation{"or", any, equal}
		}
		if p.take("]") {
			return any, nil
		}
		if !p.take(",") {
			return nil, p.unexpected(", or ]")
		}
	}
}

func (p *parser) primary() (expression, error) {
	t := p.peek()
	switch t.kind {
	case "(":
		p.at++
		inner, err := p.expression()
		if err == nil && !p.take(")") {
			err = p.unexpected(")")
		}
		return inner, err
	case "number":
		p.at++
		f, err := strconv.ParseFloat(t.value, 64)
		if err != nil {
			return literal(textOf(t.value)), nil // A period, which only bin takes.
		}
		return literal(numberOf(f)), nil
	case "text":
		p.at++
		return literal(textOf(t.value)), nil
	case "*":
		p.at++
		return literal(textOf("*")), nil // Which only count takes.
	case "name", "quoted name":
		p.at++
		if t.kind == "name" && p.take("(") {
			return p.call(t.value)
		}
		return field(t.value), nil
	}
	return nil, p.unexpected("a value")
}

func (p *parser) call(name string) (expression, error) {
	c := call{name: name}
	if !p.take(")") {
		for {
			argument, err := p.expression()
			if err != nil {
				return nil, err
			}
			c.arguments = append(c.arguments, argument)
			if p.take(")") {
				break
			}
			if !p.take(",") {
				return nil, p.unexpected(", or )")
			}
		}
	}
	if !known(c) {
		return nil, fmt.Errorf("function %s with %d arguments is not known", name, len(c.arguments))
	}
	return c, nil
}
