package assembly

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// node is what depends on others: a resource or an output.
type node interface{ Path() string }

// Path names the output in messages.
func (o *output) Path() string { return o.stack.Name + "/Outputs." + o.id }

// check walks all templates once, since a resource may never be asked for.
func (a *Assembly) check() error {
	edges := map[node][]node{}
	var nodes []node
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			c := &checker{evaluator: a.evaluator(s, nil, r.LogicalID+".Properties")}
			if err := c.walk(r.Properties); err != nil {
				return err
			}
			for _, id := range r.dependsOn {
				if err := c.dependsOn(r, id); err != nil {
					return err
				}
			}
			nodes, edges[r] = append(nodes, r), c.found
		}
		for _, id := range slices.Sorted(maps.Keys(s.template.Outputs)) {
			o := s.template.Outputs[id]
			if met, err := s.met(o.Condition); err != nil || !met {
				continue
			}
			c := &checker{evaluator: a.evaluator(s, nil, "Outputs."+id+".Value")}
			if err := c.walk(o.Value); err != nil {
				return err
			}
			nodes, edges[o] = append(nodes, o), c.found
		}
	}
	return acyclic(nodes, edges)
}

// checker finds what a value refers to, without resolving it.
type checker struct {
	*evaluator
	found []node
}

func (c *checker) dependsOn(r *Resource, id string) error {
	other, ok := r.Stack.byID[id]
	if !ok {
		return fmt.Errorf("%s.DependsOn: there is no resource %q in the stack", r.Path(), id)
	}
	// CloudFormation leaves out a dependency on a resource that its condition leaves out.
	if !other.omitted {
		c.found = append(c.found, other)
	}
	return nil
}

func (c *checker) walk(v any) error {
	if err := c.enter(); err != nil {
		return err
	}
	defer c.leave()
	switch v := v.(type) {
	case nil:
		return c.errorf("null is not a value")
	case []any:
		for i, item := range v {
			if err := c.at(fmt.Sprintf("[%d]", i), func() error { return c.walk(item) }); err != nil {
				return err
			}
		}
	case map[string]any:
		name, argument, err := c.function(v)
		if err != nil {
			return err
		}
		if name != "" {
			return c.at("."+name, func() error { return c.call(name, argument) })
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if err := c.at("."+key, func() error { return c.walk(v[key]) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// call checks one function. Both values of an Fn::If are checked: CloudFormation, too, refuses a name that nothing has in either.
func (c *checker) call(name string, argument any) error {
	switch name {
	case "Ref", "Fn::GetAtt":
		return c.target(name, argument)
	case "Fn::ImportValue", "Fn::GetStackOutput":
		find := c.importedOutput
		if name == "Fn::GetStackOutput" {
			find = c.stackOutput
		}
		o, err := find(argument)
		if err != nil {
			return err
		}
		c.found = append(c.found, o)
		return nil
	case "Fn::If":
		chosen, other, err := c.choices(argument)
		if err != nil {
			return err
		}
		return c.walk([]any{chosen, other})
	case "Fn::Sub":
		return c.substitution(argument)
	}
	return c.walk(argument)
}

func (c *checker) target(function string, argument any) error {
	id, isName := argument.(string)
	if function == "Fn::GetAtt" {
		var err error
		if id, _, err = c.attribute(argument); err != nil {
			return err
		}
	} else {
		switch {
		case !isName:
			return c.errorf("got %s, want the name of a resource or parameter", describe(argument))
		case strings.HasPrefix(id, "AWS::"):
			_, err := c.pseudoParameter(id)
			return err
		case c.stack.template.Parameters[id] != nil:
			return nil
		}
	}
	r, ok := c.stack.byID[id]
	if !ok {
		return c.errorf("there is no resource or parameter %q in the stack", id)
	}
	if !r.omitted {
		c.found = append(c.found, r)
	}
	return nil
}

func (c *checker) substitution(argument any) error {
	pieces, variables, err := c.subArguments(argument)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		if _, given := variables[p.name]; p.name == "" || given {
			continue
		}
		function, target := p.reference()
		if err := c.target(function, target); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if err := c.at("."+name, func() error { return c.walk(variables[name]) }); err != nil {
			return err
		}
	}
	return nil
}

// acyclic refuses what CloudFormation refuses as a circular dependency.
func acyclic(nodes []node, edges map[node][]node) error {
	done := map[node]bool{}
	var above []node
	var visit func(n node) error
	visit = func(n node) error {
		if i := slices.Index(above, n); i >= 0 {
			var circle []string
			for _, other := range append(above[i:], n) {
				circle = append(circle, other.Path())
			}
			return fmt.Errorf("circular dependency: %s", strings.Join(circle, " → "))
		}
		if done[n] {
			return nil
		}
		above = append(above, n)
		for _, other := range edges[n] {
			if err := visit(other); err != nil {
				return err
			}
		}
		above = above[:len(above)-1]
		done[n] = true
		return nil
	}
	for _, n := range nodes {
		if err := visit(n); err != nil {
			return err
		}
	}
	return nil
}
