package templates

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// maxSteps bounds how many references of one value are followed.
const maxSteps = 100_000

// follower writes one value out as text.
type follower struct {
	steps int
	err   error // the first reference that could not be followed
}

// Text is the value as text. What only a deployment knows becomes a mark that is the same for the same thing in every stack: {stack
// LogicalID} for a reference to a resource or parameter, {stack LogicalID.Attribute} for an attribute, {AWS::Region} for a pseudo
// parameter. A reference that leads nowhere, or that this package cannot follow, becomes {?} and an error.
func (s *Stack) Text(value any) (string, error) {
	var f follower
	return f.text(s, value), f.err
}

func (f *follower) unknown(format string, args ...any) string {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
	return "{?}"
}

func (f *follower) text(s *Stack, value any) string {
	if f.steps++; f.steps > maxSteps {
		return f.unknown("the value takes more than %d steps", maxSteps)
	}
	switch v := value.(type) {
	case nil:
		return ""
	case map[string]any:
		if len(v) == 1 {
			for function, argument := range v {
				return f.call(s, function, argument)
			}
		}
		return f.unknown("an object is not a text")
	case []any:
		return f.unknown("%v is not a text", v)
	}
	return fmt.Sprint(value)
}

func (f *follower) call(s *Stack, function string, argument any) string {
	parts, _ := argument.([]any)
	switch {
	case function == "Ref":
		return f.reference(s, fmt.Sprint(argument), "")
	case function == "Fn::GetAtt" && len(parts) == 2:
		return f.reference(s, fmt.Sprint(parts[0]), "."+fmt.Sprint(parts[1]))
	case function == "Fn::Join" && len(parts) == 2:
		items, _ := parts[1].([]any)
		all := make([]string, 0, len(items))
		for _, item := range items {
			all = append(all, f.text(s, item))
		}
		return strings.Join(all, fmt.Sprint(parts[0]))
	case function == "Fn::Sub":
		return f.substitute(s, argument)
	case function == "Fn::ImportValue":
		name := f.text(s, argument)
		if o, ok := s.assembly.exports[s.Environment+" "+name]; ok {
			return f.text(o.stack, o.value)
		}
		return f.unknown("imports %q, which no stack of this app exports", name)
	case function == "Fn::GetStackOutput":
		name := f.text(s, Section(argument)["StackName"]) + " " + f.text(s, Section(argument)["OutputName"])
		if o, ok := s.assembly.outputs[s.Environment+" "+name]; ok {
			return f.text(o.stack, o.value)
		}
		return f.unknown("gets the output %q, which no stack of this app has", name)
	}
	return f.unknown("%s %v cannot be followed here", function, argument)
}

func (f *follower) reference(s *Stack, id, attribute string) string {
	if strings.HasPrefix(id, "AWS::") {
		return "{" + id + "}"
	}
	if r := s.Resources[id]; r == nil {
		if s.Parameters[id] == nil {
			return f.unknown("refers to %s, which stack %s does not have", id, s.Name)
		}
		if s.parent != nil {
			if given, ok := Section(s.parent.Properties["Parameters"])[id]; ok {
				return f.text(s.parent.Stack, given)
			}
		}
	}
	mark := "{" + s.Name + " " + id + attribute + "}"
	if o, ok := s.assembly.outputs[mark]; ok { // of a nested stack
		return f.text(o.stack, o.value)
	}
	return mark
}

// variable is a variable of Fn::Sub, or with the exclamation mark a literal.
var variable = regexp.MustCompile(`\$\{(!?)([^}]*)\}`)

func (f *follower) substitute(s *Stack, argument any) string {
	parts, _ := argument.([]any)
	if len(parts) == 2 {
		argument = parts[0]
	}
	text, ok := argument.(string)
	if !ok {
		return f.unknown("Fn::Sub %v cannot be followed here", argument)
	}
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		match := variable.FindStringSubmatch(found)
		if match[1] != "" {
			return "${" + match[2] + "}"
		}
		if len(parts) == 2 {
			if value, ok := Section(parts[1])[match[2]]; ok {
				return f.text(s, value)
			}
		}
		id, attribute, hasAttribute := strings.Cut(match[2], ".")
		if hasAttribute {
			attribute = "." + attribute
		}
		return f.reference(s, id, attribute)
	})
}

var mark = regexp.MustCompile(`\{[^{}]+\}`)

// Mentioned are the resources whose marks are in a text, in the order of the text.
func (a *Assembly) Mentioned(text string) []*Resource {
	var all []*Resource
	for _, m := range mark.FindAllString(text, -1) {
		space := strings.LastIndex(m, " ")
		if id, _, hasAttribute := strings.Cut(m[space+1:], "."); hasAttribute {
			m = m[:space+1] + id + "}"
		}
		if r := a.resources[m]; r != nil {
			all = append(all, r)
		}
	}
	return all
}

// Text is a value of the resource's template as text; see Stack.Text.
func (r *Resource) Text(value any) string {
	text, _ := r.Stack.Text(value)
	return text
}

// Mentions are the resources that a value of the resource's template refers to, at any depth and in any stack.
func (r *Resource) Mentions(value any) []*Resource {
	var all []*Resource
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			all = append(all, r.Mentions(item)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if name == "Ref" || strings.HasPrefix(name, "Fn::") {
				return r.Stack.assembly.Mentioned(r.Text(v))
			}
			all = append(all, r.Mentions(v[name])...)
		}
	}
	return all
}

// Each calls visit for each resource of a type, stack by stack and by logical ID.
func (a *Assembly) Each(resourceType string, visit func(*Resource)) {
	for _, s := range a.Stacks {
		for _, r := range s.Sorted() {
			if r.Type == resourceType {
				visit(r)
			}
		}
	}
}

// Assembly is the assembly that has the resource.
func (r *Resource) Assembly() *Assembly { return r.Stack.assembly }
