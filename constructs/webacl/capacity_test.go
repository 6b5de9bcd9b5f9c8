package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// Whatever is turned on, the price of a web ACL includes its capacity.
func TestEdgeWebACL_staysWithinTheIncludedCapacity(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *webacl.EdgeWebACLProps)
		want      int
	}{
		"default":    {nil, 4 + 2 + 1 + 2 + 52 + 25 + 50 + 200 + 700},
		"everything": {everything, 1091}, // As NewEdgeWebACL says.
	} {
		sum := 0
		for _, rule := range synthEdge(t, test.configure).One("AWS::WAFv2::WebACL")["Rules"].([]any) {
			sum += capacity(t, cdktest.At(t, rule, "Statement").(map[string]any))
		}
		if sum != test.want || sum > awslimits.IncludedCapacity {
			t.Errorf("%s: the rules add up to %d, want %d", name, sum, test.want)
		}
	}
}

// capacity is a statement's, as its page in AWS's guide says
// (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html).
func capacity(t *testing.T, statement map[string]any) int {
	t.Helper()
	transformed := func(s any) (units int) {
		for _, transformation := range cdktest.At(t, s, "TextTransformations").([]any) {
			if cdktest.At(t, transformation, "Type") != "NONE" {
				units += 10
			}
		}
		return units
	}
	for kind, settings := range statement {
		switch kind {
		case "NotStatement":
			return capacity(t, cdktest.At(t, settings, "Statement").(map[string]any))
		case "OrStatement":
			sum := 0
			for _, nested := range cdktest.At(t, settings, "Statements").([]any) {
				sum += capacity(t, nested.(map[string]any))
			}
			return sum
		case "IPSetReferenceStatement":
			return 2
		case "GeoMatchStatement":
			return 1
		case "ByteMatchStatement":
			if cdktest.At(t, settings, "PositionalConstraint") != "EXACTLY" {
				t.Fatalf("unknown match: %s", cdktest.JSON(t, settings))
			}
			return 2 + transformed(settings)
		case "SizeConstraintStatement":
			return 1 + transformed(settings)
		case "RateBasedStatement":
			units := 2
			keys, _ := settings.(map[string]any)["CustomKeys"].([]any)
			for _, key := range keys {
				units += 30 + transformed(cdktest.At(t, key, "Header"))
			}
			return units
		case "ManagedRuleGroupStatement":
			units, ok := map[any]int{
				"AWSManagedRulesAmazonIpReputationList": 25,
				"AWSManagedRulesAnonymousIpList":        50,
				"AWSManagedRulesKnownBadInputsRuleSet":  200,
				"AWSManagedRulesCommonRuleSet":          700,
				"AWSManagedRulesBotControlRuleSet":      50,
			}[cdktest.At(t, settings, "Name")]
			if !ok {
				t.Fatalf("unknown group: %s", cdktest.JSON(t, settings))
			}
			return units
		}
	}
	t.Fatalf("unknown statement: %s", cdktest.JSON(t, statement))
	return 0
}
