package guard

import (
	"fmt"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// secret wants no value in the template. The one SecretString there is allowed to be is the placeholder of the tenants' secrets, and theirs must be
// it to the letter: CloudFormation would put a changed one in the place of live credentials. The messages do not repeat what they find.
func secret(r Resource, _ Template) []string {
	var m mistakes
	p := r.Properties
	tags := map[string]any{}
	for _, item := range list(p, "Tags") {
		tag, _ := item.(map[string]any)
		tags[fmt.Sprint(tag["Key"])] = tag["Value"]
	}
	if tags[clientsecret.TagTenant] == nil && p["SecretString"] != clientsecret.Placeholder {
		if p["SecretString"] != nil {
			m.addf("SecretString is in the template: use GenerateSecretString, a template is not secret")
		}
		return m
	}
	if p["SecretString"] != clientsecret.Placeholder {
		m.addf("SecretString is not the placeholder %s: use exactly it, or CloudFormation puts another one in the place of the tenant's credentials", clientsecret.Placeholder)
	}
	if p["GenerateSecretString"] != nil {
		m.addf("GenerateSecretString is there: use the placeholder alone, the rotation makes the tenant's credentials")
	}
	if p["KmsKeyId"] == nil {
		m.addf("KmsKeyId is missing: use the key of all tenants' secrets, readers in other accounts cannot use AWS's own")
	}
	for _, tag := range []string{clientsecret.TagTenant, clientsecret.TagClientID, clientsecret.TagScopes} {
		if tags[tag] == nil || tags[tag] == "" {
			m.addf("tag %s is missing: the rotation does not know whose secret it is without it", tag)
		}
	}
	if _, ok := tags[clientsecret.TagSettled]; ok {
		m.addf("tag %s is there: leave it to the rotation, which notes in it what it has verified", clientsecret.TagSettled)
	}
	return m
}

func rotationSchedule(r Resource, _ Template) []string {
	var m mistakes
	if r.Properties["RotateImmediatelyOnUpdate"] != false {
		m.addf("RotateImmediatelyOnUpdate is %v: use false, or every change of the schedule rotates at once", r.Properties["RotateImmediatelyOnUpdate"])
	}
	schedule := section(r.Properties, "RotationRules")
	if (schedule["ScheduleExpression"] == nil) == (schedule["AutomaticallyAfterDays"] == nil) {
		m.addf("RotationRules needs exactly one of ScheduleExpression and AutomaticallyAfterDays")
	}
	if expression, ok := schedule["ScheduleExpression"].(string); ok {
		window, _ := schedule["Duration"].(string)
		m.add(awslimits.RotationSchedule(expression, window))
	}
	return m
}

// resourcePolicy wants every principal named that a secret's policy lets in.
func resourcePolicy(r Resource, _ Template) []string {
	var m mistakes
	if r.Properties["BlockPublicPolicy"] != true {
		m.addf("BlockPublicPolicy is %v: use true, Secrets Manager then refuses a policy that lets everybody in", r.Properties["BlockPublicPolicy"])
	}
	for i, item := range list(section(r.Properties, "ResourcePolicy"), "Statement") {
		statement, _ := item.(map[string]any)
		if statement["Effect"] == "Deny" {
			continue
		}
		if statement["NotPrincipal"] != nil {
			m.addf("statement %d allows NotPrincipal, that is everybody else: name the Principal", i)
		}
		if slices.Contains(principals(statement["Principal"]), "*") {
			m.addf("statement %d lets everybody in: name roles or accounts in place of Principal *", i)
		}
	}
	return m
}

// principals are the literal principals, of whatever kind.
func principals(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, principals(item)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, item := range v {
			all = append(all, principals(item)...)
		}
		return all
	}
	return nil
}
