package vtl

import "strings"

// reference parses $name, ${name} or $!name with its properties, calls and indexes:
// https://velocity.apache.org/engine/1.7/vtl-reference.html#references
func (p *parser) reference() (*reference, error) {
	start := p.pos
	p.pos++
	r := &reference{quiet: p.accept("!")}
	r.formal = p.accept("{")
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	r.name = name
	for {
		part, err := p.part()
		if err != nil {
			return nil, err
		}
		if part == nil {
			break
		}
		r.parts = append(r.parts, part)
	}
	if r.formal {
		if err := p.expect("}"); err != nil {
			return nil, err
		}
	}
	r.source = p.source[start:p.pos]
	return r, nil
}

func (p *parser) name() (string, error) {
	if !isNameStart(p.peek(0)) {
		return "", p.errorf("got %s, want a name of letters, digits, '_' and '-'", p.next())
	}
	name := p.take(isName)
	if name == "true" || name == "false" {
		return "", p.errorf("%q is not a name", name)
	}
	return name, nil
}

// part parses .property, .call(…) or [index], or returns nil.
func (p *parser) part() (part, error) {
	switch {
	case p.accept("["):
		var argument expression
		err := p.nested(func() (err error) {
			p.space()
			if c := p.peek(0); c == '[' || c == '{' {
				return p.errorf("got %s, want an index", p.next())
			}
			argument, err = p.simple()
			return err
		})
		if err != nil {
			return nil, err
		}
		if l, ok := argument.(literal); ok {
			if _, isFloat := l.v.(float64); isFloat {
				return nil, p.errorf("an index cannot be a floating-point number")
			}
		}
		p.space()
		return index{argument}, p.expect("]")
	case p.peek(0) == '.' && isLetter(p.peek(1)):
		p.pos++
		name, err := p.name()
		if err != nil || !p.accept("(") {
			return property(name), err
		}
		arguments, err := p.arguments()
		return call{name, arguments}, err
	}
	return nil, nil
}

func (p *parser) arguments() ([]expression, error) {
	if p.accept(")") {
		return nil, nil
	}
	arguments, err := p.simpleList()
	if err != nil {
		return nil, err
	}
	return arguments, p.expect(")")
}

// afterReference refuses text behind a reference that Velocity's tokenizer would take for a part of it. Behind a property it looks for
// more, and, since it does not leave that state at another reference, even behind the next one.
func (p *parser) afterReference(r *reference) error {
	inherited := p.modifier
	p.modifier = false
	p.brace = !r.formal && p.peek(0) == '}'
	if r.formal && !inherited {
		return nil
	}
	called, modifier := r.ending()
	modifier = modifier && !r.formal || inherited
	next := p.peek(0)
	begins := isLetter(next) || isDigit(next) || next == '_'
	taken := false
	switch {
	case setDirective.MatchString(p.rest()), strings.HasPrefix(p.rest(), "#*"), next == '{', called && begins:
		taken = true
	case next == '$' && (p.peek(1) == '.' || p.peek(1) == '['):
		taken = true
	case modifier && (next == '(' || strings.HasPrefix(p.rest(), "##")):
		taken = true
	case inherited && (begins || next == '[' || next == '}' || next == '#' || next == '.' && isLetter(p.peek(1))):
		taken = true
	case modifier && next == '$':
		p.modifier = true
		following := strings.TrimPrefix(strings.TrimPrefix(p.source[p.pos+1:], "!"), "{")
		taken = following == "" || !isNameStart(following[0])
	}
	if taken {
		return p.errorf("%s directly after %s is not supported; write references as ${name}, and #set on a line of its own", p.next(), r.source)
	}
	return nil
}

// ending tells whether the reference ends with a call or index, and whether its last part but for indexes is a property.
func (r *reference) ending() (called, modifier bool) {
	for _, part := range r.parts {
		switch part.(type) {
		case property:
			called, modifier = false, true
		case call:
			called, modifier = true, false
		case index:
			called = true
		}
	}
	return called, modifier
}
