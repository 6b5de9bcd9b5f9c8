package dashboard

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Series is a time series. A value that is not a number is missing.
type Series struct {
	Label, Color string
	Start        time.Time
	Period       time.Duration
	Values       []float64
}

// At is the time of a value.
func (s Series) At(i int) time.Time { return s.Start.Add(time.Duration(i) * s.Period) }

// Last is the last value that is not missing, which is what a number shows.
func (s Series) Last() float64 {
	for i := len(s.Values) - 1; i >= 0; i-- {
		if !math.IsNaN(s.Values[i]) {
			return s.Values[i]
		}
	}
	return math.NaN()
}

// like is an empty series over the same times.
func (s Series) like() Series {
	s.Values = make([]float64, len(s.Values))
	s.Label, s.Color = "", ""
	return s
}

// operand is a number, a series, a list of series or a word, as the metric math of an expression has them.
type operand struct {
	number *float64
	series *Series
	list   []Series
	word   string
}

func numberOf(v float64) operand { return operand{number: &v} }

// at is the value at one time; there is one at every time for a number.
func (o operand) at(i int) float64 {
	if o.number != nil {
		return *o.number
	}
	return o.series.Values[i]
}

func (o operand) isList() bool { return o.number == nil && o.series == nil }

// scope knows what an expression is about.
type scope struct {
	named  func(id string) (operand, error)
	search func(Search) ([]Series, error)
}

func (s scope) evaluate(n node) (operand, error) {
	switch n.kind {
	case numberNode:
		return numberOf(n.value), nil
	case textNode:
		return operand{word: n.name}, nil
	case idNode:
		if constants[n.name] {
			return operand{word: n.name}, nil
		}
		return s.named(n.name)
	}
	if n.name == "SEARCH" {
		search, err := parseSearch(n)
		if err != nil {
			return operand{}, err
		}
		list, err := s.search(search)
		return operand{list: list}, err
	}
	var args []operand
	for _, arg := range n.args {
		value, err := s.evaluate(arg)
		if err != nil {
			return operand{}, err
		}
		args = append(args, value)
	}
	if n.kind == operatorNode {
		return operate(n.name, args[0], args[1])
	}
	function := functions[n.name]
	if function == nil {
		return operand{}, fmt.Errorf("%s is not evaluated here", n.name)
	}
	result, err := function(args)
	if err != nil {
		err = fmt.Errorf("%s: %w", n.name, err)
	}
	return result, err
}

// operate takes a missing value for 0 when the other one is there, and drops what would be divided by 0.
func operate(name string, a, b operand) (operand, error) {
	if a.isList() || b.isList() {
		return operand{}, fmt.Errorf("%s of a list or a word is not evaluated here", name)
	}
	if a.number != nil && b.number != nil {
		return numberOf(arithmetic(name, *a.number, *b.number)), nil
	}
	result, err := common(a, b)
	if err != nil {
		return operand{}, err
	}
	for i := range result.Values {
		x, y := a.at(i), b.at(i)
		switch missingX, missingY := math.IsNaN(x), math.IsNaN(y); {
		case missingX && (missingY || b.number != nil), missingY && a.number != nil:
			result.Values[i] = math.NaN()
			continue
		case missingX:
			x = 0
		case missingY:
			y = 0
		}
		result.Values[i] = arithmetic(name, x, y)
	}
	return operand{series: &result}, nil
}

// common is an empty series over the times that all series among the operands have.
func common(operands ...operand) (Series, error) {
	var first *Series
	for _, o := range operands {
		switch {
		case o.series == nil:
		case first == nil:
			first = o.series
		case !o.series.Start.Equal(first.Start) || o.series.Period != first.Period || len(o.series.Values) != len(first.Values):
			return Series{}, fmt.Errorf("series of periods %v and %v meet in one expression", first.Period, o.series.Period)
		}
	}
	return first.like(), nil
}

func arithmetic(name string, x, y float64) float64 {
	truth := func(is bool) float64 {
		if is {
			return 1
		}
		return 0
	}
	switch name {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		if y == 0 {
			return math.NaN()
		}
		return x / y
	case "==":
		return truth(x == y)
	case "!=":
		return truth(x != y)
	case "<=":
		return truth(x <= y)
	case ">=":
		return truth(x >= y)
	case "<":
		return truth(x < y)
	case ">":
		return truth(x > y)
	case "AND", "&&":
		return truth(x != 0 && y != 0)
	}
	return truth(x != 0 || y != 0) // OR: the parser lets no other through.
}

// Evaluate is an expression without searches over series that go by their ids. Its result is a series, as CloudWatch demands.
func Evaluate(source string, named map[string]Series) (Series, error) {
	expression, err := ParseExpression(source)
	if err != nil {
		return Series{}, err
	}
	s := scope{
		named: func(id string) (operand, error) {
			series, ok := named[id]
			if !ok {
				return operand{}, fmt.Errorf("no series has the id %q", id)
			}
			return operand{series: &series}, nil
		},
		search: func(Search) ([]Series, error) { return nil, errors.New("there is nothing to search here") },
	}
	result, err := s.evaluate(expression.root)
	if err == nil && result.series == nil {
		err = errors.New("the result is no series")
	}
	if err != nil {
		return Series{}, fmt.Errorf("expression %q: %w", source, err)
	}
	return *result.series, nil
}
