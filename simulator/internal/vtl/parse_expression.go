package vtl

import (
	"slices"
	"strconv"
	"strings"
)

// operators by precedence, from the lowest. Velocity also has the words.
var operators = [][]string{{"||", "or"}, {"&&", "and"}, {"==", "eq", "!=", "ne"}, {"<=", "le", ">=", "ge", "<", "lt", ">", "gt"},
	{"+", "-"}, {"*", "/", "%"}}

// words are the spellings in letters.
var words = map[string]string{
	"or": "||", "and": "&&", "eq": "==", "ne": "!=", "le": "<=", "ge": ">=", "lt": "<", "gt": ">", "not": "!",
}

func (p *parser) expression() (expression, error) {
	var e expression
	err := p.nested(func() (err error) {
		e, err = p.operation(0)
		return err
	})
	return e, err
}

// operation parses the operators of a precedence and those that bind stronger. All associate to the left.
func (p *parser) operation(precedence int) (expression, error) {
	if precedence == len(operators) {
		return p.unary()
	}
	left, err := p.operation(precedence + 1)
	if err != nil {
		return nil, err
	}
	for {
		operator := p.operator()
		if !slices.Contains(operators[precedence], operator) {
			return left, nil
		}
		if operator == "-" && (isDigit(p.peek(1)) || p.peek(1) == '.' && isDigit(p.peek(2))) {
			return nil, p.errorf("Velocity takes %s for a negative number; write a blank after the minus", p.next())
		}
		if p.operators++; p.operators > maxOperators {
			return nil, p.errorf("the template has more than %d operators", maxOperators)
		}
		p.pos += len(operator)
		right, err := p.operation(precedence + 1)
		if err != nil {
			return nil, err
		}
		if symbol, ok := words[operator]; ok {
			operator = symbol
		}
		left = operation{operator, left, right}
	}
}

// operator reads ahead which operator comes, after white space.
func (p *parser) operator() string {
	p.space()
	rest := p.rest()
	length := 0
	for length < len(rest) && isWord(rest[length]) {
		length++
	}
	if length > 0 {
		return rest[:length]
	}
	for _, same := range operators {
		for _, operator := range same {
			if strings.HasPrefix(rest, operator) {
				return operator
			}
		}
	}
	return ""
}

func (p *parser) unary() (expression, error) {
	p.space()
	switch {
	case p.peek(0) == '!' && p.peek(1) != '=':
		p.pos++
	case strings.HasPrefix(p.rest(), "not") && !isWord(p.peek(3)):
		p.pos += 3
	default:
		return p.primary()
	}
	var operand expression
	err := p.nested(func() (err error) {
		operand, err = p.unary()
		return err
	})
	return negation{operand}, err
}

func (p *parser) primary() (expression, error) {
	var e expression
	var err error
	if p.accept("(") {
		var inside expression
		if inside, err = p.expression(); err == nil {
			e, err = group{inside}, p.expect(")")
		}
	} else {
		e, err = p.simple()
	}
	p.space()
	return e, err
}

// simple parses what can be an argument: no operators.
func (p *parser) simple() (expression, error) {
	switch c := p.peek(0); {
	case c == '$' && (isNameStart(p.peek(1)) || p.peek(1) == '!' || p.peek(1) == '{'):
		return p.reference()
	case c == '"' || c == '\'':
		return p.string()
	case isDigit(c), c == '-' && isDigit(p.peek(1)), strings.HasPrefix(strings.TrimPrefix(p.rest(), "-"), "."):
		return p.number()
	case c == '[':
		p.pos++
		return p.list()
	case c == '{':
		p.pos++
		return p.mapping()
	case isLetter(c):
		start := p.pos
		switch word := p.take(isWord); word {
		case "true", "false":
			return literal{word == "true"}, nil
		}
		p.pos = start
	}
	return nil, p.errorf("got %s, want a value", p.next())
}

// number parses an Integer, a Long if it is too large for that, or a Double:
// https://velocity.apache.org/engine/1.7/vtl-reference.html#numbers
func (p *parser) number() (expression, error) {
	start := p.pos
	p.accept("-")
	whole := p.take(isDigit)
	if strings.HasPrefix(p.rest(), "..") {
		return nil, p.errorf("ranges are not supported")
	}
	isFloat := p.accept(".")
	fraction := ""
	if isFloat {
		fraction = p.take(isDigit)
	}
	if whole+fraction == "" {
		p.pos = start
		return nil, p.errorf("got %s, want a value", p.next())
	}
	if exponent := p.exponent(); exponent > 0 {
		p.pos += exponent
		isFloat = true
	}
	source := p.source[start:p.pos]
	if !isFloat {
		n, err := strconv.ParseInt(source, 10, 64)
		if err != nil {
			return nil, p.errorf("%s has more than 64 bits, which is not supported", source)
		}
		return literal{integer(n)}, nil
	}
	f, err := strconv.ParseFloat(source, 64)
	if err != nil {
		return nil, p.errorf("%s is too large for a number", source)
	}
	return literal{f}, nil
}

func (p *parser) exponent() int {
	if c := p.peek(0); c != 'e' && c != 'E' {
		return 0
	}
	length := 1
	if c := p.peek(1); c == '+' || c == '-' {
		length++
	}
	if !isDigit(p.peek(length)) {
		return 0
	}
	for isDigit(p.peek(length)) {
		length++
	}
	return length
}

// simpleList parses one or more values, separated by commas, with white space around them.
func (p *parser) simpleList() ([]expression, error) {
	var values []expression
	for {
		e, err := p.padded()
		if err != nil {
			return nil, err
		}
		values = append(values, e)
		if !p.accept(",") {
			return values, nil
		}
	}
}

// padded parses a value with white space around it.
func (p *parser) padded() (e expression, err error) {
	err = p.nested(func() error {
		p.space()
		e, err = p.simple()
		p.space()
		return err
	})
	return e, err
}

func (p *parser) list() (expression, error) {
	if p.accept("]") {
		return listLiteral(nil), nil
	}
	values, err := p.simpleList()
	if err != nil {
		return nil, err
	}
	return listLiteral(values), p.expect("]")
}

func (p *parser) mapping() (expression, error) {
	var m mapLiteral
	p.space()
	if p.accept("}") {
		return m, nil
	}
	for {
		key, err := p.padded()
		if err != nil {
			return nil, err
		}
		if err := p.expect(":"); err != nil {
			return nil, err
		}
		value, err := p.padded()
		if err != nil {
			return nil, err
		}
		m.keys, m.values = append(m.keys, key), append(m.values, value)
		if !p.accept(",") {
			return m, p.expect("}")
		}
	}
}
