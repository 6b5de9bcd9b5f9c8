package assembly

import (
	"slices"
	"strings"
)

// conditionFunctions are those of the Conditions section, besides references to other conditions:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
var conditionFunctions = []string{"Condition", "Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"}

// namedCondition evaluates a condition of the stack once.
func (e *evaluator) namedCondition(name string) (bool, error) {
	if outcome, ok := e.stack.conditions[name]; ok {
		return outcome, nil
	}
	expression, ok := e.stack.template.Conditions[name]
	if !ok {
		return false, e.errorf("condition %q is not declared", name)
	}
	part := "/" + name
	if slices.Contains(e.place, part) {
		return false, e.errorf("condition %q depends on itself", name)
	}
	var outcome bool
	err := e.at(part, func() (err error) {
		outcome, err = e.condition(expression)
		return err
	})
	if err == nil {
		e.stack.conditions[name] = outcome
	}
	return outcome, err
}

func (e *evaluator) condition(expression any) (bool, error) {
	if err := e.enter(); err != nil {
		return false, err
	}
	defer e.leave()
	call, ok := expression.(map[string]any)
	if !ok || len(call) != 1 {
		return false, e.errorf("got %s, want one of %s", describe(expression), strings.Join(conditionFunctions, ", "))
	}
	var outcome bool
	for name, argument := range call {
		err := e.at("."+name, func() (err error) {
			outcome, err = e.conditionCall(name, argument)
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return outcome, nil
}

func (e *evaluator) conditionCall(name string, argument any) (bool, error) {
	list, _ := argument.([]any)
	switch name {
	case "Condition":
		id, ok := argument.(string)
		if !ok {
			return false, e.errorf("got %s, want the name of a condition", describe(argument))
		}
		return e.namedCondition(id)
	case "Fn::Equals":
		return e.equals(argument)
	case "Fn::Not":
		if len(list) != 1 {
			return false, e.errorf("got %s, want a list of one condition", describe(argument))
		}
		outcome, err := e.condition(list[0])
		return !outcome, err
	case "Fn::And", "Fn::Or":
		if len(list) < 2 || len(list) > 10 {
			return false, e.errorf("got %s, want a list of 2 to 10 conditions", describe(argument))
		}
		met := 0
		for _, expression := range list {
			outcome, err := e.condition(expression)
			if err != nil {
				return false, err
			}
			if outcome {
				met++
			}
		}
		return met == len(list) || name == "Fn::Or" && met > 0, nil
	}
	return false, e.errorf("function %s is not supported here; supported: %s", name, strings.Join(conditionFunctions, ", "))
}

func (e *evaluator) equals(argument any) (bool, error) {
	list, err := e.arguments(argument, "value", "value")
	if err != nil {
		return false, err
	}
	left, err := e.text(list[0])
	if err != nil {
		return false, err
	}
	right, err := e.text(list[1])
	return left == right, err
}

// choice is Fn::If. Only the chosen value is evaluated.
func (e *evaluator) choice(argument any) (any, error) {
	chosen, _, err := e.choices(argument)
	if err != nil {
		return nil, err
	}
	return e.evaluate(chosen)
}

func (e *evaluator) choices(argument any) (chosen, other any, err error) {
	list, err := e.arguments(argument, "condition", "value if met", "value if not")
	if err != nil {
		return nil, nil, err
	}
	name, ok := list[0].(string)
	if !ok {
		return nil, nil, e.errorf("got %s, want the name of a condition", describe(list[0]))
	}
	outcome, ok := e.stack.conditions[name]
	switch {
	case !ok:
		return nil, nil, e.errorf("condition %q is not declared", name)
	case outcome:
		return list[1], list[2], nil
	}
	return list[2], list[1], nil
}
