package lifecycle

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// walk calls visit with each member of each object in a value.
func walk(value any, visit func(key string, value any)) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			visit(key, v[key])
			walk(v[key], visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}

// get returns the value at a path of keys with points between them, or nil. On the way through a list it collects the values of its items.
func get(value any, path string) any {
	if path == "" {
		return value
	}
	key, rest, _ := strings.Cut(path, ".")
	switch v := value.(type) {
	case map[string]any:
		return get(v[key], rest)
	case []any:
		var all []any
		for _, item := range v {
			if found := get(item, path); found != nil {
				all = append(all, found)
			}
		}
		if all == nil {
			return nil
		}
		return all
	}
	return nil
}

// text is a value as text, "" for nil.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(body)
}

// resolver writes values out as they are at the deployment. What AWS decides is a mark in angle brackets, which changes when the physical
// resource does.
type resolver struct {
	account *Account
	stack   *Stack
	// resource returns the instance of a logical ID of the stack, or nil.
	resource func(id string) *instance
}

func (r resolver) value(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 1 {
			for function, argument := range v {
				if function == "Ref" || strings.HasPrefix(function, "Fn::") {
					return r.call(function, argument)
				}
			}
		}
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[key] = r.value(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.value(item)
		}
		return out
	}
	return value
}

var substitution = regexp.MustCompile(`\$\{[^!}][^}]*\}`)

func (r resolver) call(function string, argument any) any {
	parts, _ := argument.([]any)
	switch {
	case function == "Ref":
		return r.ref(text(argument))
	case function == "Fn::GetAtt" && len(parts) == 2:
		return r.attribute(text(parts[0]), text(r.value(parts[1])))
	case function == "Fn::Join" && len(parts) == 2:
		items, ok := r.value(parts[1]).([]any)
		if !ok {
			break
		}
		var all []string
		for _, item := range items {
			all = append(all, text(item))
		}
		return strings.Join(all, text(parts[0]))
	case function == "Fn::Sub" && parts == nil:
		return substitution.ReplaceAllStringFunc(text(argument), func(name string) string {
			name = strings.TrimSpace(name[2 : len(name)-1])
			if id, attribute, ok := strings.Cut(name, "."); ok {
				return text(r.attribute(id, attribute))
			}
			return text(r.ref(name))
		})
	case function == "Fn::ImportValue":
		name := text(r.value(argument))
		if e, ok := r.account.exports()[name]; ok {
			return e.value
		}
		return "<import " + name + ">"
	case function == "Fn::GetStackOutput":
		stack, output := text(r.value(get(argument, "StackName"))), text(get(argument, "OutputName"))
		if producer := r.account.stacks[stack]; producer != nil && nearby(r.stack, argument) {
			if value, ok := producer.outputs[output]; ok {
				return value
			}
		}
		return "<" + stack + " output " + output + ">"
	}
	return map[string]any{function: r.value(argument)}
}

func (r resolver) ref(id string) any {
	if strings.HasPrefix(id, "AWS::") {
		return r.account.pseudo(r.stack, id)
	}
	if _, ok := r.stack.Template.Parameters[id]; ok {
		return "<parameter " + id + ">"
	}
	i := r.resource(id)
	if i == nil {
		return "<no " + id + ">"
	}
	if name, ok := i.properties[types[i.Type].Ref].(string); ok {
		return name
	}
	return i.mark()
}

// attribute is that of a physical resource. A custom resource's may change with any of its properties.
func (r resolver) attribute(id, name string) any {
	i := r.resource(id)
	if i == nil {
		return "<no " + id + ">"
	}
	if custom(i.Type) {
		return fmt.Sprintf("%s.%s of %s", i.mark(), name, text(i.properties))
	}
	return i.mark() + "." + name
}
