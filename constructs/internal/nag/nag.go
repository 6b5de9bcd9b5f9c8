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

// Suppress records the suppressions on the CloudFormation resource behind c.
func Suppress(c constructs.IConstruct, suppressions ...Suppression) {
	resource, ok := c.(awscdk.CfnResource)
	if !ok {
		resource = c.Node().DefaultChild().(awscdk.CfnResource)
	}
	rules := make([]map[string]any, 0, len(suppressions))
	for _, s := range suppressions {
		rule := map[string]any{"id": s.Rule, "reason": s.Reason}
		if len(s.AppliesTo) > 0 {
			rule["applies_to"] = s.AppliesTo
		}
		rules = append(rules, rule)
	}
	resource.AddMetadata(jsii.String("cdk_nag"), map[string]any{"rules_to_suppress": rules})
}
