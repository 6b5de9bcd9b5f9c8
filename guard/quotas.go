package guard

import (
	"bytes"
	"fmt"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// quotas are of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html.
var quotas = []struct {
	what    string
	allowed int
	used    func(*templates.Stack) int
}{
	{"resources", awslimits.ResourcesPerStack, func(s *templates.Stack) int { return len(s.Resources) }},
	{"outputs", awslimits.OutputsPerStack, func(s *templates.Stack) int { return len(s.Outputs) }},
	{"parameters", awslimits.ParametersPerStack, func(s *templates.Stack) int { return len(s.Parameters) }},
	{"dynamic references", awslimits.DynamicReferencesPerTemplate, func(s *templates.Stack) int {
		return bytes.Count(s.Body, []byte("{{resolve:"))
	}},
	{"bytes", awslimits.TemplateBytes, func(s *templates.Stack) int { return len(s.Body) }},
}

// exceeded has a message for each quota that the stack exceeds. It names the file to split if the stack is made from one.
func exceeded(s *templates.Stack) []string {
	var m mistakes
	for _, q := range quotas {
		used, split := q.used(s), ""
		if used <= q.allowed {
			continue
		}
		if s.Source != "" {
			split = fmt.Sprintf(": split %s into %d files by moving tenants that are not deployed yet", s.Source, (used+q.allowed-1)/q.allowed)
		}
		m.addf("%d %s, CloudFormation allows %d%s", used, q.what, q.allowed, split)
	}
	return m
}
