package logsinsights

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// expression yields a value from a row, or from a group of rows in stats.
type expression interface {
	of(e *evaluation, r row) (value, error)
}

type (
	field     string
	literal   value
	not       struct{ inner expression }
	operation struct {
		operator    string
		left, right expression
	}
	like struct {
		left    expression
		pattern *regexp.Regexp
	}
	call struct {
		name      string
		arguments []expression
	}
)

func (f field) of(e *evaluation, r row) (value, error) {
	v, ok := r.fields[string(f)]
	if !ok && e.aggregated {
		return value{}, fmt.Errorf("field %s: after stats there are %v", string(f), e.columns)
	}
	if v.kind == boolean && !e.aggregated {
		return value{}, fmt.Errorf("field %s is true or false: how Logs Insights shows those is not documented", string(f))
	}
	return v, nil
}

func (l literal) of(*evaluation, row) (value, error) { return value(l), nil }

func (n not) of(e *evaluation, r row) (value, error) {
	v, err := n.inner.of(e, r)
	if err != nil || v.isMissing() {
		return v, err
	}
	if v.kind != boolean {
		return value{}, fmt.Errorf("not of %q, which is no condition", v.text())
	}
	return truth(!v.isTrue()), nil
}

func (l like) of(e *evaluation, r row) (value, error) {
	v, err := l.left.of(e, r)
	if err != nil {
		return v, err
	}
	if v.isMissing() {
		return e.unknown(), nil
	}
	return truth(l.pattern.MatchString(v.text())), nil
}

func (o operation) of(e *evaluation, r row) (value, error) {
	left, err := o.left.of(e, r)
	if err != nil {
		return left, err
	}
	right, err := o.right.of(e, r)
	if err != nil {
		return right, err
	}
	switch o.operator {
	case "and", "or":
		return logical(o.operator, left, right)
	case "+", "-", "*", "/":
		return arithmetic(o.operator, left, right)
	}
	if left.isMissing() || right.isMissing() {
		return e.unknown(), nil
	}
	return e.compare(o.operator, left, right)
}

// logical is SQL's: false and unknown is false, true or unknown is true.
func logical(operator string, left, right value) (value, error) {
	for _, v := range []value{left, right} {
		if v.kind != boolean && !v.isMissing() {
			return value{}, fmt.Errorf("%s of %q, which is no condition", operator, v.text())
		}
	}
	decides := truth(operator == "or")
	switch {
	case left == decides || right == decides:
		return decides, nil
	case left.isMissing() || right.isMissing():
		return value{}, nil
	}
	return truth(operator == "and"), nil
}

func arithmetic(operator string, left, right value) (value, error) {
	a, ok := left.numeric()
	b, okToo := right.numeric()
	if !ok || !okToo {
		return value{}, nil
	}
	switch operator {
	case "+":
		return numberOf(a + b), nil
	case "-":
		return numberOf(a - b), nil
	case "*":
		return numberOf(a * b), nil
	}
	if b == 0 {
		return value{}, nil
	}
	return numberOf(a / b), nil
}

func (e *evaluation) unknown() value {
	if e.dialect.MissingIsFalse {
		return truth(false)
	}
	return value{}
}

func (e *evaluation) compare(operator string, left, right value) (value, error) {
	a, ok := left.numeric()
	b, okToo := right.numeric()
	numbers := ok && okToo
	if operator == "=" || operator == "!=" {
		equal := left.equals(right)
		if numbers && !e.dialect.TextEquality {
			equal = a == b
		}
		return truth(equal == (operator == "=")), nil
	}
	if !numbers {
		return value{}, fmt.Errorf("%q %s %q: only numbers are compared", left.text(), operator, right.text())
	}
	switch operator {
	case "<":
		return truth(a < b), nil
	case ">":
		return truth(a > b), nil
	case "<=":
		return truth(a <= b), nil
	}
	return truth(a >= b), nil
}

// functions of a row, by their name and number of arguments; -1 is any. bin and the aggregates belong to stats.
var functions = map[string]int{
	"ispresent": 1, "coalesce": -1, "strcontains": 2, "concat": -1, "toMillis": 1, "now": 0,
	"bin": 1, "count": 1, "sum": 1, "max": 1, "latest": 1,
}

func known(c call) bool {
	n, ok := functions[c.name]
	return ok && (n == len(c.arguments) || (n < 0 && len(c.arguments) > 0))
}

func (c call) of(e *evaluation, r row) (value, error) {
	if slices.Contains(aggregates, c.name) {
		return e.aggregate(c)
	}
	var values []value
	for _, argument := range c.arguments {
		v, err := argument.of(e, r)
		if err != nil {
			return v, err
		}
		values = append(values, v)
	}
	switch c.name {
	case "ispresent":
		return truth(!values[0].isMissing()), nil
	case "coalesce":
		for _, v := range values {
			if !v.isMissing() {
				return v, nil
			}
		}
		return value{}, nil
	case "strcontains":
		return numberOf(truth(strings.Contains(values[0].text(), values[1].text())).number), nil
	case "concat":
		var all strings.Builder
		for _, v := range values {
			all.WriteString(v.text())
		}
		return textOf(all.String()), nil
	case "toMillis":
		return numberOf(values[0].number), nil
	case "now":
		return numberOf(float64(e.now.Unix())), nil
	}
	return value{}, fmt.Errorf("%s is for stats only", c.name)
}
