package assembly

import (
	"strings"
)

// piece is a part of a template string: literal text, or the name between ${ and }.
type piece struct{ text, name string }

// reference is what ${Name} or ${Name.Attribute} stands for.
func (p piece) reference() (function string, argument any) {
	if strings.Contains(p.name, ".") {
		return "Fn::GetAtt", p.name
	}
	return "Ref", p.name
}

// sub is Fn::Sub in both forms:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func (e *evaluator) sub(argument any) (any, error) {
	pieces, variables, err := e.subArguments(argument)
	if err != nil {
		return nil, err
	}
	values := make(map[string]string, len(variables))
	for name, v := range variables {
		if values[name], err = e.text(v); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	for _, p := range pieces {
		text, known := values[p.name]
		switch {
		case p.name == "":
			text = p.text
		case !known:
			function, target := p.reference()
			value, err := e.call(function, target)
			if err != nil {
				return nil, err
			}
			if text, err = e.scalar(value); err != nil {
				return nil, err
			}
		}
		if _, err := e.produce(text); err != nil {
			return nil, err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// subArguments reads "template" or ["template", {"Variable": value}].
func (e *evaluator) subArguments(argument any) ([]piece, map[string]any, error) {
	var variables map[string]any
	if list, ok := argument.([]any); ok {
		if len(list) != 2 {
			return nil, nil, e.errorf("got %s, want [template, variables]", describe(argument))
		}
		if variables, ok = list[1].(map[string]any); !ok {
			return nil, nil, e.errorf("the variables are %s, want an object", describe(list[1]))
		}
		argument = list[0]
	}
	template, ok := argument.(string)
	if !ok {
		return nil, nil, e.errorf("the template is %s, want a literal string", describe(argument))
	}
	pieces, err := e.pieces(template)
	return pieces, variables, err
}

func (e *evaluator) pieces(template string) ([]piece, error) {
	var pieces []piece
	for template != "" {
		before, rest, found := strings.Cut(template, "${")
		if before != "" {
			pieces = append(pieces, piece{text: before})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		literal, isLiteral := strings.CutPrefix(name, "!")
		switch {
		case !closed:
			return nil, e.errorf("${%s has no closing brace", name)
		case isLiteral:
			pieces = append(pieces, piece{text: "${" + literal + "}"})
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:") != "" || name == "":
			return nil, e.errorf("${%s} is not a name; names have letters, digits, '_', '.' and ':'", name)
		default:
			pieces = append(pieces, piece{name: name})
		}
		template = after
	}
	return pieces, nil
}
