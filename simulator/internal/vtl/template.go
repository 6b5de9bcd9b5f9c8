// Package vtl renders API Gateway's mapping templates: a subset of the Velocity Template Language with the semantics of Apache Velocity 1.7
// (https://velocity.apache.org/engine/1.7/user-guide.html) and API Gateway's objects ($input, $util, $context, $stageVariables:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html).
//
// The subset: references ($x, ${x}, $!x, properties, methods, [index]), #set of a variable, #if, #elseif, #else, #foreach, expressions,
// strings, numbers, lists, maps and comments. Whatever else Velocity may do, such as macros, escapes with a backslash and text that its
// tokenizer takes for something else, is an error, so what renders here renders the same there. Numbers are Java's Integer, Long and
// Double.
package vtl

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a template and of one rendering.
const (
	maxSource  = 1 << 20
	maxNesting = 100
	// maxOperators bounds the depth of the syntax tree: a chain of operators nests to the left.
	maxOperators = 10_000
	maxSteps     = 1_000_000
	maxBytes     = 16 << 20
)

// Template is a parsed mapping template. It does not change, so it is safe for concurrent use.
type Template struct{ nodes []node }

// Input is what API Gateway gives a template. The maps may be nil.
type Input struct {
	Body                                string
	Path, Query, Header, StageVariables map[string]string
	// Context is $context: scalars, and maps and lists of them.
	Context map[string]any
}

// Parse reads a template. An error names what is wrong or not supported, with its line and column.
func Parse(source string) (*Template, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("the template has %d bytes, want at most %d", len(source), maxSource)
	}
	if !utf8.ValidString(source) {
		return nil, fmt.Errorf("the template is not valid UTF-8")
	}
	p := &parser{source: source}
	nodes, err := p.template()
	if err != nil {
		return nil, err
	}
	return &Template{nodes}, nil
}

// Render evaluates the template. Where AWS documents no result, such as for a JSONPath that matches nothing, there is an error.
func (t *Template) Render(in Input) (string, error) {
	variables, err := in.variables()
	if err != nil {
		return "", err
	}
	return t.render(variables)
}

func (t *Template) render(variables map[string]any) (string, error) {
	x := &execution{variables: variables, out: &strings.Builder{}}
	if err := x.renderAll(t.nodes); err != nil {
		return "", err
	}
	return x.out.String(), nil
}
