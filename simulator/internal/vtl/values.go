package vtl

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// list is Java's ArrayList.
type list []any

// object is Java's LinkedHashMap: its keys are in the order of their first insertion.
type object struct {
	keys   []any
	values map[any]any
}

func newObject() *object { return &object{values: map[any]any{}} }

func (o *object) put(key, value any) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// tool is one of API Gateway's objects or $foreach: it has properties and methods but no text.
type tool interface {
	name() string
	property(name string) (any, error)
	call(x *execution, method string, arguments []any) (any, error)
}

// integer is an Integer, or a Long if n needs more bits.
func integer(n int64) any {
	if n == int64(int32(n)) {
		return int32(n)
	}
	return n
}

// text is Java's toString.
func (x *execution) text(v any) (string, error) {
	var b strings.Builder
	err := x.write(&b, v, 0)
	return b.String(), err
}

func (x *execution) write(b *strings.Builder, v any, depth int) error {
	if err := x.step(); err != nil {
		return err
	}
	if depth > maxNesting {
		return fmt.Errorf("a value nests deeper than %d", maxNesting)
	}
	switch v := v.(type) {
	case list:
		return x.writeAll(b, "[", "]", len(v), func(i int) error { return x.write(b, v[i], depth+1) })
	case *object:
		return x.writeAll(b, "{", "}", len(v.keys), func(i int) error {
			if err := x.write(b, v.keys[i], depth+1); err != nil {
				return err
			}
			b.WriteByte('=')
			return x.write(b, v.values[v.keys[i]], depth+1)
		})
	}
	s, err := scalarText(v)
	if err != nil {
		return err
	}
	b.WriteString(s)
	return x.produced(len(s))
}

func (x *execution) writeAll(b *strings.Builder, open, shut string, n int, write func(int) error) error {
	b.WriteString(open)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		if err := write(i); err != nil {
			return err
		}
	}
	b.WriteString(shut)
	return x.produced(2 * (n + 1))
}

func scalarText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "null", nil
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int32:
		return strconv.FormatInt(int64(v), 10), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return doubleText(v), nil
	case tool:
		return "", fmt.Errorf("%s has no text", v.name())
	}
	return "", fmt.Errorf("%T has no text", v)
}

// doubleText is Double.toString: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double)
func doubleText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'f', -1, 64), "+") + "inity"
	case f == 0 || math.Abs(f) >= 1e-3 && math.Abs(f) < 1e7:
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent) // FormatFloat writes a number there.
	return mantissa + "E" + strconv.Itoa(n)
}

// kind names a value's type in messages.
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int32, int64, float64:
		return "a number"
	case list:
		return "a list"
	case *object:
		return "a map"
	case tool:
		return v.name()
	}
	return fmt.Sprintf("%T", v)
}

// javaEquals is equals of two values of the same class, where an Integer never equals a Long.
func (x *execution) javaEquals(a, b any, depth int) (bool, error) {
	if err := x.step(); err != nil {
		return false, err
	}
	if depth > maxNesting {
		return false, fmt.Errorf("a value nests deeper than %d", maxNesting)
	}
	switch a := a.(type) {
	case string:
		b, ok := b.(string)
		return ok && a == b, x.read(len(a))
	case list:
		b, ok := b.(list)
		if !ok || len(a) != len(b) {
			return false, nil
		}
		for i := range a {
			if same, err := x.javaEquals(a[i], b[i], depth+1); err != nil || !same {
				return false, err
			}
		}
		return true, nil
	case *object:
		b, ok := b.(*object)
		if !ok || len(a.keys) != len(b.keys) {
			return false, nil
		}
		for _, key := range a.keys {
			value, ok := b.values[key]
			if !ok {
				return false, nil
			}
			if same, err := x.javaEquals(a.values[key], value, depth+1); err != nil || !same {
				return false, err
			}
		}
		return true, nil
	}
	if _, ok := b.(list); ok {
		return false, nil
	}
	return a == b, nil
}
