package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
)

// origin is the origin header: its name, the stage variable that it is injected from, the secret that has its value, and the set of
// accepted values. Of an assembly in which they do not belong together, some are missing: it can be asked, but its header cannot rotate.
type origin struct {
	header, variable string
	secret           *secret
	set              *patternSet
}

// readHeader finds the header in what an integration maps: the one from a stage variable.
func (o *origin) readHeader(parameters map[string]any) {
	for to, from := range parameters {
		header, isHeader := strings.CutPrefix(to, "integration.request.header.")
		text, _ := from.(string)
		if variable, ok := strings.CutPrefix(text, "stageVariables."); ok && isHeader {
			o.header, o.variable = header, variable
		}
	}
}

// findOrigin finds the secret by the stage variable, whose dynamic reference names it, and the set by naming the same secret.
func (s *System) findOrigin() error {
	if s.origin.variable == "" {
		return nil
	}
	stages := s.assembly.OfType("AWS::ApiGateway::Stage")
	stage := stages[slices.IndexFunc(stages, func(r *assembly.Resource) bool { return r.Path() == s.stagePath })]
	variables, _ := stage.Properties["Variables"].(map[string]any)
	named, err := s.secretsIn(stage, variables[s.origin.variable])
	if err != nil || len(named) != 1 {
		return err
	}
	var ok bool
	if s.origin.secret, ok = s.secrets[named[0]].(*secret); !ok {
		return fmt.Errorf("%s.Variables.%s: the secret that it names has another form: only a generated value of %d characters without "+
			"punctuation is supported",
			stage.Path(), s.origin.variable, header.ValueLength)
	}
	for _, r := range s.assembly.OfType("AWS::WAFv2::RegexPatternSet") {
		accepted, err := s.secretsIn(r, r.Properties["RegularExpressionList"])
		switch {
		case err != nil:
			return err
		case !slices.Contains(accepted, named[0]):
		case s.origin.set != nil:
			return fmt.Errorf("%s: two pattern sets name the secret of the origin header: one is supported", r.Path())
		default:
			s.origin.set = s.sets[setARN(r)]
		}
	}
	return nil
}

// secretsIn are the ARNs of the secrets that the dynamic references in a property name.
func (s *System) secretsIn(r *assembly.Resource, property any) ([]string, error) {
	if property == nil {
		return nil, nil
	}
	part := *r
	part.Properties = map[string]any{"Part": property}
	names := &named{values: values{s}}
	_, err := s.assembly.Resolve(&part, names)
	return names.arns, err
}

// named is the system's values, and which secrets were asked for.
type named struct {
	values
	arns []string
}

func (n *named) Dynamic(reference string) (string, error) {
	if arn, _, ok := parseDynamic(reference); ok && !slices.Contains(n.arns, arn) {
		n.arns = append(n.arns, arn)
	}
	return n.values.Dynamic(reference)
}

var _ assembly.Values = (*named)(nil)
