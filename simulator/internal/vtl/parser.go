package vtl

import (
	"fmt"
	"slices"
	"strings"
)

// parser reads a template without a separate tokenizer. It follows Velocity's grammar
// (https://github.com/apache/velocity-engine/blob/1.7/src/parser/Parser.jjt), in which the tokens depend on what surrounds them.
type parser struct {
	source string
	pos    int
	depth  int
	// loops are the variables of the surrounding #foreach.
	loops []string
	// modifier is set between two adjacent references of which the first ends with a property.
	modifier bool
	// brace is set before a '}' right behind a reference, which is a token of its own.
	brace bool
	// operators counts those of all expressions.
	operators int
	// outer is where a string with references stands; it is nil for the template itself.
	outer *parser
}

// names that a template may not assign: API Gateway's objects and what Velocity sets itself in loops.
var reserved = []string{"input", "util", "context", "stageVariables", "foreach", "velocityCount", "velocityHasNext"}

func (p *parser) errorf(format string, arguments ...any) error {
	before := p.source[:min(p.pos, len(p.source))]
	line := 1 + strings.Count(before, "\n")
	column := len(before) - strings.LastIndex(before, "\n")
	err := fmt.Errorf("%d:%d: %w", line, column, fmt.Errorf(format, arguments...))
	if p.outer != nil {
		return p.outer.errorf("in the string that ends here: %w", err)
	}
	return err
}

func (p *parser) rest() string { return p.source[p.pos:] }

// peek is the character at an offset from the position, or 0 after the end.
func (p *parser) peek(offset int) byte {
	if p.pos+offset < len(p.source) {
		return p.source[p.pos+offset]
	}
	return 0
}

// accept moves over a text if it comes next.
func (p *parser) accept(s string) bool {
	if !strings.HasPrefix(p.rest(), s) {
		return false
	}
	p.pos += len(s)
	return true
}

func (p *parser) expect(s string) error {
	if !p.accept(s) {
		return p.errorf("got %s, want %q", p.next(), s)
	}
	return nil
}

// next describes what comes next in a message.
func (p *parser) next() string {
	rest := p.rest()
	if rest == "" {
		return "the end"
	}
	if len(rest) > 20 {
		rest = strings.ToValidUTF8(rest[:20], "") + "…"
	}
	return fmt.Sprintf("%q", rest)
}

// take moves over the longest prefix of characters that satisfy f.
func (p *parser) take(f func(byte) bool) string {
	start := p.pos
	for p.pos < len(p.source) && f(p.source[p.pos]) {
		p.pos++
	}
	return p.source[start:p.pos]
}

func (p *parser) space() { p.take(isSpace) }

// lineEnd moves over blanks and a line break, if there is one: Velocity's directives swallow them.
func (p *parser) lineEnd() {
	start := p.pos
	p.take(isBlank)
	if !p.accept("\r\n") && !p.accept("\n") && !p.accept("\r") {
		p.pos = start
	}
}

// nested guards against source that nests too deep.
func (p *parser) nested(f func() error) error {
	if p.depth++; p.depth > maxNesting {
		return p.errorf("the template nests deeper than %d", maxNesting)
	}
	err := f()
	p.depth--
	return err
}

func (p *parser) assignable(name string) error {
	if slices.Contains(reserved, name) {
		return p.errorf("$%s cannot be assigned; reserved are %q", name, reserved)
	}
	// Velocity hides an assignment to the variable of a loop when the element is null.
	if slices.Contains(p.loops, name) {
		return p.errorf("assigning $%s inside its own #foreach is not supported", name)
	}
	return nil
}

func isBlank(c byte) bool  { return c == ' ' || c == '\t' }
func isSpace(c byte) bool  { return isBlank(c) || c == '\n' || c == '\r' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isName(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' || c == '@' }

func isNameStart(c byte) bool { return isLetter(c) || c == '_' }
