package webacl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// What the construct says of its capacity is what its rendered rules add up to, by AWS's figures for each statement.
func TestCapacityIsThatOfTheRules(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *webacl.EdgeWebACLProps)
		want      int
	}{
		"default":    {nil, 2 + 2 + 1 + 2 + 52 + 25 + 50 + 200 + 700},
		"everything": {everything, 4 + 1 + 2 + 2 + 1 + 2 + 52 + 25 + 50 + 200 + 700 + 50},
		"less": {func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.TokenPaths = *jsii.Strings("/a/oauth2/token", "/b/oauth2/token", "/oauth2/token")
			p.AllowedCIDRs = *jsii.Strings("192.0.2.0/24")
			p.DisableCommonRuleSet, p.AnonymousIP = jsii.Bool(true), webacl.AnonymousIPOff
		}, 2 + 6 + 2 + 1 + 2 + 52 + 25 + 200},
	} {
		stack, acl := newEdge(t, test.configure)
		sum := 0
		for _, rule := range cdktest.Synth(t, stack).One("AWS::WAFv2::WebACL")["Rules"].([]any) {
			sum += capacity(t, cdktest.At(t, rule, "Statement").(map[string]any))
		}
		if acl.Capacity() != test.want || sum != test.want {
			t.Errorf("%s: the construct says %d, its rules add up to %d, want %d", name, acl.Capacity(), sum, test.want)
		}
	}
}

func TestCapacityHasLimits(t *testing.T) {
	paths := func(n int) func(awscdk.Stack, *webacl.EdgeWebACLProps) {
		return func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.TokenPaths = nil
			for i := range n {
				p.TokenPaths = append(p.TokenPaths, jsii.Sprintf("/v%d/oauth2/token", i))
			}
		}
	}
	for _, test := range []struct {
		paths, capacity int
		err, warning    string
	}{
		{234, 1500, "", ""},
		{235, 1502, "", "the rules need 1502 web ACL capacity units: over 1500, AWS WAF charges more for each request"},
		{1984, 5000, "", "the rules need 5000 web ACL capacity units"},
		{1985, 5002, "the rules need 5002 web ACL capacity units: a web ACL has up to 5000, so use fewer TokenPaths", ""},
	} {
		stack, acl := newEdge(t, paths(test.paths))
		if acl.Capacity() != test.capacity {
			t.Errorf("%d paths: got %d", test.paths, acl.Capacity())
		}
		var wantErrors []string
		if test.err != "" {
			wantErrors = []string{test.err}
		}
		cdktest.ExpectErrors(t, stack, wantErrors)
		var warnings []string
		for _, warning := range *assertions.Annotations_FromStack(stack).FindWarning(jsii.String("*"), assertions.Match_StringLikeRegexp(jsii.String("capacity"))) {
			warnings = append(warnings, fmt.Sprint(warning.Entry.Data))
		}
		if got := strings.Join(warnings, "\n"); !strings.HasPrefix(got, test.warning) || (got == "") != (test.warning == "") {
			t.Errorf("%d paths: got the warnings %q, want %q", test.paths, got, test.warning)
		}
	}
}

// capacity is a statement's, as its page in AWS's guide says (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html).
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
