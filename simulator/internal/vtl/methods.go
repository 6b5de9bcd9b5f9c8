package vtl

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// getters are the properties that Java's classes have besides a map's keys. None is of use in a mapping template.
var getters = []string{"class", "bytes", "empty", "blank", "nan", "infinite"}

func (p property) of(_ *execution, v any) (any, error) {
	name := string(p)
	if t, ok := v.(tool); ok {
		return t.property(name)
	}
	o, isObject := v.(*object)
	if lower := strings.ToLower(name); lower == "class" || !isObject && slices.Contains(getters, lower) {
		return nil, fmt.Errorf("property %q of %s is not supported", name, kind(v))
	}
	if isObject {
		return o.values[name], nil
	}
	return nil, nil
}

func (i index) of(x *execution, v any) (any, error) {
	argument, err := i.argument.value(x)
	if err != nil {
		return nil, err
	}
	n, isInteger := argument.(int32)
	fromEnd := isInteger && n < 0
	switch v := v.(type) {
	case list:
		if fromEnd { // -1 is the last element.
			argument = integer(int64(n) + int64(len(v)))
		}
		return v.get(argument)
	case *object:
		if !fromEnd {
			return v.get(argument)
		}
	case tool:
	default:
		if !fromEnd {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("%s has no index %v", kind(v), argument)
}

// get has no value where Java finds no method for the argument.
func (l list) get(argument any) (any, error) {
	n, ok := argument.(int32)
	switch {
	case !ok:
		return nil, fmt.Errorf("an index of a list is %s, want an integer", kind(argument))
	case n < 0 || int(n) >= len(l):
		return nil, fmt.Errorf("index %d of a list of %d", n, len(l))
	}
	return l[n], nil
}

func (o *object) get(key any) (any, error) {
	switch key.(type) {
	case list, *object, tool:
		return nil, fmt.Errorf("the key of a map is %s, want a string, integer or boolean", kind(key))
	}
	return o.values[key], nil
}

func (c call) of(x *execution, v any) (any, error) {
	arguments := make([]any, len(c.arguments))
	for i, e := range c.arguments {
		var err error
		if arguments[i], err = e.value(x); err != nil {
			return nil, err
		}
	}
	if t, ok := v.(tool); ok {
		return t.call(x, c.name, arguments)
	}
	var result any
	var err error
	known := false
	switch v := v.(type) {
	case string:
		if err := x.read(len(v)); err != nil {
			return nil, err
		}
		result, known = stringMethod(v, c.name, arguments)
	case list:
		result, known, err = listMethod(x, v, c.name, arguments)
	case *object:
		result, known, err = mapMethod(v, c.name, arguments)
	}
	if !known && err == nil {
		err = fmt.Errorf("method %s with %d arguments of %s is not supported", c.name, len(arguments), kind(v))
	}
	return result, err
}

func stringMethod(s, name string, arguments []any) (any, bool) {
	if len(arguments) == 1 {
		argument, ok := arguments[0].(string)
		if !ok {
			return nil, false
		}
		switch name {
		case "equals":
			return s == argument, true
		case "contains":
			return strings.Contains(s, argument), true
		case "startsWith":
			return strings.HasPrefix(s, argument), true
		case "endsWith":
			return strings.HasSuffix(s, argument), true
		}
	}
	if len(arguments) > 0 {
		return nil, false
	}
	switch name {
	case "length":
		return integer(int64(len(utf16.Encode([]rune(s))))), true
	case "isEmpty":
		return s == "", true
	case "trim":
		return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }), true
	case "toString":
		return s, true
	}
	return nil, false
}

func listMethod(x *execution, l list, name string, arguments []any) (any, bool, error) {
	switch {
	case name == "size" && len(arguments) == 0:
		return integer(int64(len(l))), true, nil
	case name == "isEmpty" && len(arguments) == 0:
		return len(l) == 0, true, nil
	case name == "get" && len(arguments) == 1:
		v, err := l.get(arguments[0])
		return v, true, err
	case name == "contains" && len(arguments) == 1:
		for _, v := range l {
			if same, err := x.javaEquals(v, arguments[0], 0); err != nil || same {
				return same, true, err
			}
		}
		return false, true, nil
	}
	return nil, false, nil
}

func mapMethod(o *object, name string, arguments []any) (any, bool, error) {
	switch {
	case name == "size" && len(arguments) == 0:
		return integer(int64(len(o.keys))), true, nil
	case name == "isEmpty" && len(arguments) == 0:
		return len(o.keys) == 0, true, nil
	case name == "get" && len(arguments) == 1:
		v, err := o.get(arguments[0])
		return v, true, err
	case name == "containsKey" && len(arguments) == 1:
		if _, err := o.get(arguments[0]); err != nil {
			return nil, true, err
		}
		_, ok := o.values[arguments[0]]
		return ok, true, nil
	}
	return nil, false, nil
}
