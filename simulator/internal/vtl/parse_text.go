package vtl

import (
	"regexp"
	"strings"
)

// setDirective matches #set with the blanks before it, which it swallows where a new token can start: after another directive, but not
// after plain text.
var setDirective = regexp.MustCompile(`^[ \t]*#(?:set|\{set\}) *\(`)

// unsupported are Velocity's other directives: https://velocity.apache.org/engine/1.7/user-guide.html#directives
const unsupported = " macro parse include stop break evaluate define literal "

// template parses the whole source, or a string that is a template.
func (p *parser) template() ([]node, error) {
	nodes, err := p.block()
	if err == nil && p.pos < len(p.source) {
		err = p.errorf("#%s without #if or #foreach", p.ending())
	}
	return nodes, err
}

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

// block parses up to #end, #else or #elseif or the end.
func (p *parser) block() ([]node, error) {
	var nodes []node
	for p.pos < len(p.source) && p.ending() == "" {
		var n node
		err := p.nested(func() (err error) {
			n, err = p.statement()
			return err
		})
		if err != nil {
			return nil, err
		}
		if n != nil {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

func (p *parser) statement() (node, error) {
	if prefix := setDirective.FindString(p.rest()); prefix != "" {
		p.pos += len(prefix)
		return p.set()
	}
	if p.brace {
		p.brace = false
		p.pos++
		return text("}"), nil
	}
	switch p.peek(0) {
	case '$':
		return p.dollar()
	case '#':
		return p.hash()
	case '\\':
		return p.backslashes()
	}
	return text(p.take(func(c byte) bool { return c != '$' && c != '#' && c != '\\' })), nil
}

// backslashes are text unless they stand before a reference or directive.
func (p *parser) backslashes() (node, error) {
	start := p.pos
	run := p.take(func(c byte) bool { return c == '\\' })
	if c := p.peek(0); c == '$' || c == '#' || c == 0 && len(run) > 1 {
		p.pos = start
		return nil, p.errorf("a backslash before %s is not supported", strings.TrimLeft(p.next(), `\`))
	}
	return text(run), nil
}

// dollar parses a reference, or a dollar sign that is text.
func (p *parser) dollar() (node, error) {
	next := p.peek(1)
	switch {
	case isNameStart(next) || next == '!' || next == '{':
		r, err := p.reference()
		if err != nil {
			return nil, err
		}
		return r, p.afterReference(r)
	case next == 0 || strings.IndexByte(`$#\}`, next) >= 0 || setDirective.MatchString(p.source[p.pos+1:]):
		p.pos++
		return nil, p.errorf("a dollar sign before %s is not supported", p.next())
	}
	start := p.pos
	p.pos++
	if next == '.' || next == '[' {
		p.pos++
	}
	return text(p.source[start:p.pos]), nil
}

// hash parses a directive or comment, or a hash that is text.
func (p *parser) hash() (node, error) {
	switch next := p.peek(1); {
	case next == '#' || next == '*':
		return nil, p.comment()
	case isDigit(next):
		start := p.pos
		p.pos++
		p.take(isDigit)
		if c := p.peek(0); c == '.' || c == 'e' || c == 'E' {
			return nil, p.errorf("a hash before a number is not supported if %s follows", p.next())
		}
		return text(p.source[start:p.pos]), nil
	case isWord(next) || next == '{':
		if name, length := p.directiveName(); name != "" {
			return p.directive(name, length)
		}
	case next == 0 || strings.IndexByte(`$\-.`, next) >= 0 || next == '[' && p.peek(2) == '[' || setDirective.MatchString(p.source[p.pos+1:]):
		p.pos++
		return nil, p.errorf("a hash before %s is not supported", p.next())
	}
	p.pos++
	return text("#"), nil
}

// comment parses ## up to and with the line break, or #* up to *#. Velocity goes on looking for $, # and #* in comments, which only matters for
// an end that is part of such a token.
func (p *parser) comment() error {
	start := p.pos
	p.pos += 2
	if p.source[start+1] == '*' {
		inside, _, closed := strings.Cut(p.rest(), "*#")
		if !closed || strings.HasSuffix(inside, "#") || strings.Contains(inside, "#*") {
			p.pos = start
			return p.errorf("the comment has no end, or another comment in it")
		}
		p.pos += len(inside) + 2
		return nil
	}
	inside := p.take(func(c byte) bool { return c != '\n' && c != '\r' })
	if strings.Contains(inside, "#*") || p.pos == len(p.source) && strings.ContainsAny(inside, "$#") {
		p.pos = start
		return p.errorf("a line comment with #*, or with $ or # but without a line break, is not supported")
	}
	p.lineEnd()
	return nil
}

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
