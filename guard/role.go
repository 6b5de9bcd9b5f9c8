package guard

import (
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// role checks that a role lists its actions: a statement that allows all actions, those of a whole service, or all but some, is wider than
// any function needs. It looks at the role's own policies and at those that are attached to it.
func (d *door) role(r *templates.Resource, m *mistakes) {
	for _, policy := range list(r.Properties, "Policies") {
		wide(section(policy, "PolicyDocument"), m)
	}
	for _, resourceType := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"} {
		d.assembly.Each(resourceType, func(policy *templates.Resource) {
			if slices.Contains(policy.Mentions(policy.Properties["Roles"]), r) {
				wide(section(policy.Properties, "PolicyDocument"), m)
			}
		})
	}
}

func wide(document map[string]any, m *mistakes) {
	for _, item := range list(document, "Statement") {
		statement := section(item)
		if statement["Effect"] != "Allow" {
			continue
		}
		if statement["NotAction"] != nil {
			m.addf("a policy allows NotAction, that is everything else: name the actions")
		}
		for _, action := range literals(statement["Action"]) {
			if action == "*" || strings.HasSuffix(action, ":*") {
				m.addf("a policy allows %s: name the actions", action)
			}
		}
	}
}
