package vtl

import (
	"fmt"
	"math"
)

func isNumber(v any) bool {
	switch v.(type) {
	case int32, int64, float64:
		return true
	}
	return false
}

// whole is the value of an Integer or Long.
func whole(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

func double(v any) float64 {
	if n, ok := whole(v); ok {
		return float64(n)
	}
	f, _ := v.(float64)
	return f
}

// compare is -1, 0 or 1, and 0 if one is not a number, as in Velocity's MathUtils.
func compare(left, right any) int {
	a, isWhole := whole(left)
	b, areWhole := whole(right)
	if isWhole && areWhole {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	switch f, g := double(left), double(right); {
	case f < g:
		return -1
	case f > g:
		return 1
	}
	return 0
}

// ordered is false unless both are numbers.
func ordered(operator string, left, right any) bool {
	if !isNumber(left) || !isNumber(right) {
		return false
	}
	c := compare(left, right)
	switch operator {
	case "<":
		return c < 0
	case ">":
		return c > 0
	case "<=":
		return c <= 0
	}
	return c >= 0
}

// arithmetic has no value unless both are numbers, and none for a division by zero. Integers stay integers and divide as such; the larger
// class decides that of the result: https://velocity.apache.org/engine/1.7/user-guide.html#math
func arithmetic(operator string, left, right any) (any, error) {
	if !isNumber(left) || !isNumber(right) {
		return nil, nil
	}
	if (operator == "/" || operator == "%") && double(right) == 0 {
		return nil, nil
	}
	a, isWhole := whole(left)
	b, areWhole := whole(right)
	if !isWhole || !areWhole {
		return doubles(operator, double(left), double(right)), nil
	}
	n, overflow := integers(operator, a, b)
	if overflow {
		return nil, fmt.Errorf("%d %s %d has more than 64 bits, which is not supported", a, operator, b)
	}
	_, isLong := left.(int64)
	if _, ok := right.(int64); ok || isLong {
		return n, nil
	}
	return integer(n), nil
}

func doubles(operator string, a, b float64) float64 {
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	}
	return math.Mod(a, b)
}

// integers overflows where Velocity goes over to a BigInteger.
func integers(operator string, a, b int64) (n int64, overflow bool) {
	switch operator {
	case "+":
		n = a + b
		return n, (n^a) < 0 && (n^b) < 0
	case "-":
		n = a - b
		return n, (n^a) < 0 && (n^^b) < 0
	case "*":
		n = a * b
		return n, b != 0 && n/b != a
	case "/":
		return a / b, false
	}
	return a % b, false
}
