// Package nag records why a cdk-nag rule does not apply to a resource, in the metadata that cdk-nag reads, without depending on it.
package nag

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Suppression is one rule that is not followed, and why. AppliesTo narrows it to single findings of a rule that reports several.
type Suppression struct {
	Rule, Reason string
	AppliesTo    []string
}

// Add records suppressions on a resource and keeps those that it has.
func Add(c constructs.IConstruct, suppressions ...Suppression) {
	resource := resourceOf(c)
	metadata, _ := resource.GetMetadata(jsii.String(key)).(map[string]any)
	rules, _ := metadata[list].([]any)
	for _, rule := range rulesOf(suppressions) {
		rules = append(rules, rule)
	}
	resource.AddMetadata(jsii.String(key), map[string]any{list: rules})
}

// Suppress records the suppressions on the CloudFormation resource behind c.
func Suppress(c constructs.IConstruct, suppressions ...Suppression) {
	resourceOf(c).AddMetadata(jsii.String(key), map[string]any{list: rulesOf(suppressions)})
}

const key, list = "cdk_nag", "rules_to_suppress"

func resourceOf(c constructs.IConstruct) awscdk.CfnResource {
	resource, ok := c.(awscdk.CfnResource)
	if !ok {
		resource = c.Node().DefaultChild().(awscdk.CfnResource)
	}
	return resource
}

func rulesOf(suppressions []Suppression) []map[string]any {
	rules := make([]map[string]any, 0, len(suppressions))
	for _, s := range suppressions {
		rule := map[string]any{"id": s.Rule, "reason": s.Reason}
		if len(s.AppliesTo) > 0 {
			rule["applies_to"] = s.AppliesTo
		}
		rules = append(rules, rule)
	}
	return rules
}
