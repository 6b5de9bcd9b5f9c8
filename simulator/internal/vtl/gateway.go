package vtl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// variables are those that a mapping template starts with.
func (in Input) variables() (map[string]any, error) {
	context, err := converted(in.Context, 0)
	if err != nil {
		return nil, fmt.Errorf("$context%w", err)
	}
	return map[string]any{
		"input": &inputTool{in}, "util": utilTool{}, "context": context, "stageVariables": textMap(in.StageVariables),
	}, nil
}

// textMap makes a map with sorted keys.
func textMap(m map[string]string) *object {
	o := newObject()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		o.put(key, m[key])
	}
	return o
}

// converted turns Go's values into Java's.
func converted(v any, depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf(" nests deeper than %d", maxNesting)
	}
	switch v := v.(type) {
	case nil, string, bool, int32, int64, float64:
		return v, nil
	case int:
		return integer(int64(v)), nil
	case map[string]string:
		return textMap(v), nil
	case map[string]any:
		o := newObject()
		for _, key := range slices.Sorted(maps.Keys(v)) {
			value, err := converted(v[key], depth+1)
			if err != nil {
				return nil, fmt.Errorf(".%s%w", key, err)
			}
			o.put(key, value)
		}
		return o, nil
	case []any:
		l := make(list, len(v))
		for i := range v {
			var err error
			if l[i], err = converted(v[i], depth+1); err != nil {
				return nil, fmt.Errorf("[%d]%w", i, err)
			}
		}
		return l, nil
	}
	return nil, fmt.Errorf(" is a %T, want a scalar, map or list", v)
}

// inputTool is $input:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference
type inputTool struct{ in Input }

var _ tool = (*inputTool)(nil)

func (*inputTool) name() string { return "$input" }

func (i *inputTool) property(name string) (any, error) {
	if name == "body" {
		return i.in.Body, nil
	}
	return nil, fmt.Errorf("property %q is not supported; supported: body, params(), params(name), path(expression), json(expression)", name)
}

func (i *inputTool) call(x *execution, method string, arguments []any) (any, error) {
	if method == "params" && len(arguments) == 0 {
		o := newObject()
		o.put("path", textMap(i.in.Path))
		o.put("querystring", textMap(i.in.Query))
		o.put("header", textMap(i.in.Header))
		return o, nil
	}
	argument, err := oneText(method, arguments)
	if err != nil {
		return nil, err
	}
	switch method {
	case "params":
		return i.parameter(argument), nil
	case "path", "json":
		found, err := i.find(x, argument)
		if err != nil || method == "path" {
			return found, err
		}
		var b strings.Builder
		err = x.writeJSON(&b, found)
		return b.String(), err
	}
	_, err = i.property(method + "(…)")
	return nil, err
}

// parameter searches the path, the query string and the header in that order. For a name that none has AWS documents no result; it answers
// with an empty string.
func (i *inputTool) parameter(name string) string {
	for _, parameters := range []map[string]string{i.in.Path, i.in.Query, i.in.Header} {
		if value, ok := parameters[name]; ok {
			return value
		}
	}
	return ""
}

func (i *inputTool) find(x *execution, expression string) (any, error) {
	steps, err := parsePath(expression)
	if err != nil {
		return nil, err
	}
	body, err := parseJSON(x, i.in.Body)
	if err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	for _, step := range steps {
		var ok bool
		if body, ok = step.in(body); !ok {
			return nil, fmt.Errorf("the body has nothing at %s, for which AWS documents no result", expression)
		}
	}
	return body, nil
}

func oneText(method string, arguments []any) (string, error) {
	if len(arguments) == 1 {
		if s, ok := arguments[0].(string); ok {
			return s, nil
		}
		return "", fmt.Errorf("the argument of %s is %s, want a string", method, kind(arguments[0]))
	}
	return "", fmt.Errorf("%s has %d arguments, want one", method, len(arguments))
}
