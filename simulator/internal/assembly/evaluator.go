package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bounds of one evaluation. A template of CloudFormation's largest size, 1 MB, stays far below them.
const (
	maxDepth = 200
	maxSteps = 1_000_000
	maxBytes = 16 << 20
)

// evaluator evaluates the functions in one stack's template.
type evaluator struct {
	assembly *Assembly
	stack    *Stack
	// values is nil where CloudFormation allows no reference to a resource.
	values Values
	place  []string
	spent  *budget
}

// budget is shared by all evaluators that one call needs.
type budget struct{ depth, steps, bytes int }

func (a *Assembly) evaluator(s *Stack, values Values, place string) *evaluator {
	return &evaluator{assembly: a, stack: s, values: values, place: []string{place}, spent: &budget{}}
}

// in is the evaluator for another stack's output, on the same budget.
func (e *evaluator) in(o *output) *evaluator {
	return &evaluator{assembly: e.assembly, stack: o.stack, values: e.values, place: []string{"Outputs." + o.id + ".Value"}, spent: e.spent}
}

func (e *evaluator) errorf(format string, arguments ...any) error {
	return fmt.Errorf("%s/%s: %w", e.stack.Name, strings.Join(e.place, ""), fmt.Errorf(format, arguments...))
}

// at runs f one level deeper in the template.
func (e *evaluator) at(part string, f func() error) error {
	e.place = append(e.place, part)
	err := f()
	e.place = e.place[:len(e.place)-1]
	return err
}

func (e *evaluator) enter() error {
	e.spent.depth++
	e.spent.steps++
	switch {
	case e.spent.depth > maxDepth:
		return e.errorf("values are nested deeper than %d", maxDepth)
	case e.spent.steps > maxSteps:
		return e.errorf("the evaluation takes more than %d steps", maxSteps)
	}
	return nil
}

func (e *evaluator) leave() { e.spent.depth-- }

// produce accounts for text that the evaluation makes.
func (e *evaluator) produce(text string) (string, error) {
	if e.spent.bytes += len(text); e.spent.bytes > maxBytes {
		return "", e.errorf("the evaluation makes more than %d bytes of text", maxBytes)
	}
	return text, nil
}

// noValue is what Ref AWS::NoValue yields: the property or list item is left out.
type noValue struct{}

// evaluate returns v with its intrinsic functions resolved. The result shares no map or list with the template.
func (e *evaluator) evaluate(v any) (any, error) {
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.leave()
	switch v := v.(type) {
	case map[string]any:
		return e.object(v)
	case []any:
		return e.list(v)
	}
	return v, nil
}

func (e *evaluator) list(items []any) ([]any, error) {
	result := make([]any, 0, len(items))
	for i, item := range items {
		err := e.at("["+strconv.Itoa(i)+"]", func() error {
			value, err := e.evaluate(item)
			if err == nil && value != any(noValue{}) {
				result = append(result, value)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}

func (e *evaluator) object(v map[string]any) (any, error) {
	name, argument, err := e.function(v)
	if err != nil {
		return nil, err
	}
	if name != "" {
		var result any
		err := e.at("."+name, func() error {
			result, err = e.call(name, argument)
			return err
		})
		return result, err
	}
	result := make(map[string]any, len(v))
	for _, key := range slices.Sorted(maps.Keys(v)) {
		err := e.at("."+key, func() error {
			value, err := e.evaluate(v[key])
			if err == nil && value != any(noValue{}) {
				result[key] = value
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}

// text evaluates what must be a scalar and returns it as CloudFormation writes it into a string.
func (e *evaluator) text(v any) (string, error) {
	value, err := e.evaluate(v)
	if err != nil {
		return "", err
	}
	return e.scalar(value)
}

func (e *evaluator) scalar(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(value), nil
	}
	return "", e.errorf("got %s, want a string, number or boolean", describe(value))
}

// describe names a value in a message without quoting a whole template.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case noValue:
		return "AWS::NoValue"
	case map[string]any:
		return fmt.Sprintf("an object with the keys %q", slices.Sorted(maps.Keys(v)))
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	case string:
		return strconv.Quote(v)
	}
	return fmt.Sprintf("%v (%T)", v, v)
}
