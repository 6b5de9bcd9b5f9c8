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

// afterReference refuses text behind a reference that Velocity's tokenizer takes for a part of it. After $a.b and the like it even goes on
// doing so behind the next reference.
func (p *parser) afterReference(r *reference) error {
	inherited := p.modifier
	p.modifier = false
	next, called, modifier := p.peek(0), false, false
	p.brace = !r.formal && next == '}'
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
	open := !r.formal || inherited
	modifier = modifier && !r.formal || inherited
	isText := false
	switch {
	case !open:
		isText = true
	case setDirective.MatchString(p.rest()):
	case next == '{', called && (isLetter(next) || isDigit(next) || next == '_'), strings.HasPrefix(p.rest(), "#*"):
	case modifier && (next == '(' || strings.HasPrefix(p.rest(), "##")):
	case inherited && (isLetter(next) || isDigit(next) || strings.IndexByte("_([{}#", next) >= 0 && next != 0 || next == '.' && isLetter(p.peek(1))):
	case modifier && next == '$':
		p.modifier = true
		following := strings.TrimPrefix(strings.TrimPrefix(p.source[p.pos+1:], "!"), "{")
		isText = following != "" && isNameStart(following[0])
	default:
		isText = true
	}
	if !isText {
		return p.errorf("%s directly after %s is not supported; write references as ${name}, and #set on a line of its own", p.next(), r.source)
	}
	return nil
}
