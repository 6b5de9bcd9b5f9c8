package vtl

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string parses a string literal. A doubled quote stands for one; a backslash escapes nothing but, in double quotes, \uXXXX. In double
// quotes references and directives are rendered: https://velocity.apache.org/engine/1.7/user-guide.html#string-literals
func (p *parser) string() (expression, error) {
	start := p.pos
	quote := p.source[start : start+1]
	p.pos++
	for {
		end := strings.Index(p.rest(), quote)
		if end < 0 {
			p.pos = start
			return nil, p.errorf("the string has no end")
		}
		p.pos += end + 1
		if !p.accept(quote) {
			break
		}
	}
	image := p.source[start+1 : p.pos-1]
	renders := quote == `"` && strings.ContainsAny(image, "$#")
	if quote == `"` {
		var err error
		if image, err = p.unescape(image); err != nil {
			return nil, err
		}
	}
	image = strings.ReplaceAll(image, quote+quote, quote)
	if !renders {
		return literal{image}, nil
	}
	return p.interpolated(image)
}

// interpolated parses a string as a template. Velocity puts a blank after it and removes it from the result, unless there is a line
// comment.
func (p *parser) interpolated(image string) (expression, error) {
	i := interpolated{padded: !strings.Contains(image, "##")}
	if i.padded {
		image += " "
	}
	err := p.nested(func() (err error) {
		inside := &parser{source: image, depth: p.depth, operators: p.operators, loops: slices.Clone(p.loops), outer: p}
		i.nodes, err = inside.template()
		p.operators = inside.operators
		return err
	})
	return i, err
}

func (p *parser) unescape(s string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\u`)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		c, err := hex4(after)
		if err != nil {
			return "", p.errorf(`\u without four hexadecimal digits in a string`)
		}
		s = after[4:]
		if utf16.IsSurrogate(c) {
			low, err := hex4(strings.TrimPrefix(s, `\u`))
			if c = utf16.DecodeRune(c, low); err != nil || !strings.HasPrefix(s, `\u`) || c == utf8.RuneError {
				return "", p.errorf(`\u of half a surrogate pair in a string`)
			}
			s = s[6:]
		}
		b.WriteRune(c)
	}
}

func hex4(s string) (rune, error) {
	if len(s) < 4 {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(s[:4], 16, 32)
	return rune(n), err
}
