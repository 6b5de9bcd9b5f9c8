package dashboard

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Expression is metric math: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
type Expression struct {
	source string
	root   node
}

// node is a number, a text, an id, a call or an operation; name is its function or operator.
type node struct {
	kind  kind
	name  string
	value float64
	args  []node
}

type kind int

const (
	numberNode kind = iota
	textNode
	idNode
	callNode
	operatorNode
)

var tokens = regexp.MustCompile(`'[^']*'|[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|==|!=|<=|>=|&&|\|\||[-+*/^<>(),]`)

// operators by how strongly they bind, the weakest first. A unary minus is not among what our expressions use.
var operators = [][]string{{"OR", "||"}, {"AND", "&&"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/"}}

// ParseExpression reads an expression. A function that this package does not evaluate is an error.
func ParseExpression(source string) (*Expression, error) {
	p := &parser{source: source, rest: tokens.FindAllString(source, -1)}
	if strings.ReplaceAll(strings.Join(p.rest, ""), " ", "") != strings.ReplaceAll(source, " ", "") {
		return nil, fmt.Errorf("expression %q: only %q can be read", source, p.rest)
	}
	root := p.operation(0)
	if p.err == nil && len(p.rest) > 0 {
		p.fail("%q is left", p.rest)
	}
	return &Expression{source, root}, p.err
}

type parser struct {
	source string
	rest   []string
	err    error
}

func (p *parser) fail(format string, args ...any) node {
	if p.err == nil {
		p.err = fmt.Errorf("expression %q: %s", p.source, fmt.Sprintf(format, args...))
	}
	p.rest = nil
	return node{}
}

func (p *parser) peek() string {
	if len(p.rest) == 0 {
		return ""
	}
	return p.rest[0]
}

func (p *parser) next() string {
	token := p.peek()
	p.rest = p.rest[min(1, len(p.rest)):]
	return token
}

func (p *parser) operation(level int) node {
	if level == len(operators) {
		return p.operand()
	}
	left := p.operation(level + 1)
	for slices.Contains(operators[level], p.peek()) {
		name := p.next()
		left = node{kind: operatorNode, name: name, args: []node{left, p.operation(level + 1)}}
	}
	return left
}

func (p *parser) operand() node {
	token := p.next()
	switch first := strings.ToLower(token[:min(1, len(token))]); {
	case token == "":
		return p.fail("it ends too early")
	case token == "(":
		inner := p.operation(0)
		if p.next() != ")" {
			return p.fail("a parenthesis is not closed")
		}
		return inner
	case first == "'":
		return node{kind: textNode, name: strings.Trim(token, "'")}
	case first >= "0" && first <= "9":
		value, _ := strconv.ParseFloat(token, 64) // The pattern lets nothing else through.
		return node{kind: numberNode, value: value}
	case p.peek() == "(":
		return p.call(token)
	case first >= "a" && first <= "z" || first == "_":
		if _, constant := constants[token]; !constant && token[:1] != first {
			return p.fail("%q is neither a function nor an id, which begins with a small letter", token)
		}
		return node{kind: idNode, name: token}
	}
	return p.fail("%q is not expected", token)
}

// constants are words that functions take.
var constants = map[string]bool{"SUM": true, "AVG": true, "MAX": true, "MIN": true, "ASC": true, "DESC": true}

func (p *parser) call(name string) node {
	if _, ok := functions[name]; !ok && !elsewhere[name] {
		return p.fail("%s is no function that can be evaluated here", name)
	}
	p.next()
	call := node{kind: callNode, name: name}
	for p.peek() != ")" {
		call.args = append(call.args, p.operation(0))
		if p.peek() == "," {
			p.next()
		} else if p.peek() != ")" {
			return p.fail("the arguments of %s do not end", name)
		}
	}
	p.next()
	return call
}

// IDs are the ids that the expression uses.
func (e *Expression) IDs() []string {
	var ids []string
	e.root.walk(func(n node) {
		if n.kind == idNode && !constants[n.name] && !slices.Contains(ids, n.name) {
			ids = append(ids, n.name)
		}
	})
	return ids
}

// Searches are the searches in the expression.
func (e *Expression) Searches() ([]Search, error) {
	var searches []Search
	var wrong error
	e.root.walk(func(n node) {
		if n.kind != callNode || n.name != "SEARCH" {
			return
		}
		search, err := parseSearch(n)
		if err != nil {
			wrong = fmt.Errorf("expression %q: %w", e.source, err)
			return
		}
		searches = append(searches, search)
	})
	return searches, wrong
}

func (n node) walk(visit func(node)) {
	visit(n)
	for _, arg := range n.args {
		arg.walk(visit)
	}
}
