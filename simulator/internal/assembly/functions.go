package assembly

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
)

// propertyFunctions are the intrinsic functions that work in properties and outputs:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var propertyFunctions = []string{
	"Ref", "Fn::Base64", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetStackOutput", "Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Select",
	"Fn::Split",
	"Fn::Sub",
}

// function tells whether an object is a call: it has a single key, which is Ref or starts with Fn::.
func (e *evaluator) function(v map[string]any) (name string, argument any, err error) {
	for key := range v {
		if key != "Ref" && !strings.HasPrefix(key, "Fn::") {
			continue
		}
		if len(v) > 1 {
			return "", nil, e.errorf("%s must be the only key, got %s", key, describe(v))
		}
		if !slices.Contains(propertyFunctions, key) {
			return "", nil, e.errorf("function %s is not supported here; supported: %s", key, strings.Join(propertyFunctions, ", "))
		}
		return key, v[key], nil
	}
	return "", nil, nil
}

func (e *evaluator) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return e.ref(argument)
	case "Fn::GetAtt":
		return e.getAtt(argument)
	case "Fn::Join":
		return e.join(argument)
	case "Fn::Sub":
		return e.sub(argument)
	case "Fn::Select":
		return e.selected(argument)
	case "Fn::Split":
		return e.split(argument)
	case "Fn::ImportValue":
		return e.importValue(argument)
	case "Fn::GetStackOutput":
		return e.getStackOutput(argument)
	case "Fn::If":
		return e.choice(argument)
	case "Fn::FindInMap":
		return e.findInMap(argument)
	case "Fn::Base64":
		text, err := e.text(argument)
		if err != nil {
			return nil, err
		}
		return e.produce(base64.StdEncoding.EncodeToString([]byte(text)))
	}
	return nil, e.errorf("function %s is not supported", name)
}

// arguments expects a list of the given length.
func (e *evaluator) arguments(argument any, what ...string) ([]any, error) {
	list, ok := argument.([]any)
	if !ok || len(list) != len(what) {
		return nil, e.errorf("got %s, want [%s]", describe(argument), strings.Join(what, ", "))
	}
	return list, nil
}

// items evaluates an argument that must be a list.
func (e *evaluator) items(argument any) ([]any, error) {
	value, err := e.evaluate(argument)
	if err != nil {
		return nil, err
	}
	switch value := value.(type) {
	case []any:
		return value, nil
	case []string:
		list := make([]any, len(value))
		for i := range value {
			list[i] = value[i]
		}
		return list, nil
	}
	return nil, e.errorf("got %s, want a list", describe(value))
}

func (e *evaluator) join(argument any) (any, error) {
	list, err := e.arguments(argument, "delimiter", "list of values")
	if err != nil {
		return nil, err
	}
	delimiter, ok := list[0].(string)
	if !ok {
		return nil, e.errorf("the delimiter is %s, want a literal string", describe(list[0]))
	}
	values, err := e.items(list[1])
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(values))
	size := 0
	for i, value := range values {
		if texts[i], err = e.scalar(value); err != nil {
			return nil, err
		}
		size += len(texts[i]) + len(delimiter)
	}
	if size > maxBytes {
		return nil, e.errorf("the joined text has more than %d bytes", maxBytes)
	}
	return e.produce(strings.Join(texts, delimiter))
}

func (e *evaluator) selected(argument any) (any, error) {
	list, err := e.arguments(argument, "index", "list")
	if err != nil {
		return nil, err
	}
	text, err := e.text(list[0])
	if err != nil {
		return nil, err
	}
	items, err := e.items(list[1])
	if err != nil {
		return nil, err
	}
	index, err := strconv.ParseFloat(text, 64)
	if err != nil || index != math.Trunc(index) || index < 0 || index >= float64(len(items)) {
		return nil, e.errorf("got index %q, want 0 to %d", text, len(items)-1)
	}
	return items[int(index)], nil
}

func (e *evaluator) split(argument any) (any, error) {
	list, err := e.arguments(argument, "delimiter", "string")
	if err != nil {
		return nil, err
	}
	delimiter, ok := list[0].(string)
	if !ok || delimiter == "" {
		return nil, e.errorf("the delimiter is %s, want a literal string that is not empty", describe(list[0]))
	}
	text, err := e.text(list[1])
	if err != nil {
		return nil, err
	}
	if _, err := e.produce(text); err != nil {
		return nil, err
	}
	var items []any
	for part := range strings.SplitSeq(text, delimiter) {
		items = append(items, part)
	}
	return items, nil
}

func (e *evaluator) findInMap(argument any) (any, error) {
	list, err := e.arguments(argument, "map", "top-level key", "second-level key")
	if err != nil {
		return nil, err
	}
	var keys [3]string
	for i := range list {
		if keys[i], err = e.text(list[i]); err != nil {
			return nil, err
		}
	}
	value, ok := e.stack.template.Mappings[keys[0]][keys[1]][keys[2]]
	if !ok {
		return nil, e.errorf("mapping %q has no value for %q and %q", keys[0], keys[1], keys[2])
	}
	return e.literal(value)
}

// literal copies a mapping's value, in which CloudFormation allows no functions.
func (e *evaluator) literal(value any) (any, error) {
	switch value := value.(type) {
	case string, float64, bool:
		return value, nil
	case []any:
		for _, item := range value {
			if _, err := e.scalar(item); err != nil {
				return nil, err
			}
		}
		e.spent.steps += len(value)
		return slices.Clone(value), nil
	}
	return nil, e.errorf("the mapping's value is %s, want a scalar or a list of scalars", describe(value))
}
