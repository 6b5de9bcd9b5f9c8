package vtl

import (
	"fmt"
	"strconv"
	"strings"
)

// pathStep is the name of a member or the index of an element.
type pathStep struct {
	name  string
	index int
	byPos bool
}

func (s pathStep) in(v any) (any, bool) {
	switch v := v.(type) {
	case *object:
		if !s.byPos {
			found, ok := v.values[s.name]
			return found, ok
		}
	case list:
		if s.byPos && s.index < len(v) {
			return v[s.index], true
		}
	}
	return nil, false
}

// parsePath reads the definite JSONPath expressions: $, .name, ['name'] and [index].
// https://goessner.net/articles/JsonPath
func parsePath(expression string) ([]pathStep, error) {
	rest, ok := strings.CutPrefix(expression, "$")
	var steps []pathStep
	for ok && rest != "" {
		var step pathStep
		if step, rest, ok = nextStep(rest); ok {
			steps = append(steps, step)
		}
	}
	if !ok {
		return nil, fmt.Errorf("the JSONPath %q is not supported; supported: $, .name, ['name'], [index]", expression)
	}
	return steps, nil
}

func nextStep(path string) (step pathStep, rest string, ok bool) {
	if path[0] == '.' {
		end := 1
		for end < len(path) && isName(path[end]) {
			end++
		}
		return pathStep{name: path[1:end]}, path[end:], end > 1
	}
	inside, rest, ok := strings.Cut(strings.TrimPrefix(path, "["), "]")
	if path[0] != '[' || !ok {
		return step, rest, false
	}
	if n := len(inside); n > 2 && inside[0] == '\'' && inside[n-1] == '\'' && !strings.ContainsAny(inside[1:n-1], `'\`) {
		return pathStep{name: inside[1 : n-1]}, rest, true
	}
	index, err := strconv.ParseUint(inside, 10, 31)
	return pathStep{index: int(index), byPos: true}, rest, err == nil
}
