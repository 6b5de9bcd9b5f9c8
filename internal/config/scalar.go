package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// scalar reads a single text, number, truth value or duration.
func (r *reader) scalar(n ast.Node, at *place, v reflect.Value) {
	if n == nil {
		return
	}
	want, ok := "", false
	switch got := v.Addr().Interface().(type) {
	case *string:
		want = "text"
		*got, ok = text(n)
	case *int:
		want = "a whole number in decimal digits"
		*got, ok = wholeNumber(n)
	case *float64:
		want = "a number"
		*got, ok = number(n)
	case *bool:
		want = "true or false"
		if b, isBool := n.(*ast.BoolNode); isBool {
			*got, ok = b.Value, true
		}
	case *time.Duration:
		want = "a duration with its unit, for example 45m or 1h"
		if s, isText := text(n); isText {
			d, err := time.ParseDuration(s)
			*got, ok = d, err == nil
		}
	}
	at.state = given
	if !ok {
		at.state = broken
		reportType(n, at, want, r.problems)
	}
}

// setDefault sets a field to the default of its declaration.
func setDefault(v reflect.Value, text string) {
	switch field := v.Addr().Interface().(type) {
	case *string:
		*field = text
	case *int:
		*field, _ = strconv.Atoi(text)
	case *float64:
		*field, _ = strconv.ParseFloat(text, 64)
	case *bool:
		*field = text == "true"
	case *time.Duration:
		*field, _ = time.ParseDuration(text)
	}
}

func text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// wholeNumber takes decimal digits only: YAML reads 010 as 8 and 1_000 as 1000, which is not what every reader sees.
func wholeNumber(n ast.Node) (int, bool) {
	i, ok := n.(*ast.IntegerNode)
	if !ok || fmt.Sprint(i.Value) != source(n) {
		return 0, false
	}
	got, err := strconv.Atoi(source(n))
	return got, err == nil
}

func number(n ast.Node) (float64, bool) {
	if f, ok := n.(*ast.FloatNode); ok {
		return f.Value, true
	}
	got, ok := wholeNumber(n)
	return float64(got), ok
}

// reportType reports a node that is not what its field wants.
func reportType(n ast.Node, at *place, want string, problems *Problems) {
	at = at.on(max(at.line, 1))
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		problems.at(at, "anchors and aliases are not supported: write the value out")
	case *ast.TagNode:
		problems.at(at, "YAML tag %s is not supported: remove it", source(n))
	case *ast.NullNode:
		problems.at(at, "is empty: write %s, or remove it", want)
	case *ast.MappingNode:
		problems.at(at, "got a mapping: write %s", want)
	case *ast.SequenceNode:
		problems.at(at, "got a list: write %s", want)
	case *ast.StringNode, *ast.LiteralNode:
		got, _ := text(n)
		problems.at(at, "got %q: write %s", got, want)
	default:
		hint := ""
		if want == "text" {
			hint = fmt.Sprintf(" in quotes, %q", source(n))
		}
		problems.at(at, "got %s: write %s%s", source(n), want, hint)
	}
}

// source returns the text of a node's first token as it is written.
func source(n ast.Node) string {
	if t := n.GetToken(); t != nil {
		return strings.TrimSpace(t.Value)
	}
	return "an unknown value"
}
