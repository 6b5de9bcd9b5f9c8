package guard

import (
	"fmt"
	"strings"
)

// references writes values of an assembly's templates out as text. What is known at deployment only becomes a mark that is the same for the same thing in
// every stack: {stack LogicalID} for a reference to a resource, {stack LogicalID.Attribute} for an attribute of it, {AWS::Region} for a pseudo parameter.
type references struct {
	templates map[string]Template
	exports   map[string]exported
}

// exported is what a stack exports under a name.
type exported struct {
	stack string
	value any
}

func newReferences(templates map[string]Template) references {
	r := references{templates, map[string]exported{}}
	for stack, template := range templates {
		for _, output := range template.Outputs {
			if name, ok := output.Export["Name"].(string); ok {
				r.exports[name] = exported{stack, output.Value}
			}
		}
	}
	return r
}

// text is a value of a stack's template as text. A reference that leads nowhere is an error.
func (r references) text(stack string, value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case map[string]any:
		if len(v) == 1 {
			for function, argument := range v {
				return r.call(stack, function, argument)
			}
		}
	case []any:
		return "", fmt.Errorf("%v is no text", v)
	}
	return fmt.Sprint(value), nil
}

func (r references) call(stack, function string, argument any) (string, error) {
	parts, _ := argument.([]any)
	switch {
	case function == "Ref":
		return r.mark(stack, fmt.Sprint(argument), "")
	case function == "Fn::GetAtt" && len(parts) == 2:
		return r.mark(stack, fmt.Sprint(parts[0]), "."+fmt.Sprint(parts[1]))
	case function == "Fn::ImportValue":
		name := fmt.Sprint(argument)
		export, ok := r.exports[name]
		if !ok {
			return "", fmt.Errorf("imports %q, which no stack of this app exports", name)
		}
		return r.text(export.stack, export.value)
	case function == "Fn::Join" && len(parts) == 2:
		var all []string
		items, _ := parts[1].([]any)
		for _, item := range items {
			text, err := r.text(stack, item)
			if err != nil {
				return "", err
			}
			all = append(all, text)
		}
		return strings.Join(all, fmt.Sprint(parts[0])), nil
	}
	return "", fmt.Errorf("%s %v cannot be followed here", function, argument)
}

func (r references) mark(stack, id, attribute string) (string, error) {
	if strings.HasPrefix(id, "AWS::") {
		return "{" + id + "}", nil
	}
	template := r.templates[stack]
	if _, ok := template.Resources[id]; !ok && template.Parameters[id] == nil {
		return "", fmt.Errorf("refers to %s, which stack %s does not have", id, stack)
	}
	return "{" + stack + " " + id + attribute + "}", nil
}
