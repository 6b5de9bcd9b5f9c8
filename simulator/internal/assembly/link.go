package assembly

import (
	"fmt"
	"maps"
	"slices"
)

// exportKey is what an export's name is unique within:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
type exportKey struct{ account, region, name string }

// link makes an assembly of parsed stacks: it evaluates what no resource is needed for (conditions, names of exports) and refuses templates
// with functions that are not supported, with names that nothing has, and with circular dependencies.
func link(stacks []*Stack) (*Assembly, error) {
	a := &Assembly{Stacks: stacks, exports: map[exportKey]*output{}}
	for i, s := range stacks {
		if slices.ContainsFunc(stacks[:i], func(o *Stack) bool { return o.Name == s.Name }) {
			return nil, fmt.Errorf("two stacks have the name %q", s.Name)
		}
		for _, step := range []func(*Stack) error{a.evaluateConditions, a.selectResources, a.nameExports} {
			if err := step(s); err != nil {
				return nil, err
			}
		}
	}
	return a, a.check()
}

func (a *Assembly) evaluateConditions(s *Stack) error {
	s.conditions = make(map[string]bool, len(s.template.Conditions))
	e := a.evaluator(s, nil, "Conditions")
	for _, name := range slices.Sorted(maps.Keys(s.template.Conditions)) {
		if _, err := e.namedCondition(name); err != nil {
			return err
		}
	}
	return nil
}

func (a *Assembly) selectResources(s *Stack) error {
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		r := s.byID[id]
		met, err := s.met(s.template.Resources[id].Condition)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Path(), err)
		}
		r.omitted = !met
		if met {
			s.Resources = append(s.Resources, r)
		}
	}
	return nil
}

// met is true for a resource or an output without a condition.
func (s *Stack) met(condition *string) (bool, error) {
	if condition == nil {
		return true, nil
	}
	outcome, ok := s.conditions[*condition]
	if !ok {
		return false, fmt.Errorf("condition %q is not declared", *condition)
	}
	return outcome, nil
}

func (a *Assembly) nameExports(s *Stack) error {
	for _, id := range slices.Sorted(maps.Keys(s.template.Outputs)) {
		o := s.template.Outputs[id]
		met, err := s.met(o.Condition)
		if err != nil {
			return fmt.Errorf("%s/Outputs.%s: %w", s.Name, id, err)
		}
		if !met || o.Export == nil {
			continue
		}
		e := a.evaluator(s, nil, "Outputs."+id+".Export.Name")
		name, err := e.text(o.Export.Name)
		if err != nil {
			return err
		}
		key := exportKey{s.Account, s.Region, name}
		if other, taken := a.exports[key]; taken {
			return e.errorf("export %q is also made by %s/Outputs.%s", name, other.stack.Name, other.id)
		}
		a.exports[key] = o
	}
	return nil
}
