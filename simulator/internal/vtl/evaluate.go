package vtl

import (
	"fmt"
	"strings"
)

func (l literal) value(*execution) (any, error) { return l.v, nil }

func (g group) value(x *execution) (any, error) { return g.inside.value(x) }

func (i interpolated) value(x *execution) (any, error) {
	outer := x.out
	x.out = &strings.Builder{}
	err := x.renderAll(i.nodes)
	s := x.out.String()
	x.out = outer
	if i.padded && s != "" {
		s = s[:len(s)-1]
	}
	return s, err
}

func (l listLiteral) value(x *execution) (any, error) {
	values := make(list, len(l))
	for i, e := range l {
		var err error
		if values[i], err = e.value(x); err != nil {
			return nil, err
		}
		if err := x.step(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (m mapLiteral) value(x *execution) (any, error) {
	o := newObject()
	for i := range m.keys {
		key, err := m.keys[i].value(x)
		if err != nil {
			return nil, err
		}
		switch key.(type) {
		case string, bool, int32, int64:
		default:
			return nil, fmt.Errorf("the key of a map is %s, want a string, integer or boolean", kind(key))
		}
		value, err := m.values[i].value(x)
		if err != nil {
			return nil, err
		}
		o.put(key, value)
		if err := x.step(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (n negation) value(x *execution) (any, error) {
	met, err := x.truth(n.operand)
	return !met, err
}

// value works down the parts of a reference. Behind one that has no value, nothing is evaluated.
func (r *reference) value(x *execution) (any, error) {
	v := x.variables[r.name]
	for _, part := range r.parts {
		if v == nil {
			return nil, nil
		}
		if err := x.step(); err != nil {
			return nil, err
		}
		var err error
		if v, err = part.of(x, v); err != nil {
			return nil, fmt.Errorf("%s: %w", r.source, err)
		}
	}
	return v, nil
}

// truth is what a condition evaluates to. A reference counts as true if it has any value but false, even 0 and "". A literal other than
// true, and arithmetic, count as false: Velocity's syntax nodes are false unless they say otherwise (SimpleNode.evaluate).
func (x *execution) truth(e expression) (bool, error) {
	if err := x.step(); err != nil {
		return false, err
	}
	switch e := e.(type) {
	case group:
		return x.truth(e.inside)
	case *reference:
		v, err := e.value(x)
		if b, ok := v.(bool); ok {
			return b, err
		}
		return v != nil, err
	case literal:
		return e.v == true, nil
	case negation:
		met, err := x.truth(e.operand)
		return !met && err == nil, err
	case operation:
		switch e.operator {
		case "+", "-", "*", "/", "%":
			return false, nil
		}
		v, err := e.value(x)
		return v == true, err
	}
	return false, nil
}

func (o operation) value(x *execution) (any, error) {
	if err := x.step(); err != nil {
		return nil, err
	}
	if o.operator == "&&" || o.operator == "||" {
		left, err := x.truth(o.left)
		if err != nil || left == (o.operator == "||") {
			return left, err
		}
		return x.truth(o.right)
	}
	left, err := o.left.value(x)
	if err != nil {
		return nil, err
	}
	right, err := o.right.value(x)
	if err != nil {
		return nil, err
	}
	switch o.operator {
	case "==":
		return x.equal(left, right)
	case "!=":
		same, err := x.equal(left, right)
		return !same, err
	case "<", ">", "<=", ">=":
		return ordered(o.operator, left, right), nil
	case "+":
		_, isText := left.(string)
		if _, ok := right.(string); ok || isText {
			return o.concatenation(x, left, right)
		}
	}
	return arithmetic(o.operator, left, right)
}

// concatenation joins texts. A reference without a value stands for its source.
func (o operation) concatenation(x *execution, left, right any) (any, error) {
	var parts [2]string
	for i, operand := range []struct {
		e expression
		v any
	}{{o.left, left}, {o.right, right}} {
		r, isReference := operand.e.(*reference)
		var err error
		switch {
		case operand.v != nil:
			parts[i], err = x.text(operand.v)
		case isReference:
			parts[i] = r.source
			err = x.produced(len(r.source))
		default:
			err = fmt.Errorf("an expression without a value cannot be joined to a string")
		}
		if err != nil {
			return nil, err
		}
	}
	return parts[0] + parts[1], nil
}

// equal compares numbers by value, values of the same class by equals, and others by their texts:
// https://velocity.apache.org/engine/1.7/user-guide.html#relational-and-logical-operators
func (x *execution) equal(left, right any) (bool, error) {
	if isNumber(left) && isNumber(right) {
		return compare(left, right) == 0, nil
	}
	if left == nil || right == nil {
		return left == nil && right == nil, nil
	}
	if kind(left) == kind(right) {
		return x.javaEquals(left, right, 0)
	}
	a, err := x.text(left)
	if err != nil {
		return false, err
	}
	b, err := x.text(right)
	return a == b, err
}
