package vtl

import (
	"fmt"
	"strings"
)

// execution is one rendering.
type execution struct {
	variables map[string]any
	out       *strings.Builder
	steps     int
	bytes     int
}

func (x *execution) step() error {
	if x.steps++; x.steps > maxSteps {
		return fmt.Errorf("the template takes more than %d steps", maxSteps)
	}
	return nil
}

// read accounts for a comparison of texts.
func (x *execution) read(n int) error {
	x.steps += n / 256
	return x.step()
}

// produced accounts for text, also that of intermediate values.
func (x *execution) produced(n int) error {
	if x.bytes += n; x.bytes > maxBytes {
		return fmt.Errorf("the template makes more than %d bytes of text", maxBytes)
	}
	return nil
}

func (x *execution) renderAll(nodes []node) error {
	for _, n := range nodes {
		if err := x.step(); err != nil {
			return err
		}
		if err := n.render(x); err != nil {
			return err
		}
	}
	return nil
}

func (x *execution) print(s string) error {
	x.out.WriteString(s)
	return x.produced(len(s))
}

func (t text) render(x *execution) error { return x.print(string(t)) }

// render prints the value. Without one, it prints a quiet reference as nothing and another as it stands in the template.
func (r *reference) render(x *execution) error {
	v, err := r.value(x)
	if err != nil {
		return err
	}
	switch {
	case v == nil && r.quiet:
		return nil
	case v == nil:
		return x.print(r.source)
	}
	s, err := x.text(v)
	if err != nil {
		return fmt.Errorf("%s: %w", r.source, err)
	}
	x.out.WriteString(s)
	return nil
}

// render assigns the variable, but leaves it as it is when the right side has no value:
// https://velocity.apache.org/engine/1.7/user-guide.html#set
func (s set) render(x *execution) error {
	v, err := s.right.value(x)
	if err == nil && v != nil {
		x.variables[s.name] = v
	}
	return err
}

func (c conditional) render(x *execution) error {
	for _, b := range c {
		met := true
		if b.condition != nil {
			var err error
			if met, err = x.truth(b.condition); err != nil {
				return err
			}
		}
		if met {
			return x.renderAll(b.body)
		}
	}
	return nil
}

// render renders the body for each element of a list or value of a map. Afterwards the loop's variables are as before:
// https://velocity.apache.org/engine/1.7/user-guide.html#loops
func (f foreach) render(x *execution) error {
	items, err := f.items.value(x)
	if err != nil {
		return err
	}
	var elements list
	switch items := items.(type) {
	case list:
		elements = items
	case *object:
		for _, key := range items.keys {
			elements = append(elements, items.values[key])
		}
	default:
		return nil
	}
	restore := x.save(f.name, "foreach", "velocityCount", "velocityHasNext")
	defer restore()
	for i, element := range elements {
		if err := x.step(); err != nil {
			return err
		}
		s := &scope{index: i, last: i == len(elements)-1}
		x.variables["foreach"] = s
		x.variables["velocityCount"] = integer(int64(i + 1))
		x.variables["velocityHasNext"] = !s.last
		x.variables[f.name] = element
		if err := x.renderAll(f.body); err != nil {
			return err
		}
	}
	return nil
}

// save keeps variables and returns what puts them back.
func (x *execution) save(names ...string) (restore func()) {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = x.variables[name]
	}
	return func() {
		for i, name := range names {
			x.variables[name] = values[i]
		}
	}
}

// scope is $foreach.
type scope struct {
	index int
	last  bool
}

var _ tool = (*scope)(nil)

func (*scope) name() string { return "$foreach" }

func (s *scope) property(name string) (any, error) {
	switch name {
	case "index":
		return integer(int64(s.index)), nil
	case "count":
		return integer(int64(s.index + 1)), nil
	case "hasNext":
		return !s.last, nil
	case "first":
		return s.index == 0, nil
	case "last":
		return s.last, nil
	}
	return nil, fmt.Errorf("$foreach.%s is not supported; supported: index, count, hasNext, first, last", name)
}

func (s *scope) call(_ *execution, method string, arguments []any) (any, error) {
	if method == "hasNext" && len(arguments) == 0 {
		return !s.last, nil
	}
	return nil, fmt.Errorf("$foreach.%s(…) is not supported; supported: hasNext()", method)
}
