package vtl

import (
	"regexp"
	"strings"
)

// setDirective matches #set with the blanks before it, which it swallows where a new token can start: after another directive, but not
// after plain text.
var setDirective = regexp.MustCompile(`^[ \t]*#(?:set|\{set\}) *\(`)

// template parses the whole source, or a string that is a template.
func (p *parser) template() ([]node, error) {
	nodes, err := p.block()
	if err == nil && p.pos < len(p.source) {
		err = p.errorf("#%s without #if or #foreach", p.ending())
	}
	return nodes, err
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
	run := p.take(func(c byte) bool { return c == '\\' })
	if c := p.peek(0); c == '$' || c == '#' || c == 0 && len(run) > 1 {
		return nil, p.errorf("a backslash before %s is not supported", p.next())
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

// comment parses ## up to and with the line break, or #* up to *#. Velocity goes on looking for $, # and #* in comments, which only matters
// for an end that is part of such a token.
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
