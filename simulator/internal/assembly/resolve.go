package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Resolve returns r's properties with every intrinsic function and dynamic reference resolved. AWS::NoValue removes the property. The
// value of a dynamic reference is not searched for further references.
func (a *Assembly) Resolve(r *Resource, v Values) (map[string]any, error) {
	if r == nil || v == nil {
		return nil, fmt.Errorf("a resource and values are needed to resolve properties")
	}
	e := a.evaluator(r.Stack, v, r.LogicalID+".Properties")
	properties := make(map[string]any, len(r.Properties))
	for _, name := range slices.Sorted(maps.Keys(r.Properties)) {
		err := e.at("."+name, func() error {
			value, err := e.property(r.Properties[name])
			if err == nil && value != any(noValue{}) {
				properties[name] = value
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return properties, nil
}

// property evaluates the functions and then the dynamic references in what they make, which is how a reference may be joined of parts.
func (e *evaluator) property(v any) (any, error) {
	value, err := e.evaluate(v)
	if err != nil {
		return nil, err
	}
	return e.dynamic(value)
}

// Outputs returns the values of a stack's outputs by logical ID.
func (a *Assembly) Outputs(stack string, v Values) (map[string]any, error) {
	s, err := a.stack(stack)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fmt.Errorf("values are needed to resolve outputs")
	}
	outputs := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(s.template.Outputs)) {
		o := s.template.Outputs[id]
		if met, err := s.met(o.Condition); err != nil || !met {
			continue
		}
		e := a.evaluator(s, v, "Outputs."+id+".Value")
		if outputs[id], err = e.output(o); err != nil {
			return nil, err
		}
		if text, ok := outputs[id].(string); ok && strings.Contains(text, dynamicOpen) {
			return nil, e.errorf("a dynamic reference in an output is not supported, since it would publish the value")
		}
	}
	return outputs, nil
}

const dynamicOpen = "{{resolve:"

// dynamicServices are the services of dynamic references:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var dynamicServices = []string{"secretsmanager", "ssm", "ssm-secure"}

// dynamic replaces the dynamic references in all strings of a value. Values may have made parts of it, so lists and objects are copied.
func (e *evaluator) dynamic(v any) (any, error) {
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.leave()
	switch v := v.(type) {
	case string:
		return e.expand(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			err := e.at("["+strconv.Itoa(i)+"]", func() (err error) {
				list[i], err = e.dynamic(v[i])
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			err := e.at("."+key, func() (err error) {
				object[key], err = e.dynamic(v[key])
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return v, nil
}

func (e *evaluator) expand(text string) (string, error) {
	if !strings.Contains(text, dynamicOpen) {
		return text, nil
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, dynamicOpen)
		b.WriteString(before)
		if !found {
			return e.produce(b.String())
		}
		reference, after, closed := strings.Cut(rest, "}}")
		if service, _, _ := strings.Cut(reference, ":"); !closed || !slices.Contains(dynamicServices, service) {
			return "", e.errorf("%s%s is not a dynamic reference; want %s<service>:…}} with one of %q", dynamicOpen, reference, dynamicOpen,
				dynamicServices)
		}
		value, err := e.values.Dynamic(reference)
		if err != nil {
			return "", e.errorf("dynamic reference %s: %w", reference, err)
		}
		if _, err := e.produce(value); err != nil {
			return "", err
		}
		b.WriteString(value)
		text = after
	}
}
