package assembly

import (
	"maps"
	"slices"
	"strings"
)

// importValue is the value of another stack's export in the same account and region:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-importvalue.html
func (e *evaluator) importValue(argument any) (any, error) {
	o, err := e.importedOutput(argument)
	if err != nil {
		return nil, err
	}
	return e.in(o).output(o)
}

// output is an output's value in its own stack.
func (e *evaluator) output(o *output) (any, error) {
	value, err := e.evaluate(o.Value)
	if err == nil && value == any(noValue{}) {
		err = e.errorf("got %s, want a value", describe(value))
	}
	return value, err
}

// withoutResources evaluates an argument that, as CloudFormation documents, cannot depend on a resource.
func (e *evaluator) withoutResources(v any) (string, error) {
	c := *e
	c.values = nil
	return c.text(v)
}

func (e *evaluator) importedOutput(argument any) (*output, error) {
	name, err := e.withoutResources(argument)
	if err != nil {
		return nil, err
	}
	o, ok := e.assembly.exports[exportKey{e.stack.Account, e.stack.Region, name}]
	if !ok {
		return nil, e.errorf("no stack of the assembly in %s/%s exports %q", e.stack.Account, e.stack.Region, name)
	}
	return o, nil
}

// getStackOutput is the value of another stack's output, which need not be exported. CDK writes it for weak references:
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Fn.html
func (e *evaluator) getStackOutput(argument any) (any, error) {
	o, err := e.stackOutput(argument)
	if err != nil {
		return nil, err
	}
	return e.in(o).output(o)
}

// stackOutput finds the output. The region is by default the consumer's; another account is the one of the role that reads it.
func (e *evaluator) stackOutput(argument any) (*output, error) {
	given, ok := argument.(map[string]any)
	if !ok {
		return nil, e.errorf("got %s, want an object with StackName and OutputName", describe(argument))
	}
	texts := map[string]string{"Region": e.stack.Region}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains([]string{"StackName", "OutputName", "Region", "RoleArn"}, key) {
			return nil, e.errorf("key %q is not supported; supported: StackName, OutputName, Region, RoleArn", key)
		}
		text, err := e.withoutResources(given[key])
		if err != nil {
			return nil, err
		}
		texts[key] = text
	}
	account := e.stack.Account
	if parts := strings.Split(texts["RoleArn"], ":"); len(parts) > 5 {
		account = parts[4]
	}
	for _, s := range e.assembly.Stacks {
		if s.Name != texts["StackName"] || s.Region != texts["Region"] || s.Account != account {
			continue
		}
		o := s.template.Outputs[texts["OutputName"]]
		if o == nil {
			break
		}
		if met, err := s.met(o.Condition); err != nil || !met {
			break
		}
		return o, nil
	}
	return nil, e.errorf("the assembly has no output %q of stack %q in %s/%s", texts["OutputName"], texts["StackName"], account,
		texts["Region"])
}
