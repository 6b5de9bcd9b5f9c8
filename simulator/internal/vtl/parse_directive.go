package vtl

import "strings"

// unsupported are Velocity's other directives: https://velocity.apache.org/engine/1.7/user-guide.html#directives
const unsupported = " macro parse include stop break evaluate define literal "

// ending is the name of the directive that ends the block here, or empty.
func (p *parser) ending() string {
	if p.peek(0) != '#' {
		return ""
	}
	switch name, _ := p.directiveName(); name {
	case "end", "else", "elseif":
		return name
	}
	return ""
}

// directiveName reads #name or #{name} ahead and tells how long that is.
func (p *parser) directiveName() (name string, length int) {
	rest := p.source[p.pos+1:]
	braced := strings.HasPrefix(rest, "{")
	if braced {
		rest = rest[1:]
	}
	for length < len(rest) && isWord(rest[length]) {
		length++
	}
	name = rest[:length]
	switch {
	case name == "" || isDigit(name[0]):
		return "", 0
	case braced && (length == len(rest) || rest[length] != '}'):
		return "", 0
	case braced:
		length += 2
	}
	return name, length + 1
}

// directive parses what starts with the name, or leaves a name that Velocity does not know as text.
func (p *parser) directive(name string, length int) (node, error) {
	source := p.source[p.pos : p.pos+length]
	switch {
	case strings.Contains(unsupported, " "+name+" ") || name[0] == '@':
		return nil, p.errorf("directive #%s is not supported", name)
	case name == "set":
		return nil, p.errorf(`got %s, want "#set("`, p.next())
	}
	p.pos += length
	switch name {
	case "if":
		return p.conditional()
	case "foreach":
		return p.foreach()
	}
	if strings.HasPrefix(strings.TrimLeft(p.rest(), " \t\r\n"), "(") {
		return nil, p.errorf("%s(…) would call a macro, which is not supported", source)
	}
	return text(source), nil
}

// conditional parses what follows #if.
func (p *parser) conditional() (node, error) {
	var c conditional
	for {
		condition, err := p.condition()
		if err != nil {
			return nil, err
		}
		body, err := p.block()
		if err != nil {
			return nil, err
		}
		c = append(c, branch{condition, body})
		switch name, err := p.closing(); {
		case err != nil:
			return nil, err
		case name == "end":
			return c, nil
		case name == "else":
			if body, err = p.block(); err != nil {
				return nil, err
			}
			return append(c, branch{nil, body}), p.end()
		}
	}
}

// condition parses the parentheses of #if and #elseif.
func (p *parser) condition() (expression, error) {
	p.space()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	p.lineEnd()
	return e, nil
}

// closing moves over the directive that ends a block.
func (p *parser) closing() (string, error) {
	if p.pos == len(p.source) {
		return "", p.errorf("#end is missing")
	}
	name, length := p.directiveName()
	p.pos += length
	if name != "elseif" {
		p.lineEnd()
	}
	return name, nil
}

func (p *parser) end() error {
	start := p.pos
	name, err := p.closing()
	if err == nil && name != "end" {
		p.pos = start
		err = p.errorf("got #%s, want #end", name)
	}
	return err
}

// foreach parses what follows #foreach.
func (p *parser) foreach() (node, error) {
	p.space()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	p.space()
	name, err := p.variable()
	if err != nil {
		return nil, err
	}
	p.space()
	if err := p.expect("in"); err != nil {
		return nil, err
	}
	p.space()
	switch p.peek(0) {
	case '$', '[', '{':
	default:
		return nil, p.errorf("got %s, want a reference, list or map", p.next())
	}
	items, err := p.simple()
	if err != nil {
		return nil, err
	}
	p.space()
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	p.lineEnd()
	p.loops = append(p.loops, name)
	body, err := p.block()
	if err != nil {
		return nil, err
	}
	p.loops = p.loops[:len(p.loops)-1]
	return foreach{name, items, body}, p.end()
}

// set parses what follows "#set(".
func (p *parser) set() (node, error) {
	p.space()
	name, err := p.variable()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.peek(1) == '=' {
		return nil, p.errorf(`got %s, want "="`, p.next())
	}
	if err := p.expect("="); err != nil {
		return nil, err
	}
	right, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	p.lineEnd()
	return set{name, right}, nil
}

// variable parses a plain $name that is assigned.
func (p *parser) variable() (string, error) {
	if p.peek(0) != '$' || !isNameStart(p.peek(1)) {
		return "", p.errorf("got %s, want $name: only plain variables can be assigned", p.next())
	}
	start := p.pos
	r, err := p.reference()
	if err != nil {
		return "", err
	}
	if len(r.parts) > 0 {
		p.pos = start
		return "", p.errorf("got %s, want $name: only plain variables can be assigned", r.source)
	}
	return r.name, p.assignable(r.name)
}
