package guard

import (
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

func refusedSchedule(r *templates.Resource, m *mistakes) {
	schedule := section(r.Properties, "RotationRules")
	if schedule["ScheduleExpression"] != nil && schedule["AutomaticallyAfterDays"] != nil {
		m.addf("RotationRules has both ScheduleExpression and AutomaticallyAfterDays: use one")
	}
	if expression, ok := schedule["ScheduleExpression"].(string); ok {
		window, _ := schedule["Duration"].(string)
		m.add(awslimits.RotationSchedule(expression, window))
	}
}

func (d *door) schedule(r *templates.Resource, m *mistakes) {
	if r.Properties["RotateImmediatelyOnUpdate"] != false {
		m.addf("RotateImmediatelyOnUpdate is %v: use false, or every change of the schedule rotates at once",
			r.Properties["RotateImmediatelyOnUpdate"])
	}
	if schedule := section(r.Properties, "RotationRules"); schedule["ScheduleExpression"] == nil && schedule["AutomaticallyAfterDays"] == nil {
		m.addf("RotationRules has neither ScheduleExpression nor AutomaticallyAfterDays: use one")
	}
}

// secret checks that the template has no value. The one SecretString there is allowed to be is the placeholder of the tenants' secrets, and
// theirs must be it to the letter: CloudFormation would put a changed one in the place of live credentials. The messages do not repeat
// what they find.
func (d *door) secret(r *templates.Resource, m *mistakes) {
	p := r.Properties
	if !ofTenant(r) {
		if p["SecretString"] != nil {
			m.addf("SecretString is in the template: use GenerateSecretString, a template is not secret")
		}
		return
	}
	if p["SecretString"] != clientsecret.Placeholder {
		m.addf("SecretString is not the placeholder %s: use exactly it, or CloudFormation overwrites the tenant's credentials",
			clientsecret.Placeholder)
	}
	if p["GenerateSecretString"] != nil {
		m.addf("GenerateSecretString is there: use the placeholder alone, the rotation makes the tenant's credentials")
	}
	if p["KmsKeyId"] == nil {
		m.addf("KmsKeyId is missing: use the key of all tenants' secrets, readers in other accounts cannot use AWS's own")
	}
	tags := tags(r)
	for _, tag := range []string{clientsecret.TagTenant, clientsecret.TagClientID, clientsecret.TagScopes} {
		if tags[tag] == nil || tags[tag] == "" {
			m.addf("tag %s is missing: the rotation does not know whose secret it is without it", tag)
		}
	}
	if _, ok := tags[clientsecret.TagSettled]; ok {
		m.addf("tag %s is there: leave it to the rotation, which notes in it what it has verified", clientsecret.TagSettled)
	}
}

// secretPolicy checks that a secret's policy names every principal that it allows.
func (d *door) secretPolicy(r *templates.Resource, m *mistakes) {
	if r.Properties["BlockPublicPolicy"] != true {
		m.addf("BlockPublicPolicy is %v: use true, Secrets Manager then refuses a policy that lets everybody in",
			r.Properties["BlockPublicPolicy"])
	}
	for i, item := range list(section(r.Properties, "ResourcePolicy"), "Statement") {
		statement := section(item)
		if statement["Effect"] == "Deny" {
			continue
		}
		if statement["NotPrincipal"] != nil {
			m.addf("statement %d allows NotPrincipal, that is everybody else: name the Principal", i)
		}
		if slices.Contains(literals(statement["Principal"]), "*") {
			m.addf("statement %d lets everybody in: name roles or accounts in place of Principal *", i)
		}
	}
}

// literals are the texts in a value, at any depth.
func literals(value any) []string {
	var all []string
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			all = append(all, literals(item)...)
		}
	case map[string]any:
		for _, item := range v {
			all = append(all, literals(item)...)
		}
	}
	return all
}
