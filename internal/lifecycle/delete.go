package lifecycle

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// refusal is why AWS does not delete a resource.
type refusal struct{ reason, source, how string }

// refusesDelete returns why AWS does not delete a resource of a template, or nil.
func refusesDelete(i *instance, t Template) *refusal {
	switch {
	case i.Type == "AWS::S3::Bucket" && !emptied(i.id, t):
		return &refusal{
			"the bucket is not deleted while there are objects or versions in it, and nothing in the stack empties it",
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html",
			"stop what writes to the bucket, empty it with all versions, and repeat",
		}
	case i.Type == "AWS::Cognito::UserPool" && get(i.properties, "DeletionProtection") == "ACTIVE":
		return &refusal{
			"the user pool has deletion protection",
			"https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html",
			"aws cognito-idp update-user-pool --deletion-protection INACTIVE, or deploy without the protection first",
		}
	case i.Type == "AWS::VerifiedPermissions::PolicyStore" && get(i.properties, "DeletionProtection.Mode") == "ENABLED":
		return &refusal{
			"the policy store has deletion protection",
			"https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_DeletePolicyStore.html",
			"aws verifiedpermissions update-policy-store --deletion-protection DISABLED, and repeat",
		}
	case get(i.properties, "DeletionProtectionEnabled") == true:
		return &refusal{"it has deletion protection", typePage(i.Type), "deploy without the protection first"}
	}
	return nil
}

// emptied reports whether a custom resource of the template empties the bucket before it is deleted.
func emptied(bucket string, t Template) bool {
	ref := map[string]any{"Ref": bucket}
	for _, r := range t.Resources {
		switch {
		case r.Type == "Custom::S3AutoDeleteObjects" && reflect.DeepEqual(r.Properties["BucketName"], ref):
			return true
		case custom(r.Type) && reflect.DeepEqual(r.Properties["Bucket"], ref) && text(r.Properties["DeleteVersions"]) == "true":
			return true
		}
	}
	return false
}

// fill are what the rules about refusals ask for.
func (r refusal) fill() []string {
	return []string{"why", r.reason, "source", r.source, "remedy", r.how}
}

// checkDelete reports what becomes of a resource that leaves its stack.
func (c *change) checkDelete() {
	stateful := types[c.before.Type].Stateful
	switch refused := refusesDelete(c.before, c.update.before.Template); {
	case c.retained() && (c.before.name != "" || stateful):
		c.report("retained")
	case c.retained():
	case refused != nil:
		c.report("delete-refused", refused.fill()...)
	case stateful:
		c.report("deleted")
	}
}

// checkRollback reports a new resource that the rollback of its creation cannot delete, or leaves in the way of the next attempt.
func (c *change) checkRollback() {
	if c.after == nil || c.updated() {
		return
	}
	if c.after.DeletionPolicy == "Retain" {
		if _, overwrites := overwriting[c.after.Type]; c.after.name != "" && !overwrites {
			c.report("name-kept-by-rollback")
		}
		return
	}
	if refused := refusesDelete(c.after, c.update.stack.Template); refused != nil {
		c.report("rollback-refused", refused.fill()...)
	}
}

// Destroy deletes all stacks, consumers first, and returns what that does.
func (a *Account) Destroy() []Finding {
	a.findings = nil
	for len(a.stacks) > 0 {
		for _, name := range a.names() {
			needed := slices.ContainsFunc(a.names(), func(other string) bool {
				return other != name && slices.Contains(a.stacks[other].DependsOn, name)
			})
			if !needed {
				a.destroy(a.stacks[name])
				delete(a.stacks, name)
			}
		}
	}
	return a.findings
}

func (a *Account) destroy(s *deployed) {
	if s.TerminationProtection {
		a.report(s.Name, "termination-protection")
	}
	count := 0
	for _, id := range slices.Sorted(maps.Keys(s.resources)) {
		i := s.resources[id]
		refused := refusesDelete(i, s.Template)
		switch {
		case retains(i.DeletionPolicy):
			a.reportOn(s.Name, i.Type, id, "destroy-retained")
			a.kept[i.name] = s.Name
		case refused != nil:
			a.reportOn(s.Name, i.Type, id, "destroy-refused", refused.fill()...)
		default:
			count++
		}
	}
	a.report(s.Name, "destroy-summary", "n", strconv.Itoa(count))
}
