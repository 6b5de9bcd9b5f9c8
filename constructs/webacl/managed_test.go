package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestManaged_groupsCountWhatBreaksMachineClients(t *testing.T) {
	type group struct {
		name, override string
		counted        []string
	}
	breaking := []string{
		"NoUserAgent_HEADER", "SizeRestrictions_QUERYSTRING", "SizeRestrictions_BODY", "GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY",
		"EC2MetaDataSSRF_QUERYARGUMENTS", "EC2MetaDataSSRF_BODY", "RestrictedExtensions_QUERYARGUMENTS",
	}
	anonymous := func(mode webacl.AnonymousIP) func(awscdk.Stack, *webacl.EdgeWebACLProps) {
		return func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) { p.AnonymousIP = mode }
	}
	for _, test := range []struct {
		rule      string
		configure func(awscdk.Stack, *webacl.EdgeWebACLProps)
		want      group
	}{
		{"ip-reputation", nil, group{"AWSManagedRulesAmazonIpReputationList", "None", nil}},
		{"known-bad-inputs", nil, group{"AWSManagedRulesKnownBadInputsRuleSet", "None", nil}},
		{"common-rule-set", nil, group{"AWSManagedRulesCommonRuleSet", "None", breaking}},
		{"anonymous-ip", nil, group{"AWSManagedRulesAnonymousIpList", "Count", []string{"AnonymousIPList", "HostingProviderIPList"}}},
		{"anonymous-ip", anonymous(webacl.AnonymousIPCount), group{"AWSManagedRulesAnonymousIpList", "Count",
			[]string{"AnonymousIPList", "HostingProviderIPList"}}},
		{"anonymous-ip", anonymous(webacl.AnonymousIPBlock), group{"AWSManagedRulesAnonymousIpList", "None", []string{"HostingProviderIPList"}}},
	} {
		rule := rulesByName(t, synthEdge(t, test.configure))[test.rule]
		statement := cdktest.At(t, rule, "Statement", "ManagedRuleGroupStatement")
		if cdktest.At(t, statement, "VendorName") != "AWS" || cdktest.At(t, statement, "Name") != test.want.name {
			t.Errorf("%s is %s", test.rule, cdktest.JSON(t, statement))
		}
		if diff := cmp.Diff(map[string]any{test.want.override: map[string]any{}}, cdktest.At(t, rule, "OverrideAction")); diff != "" {
			t.Errorf("%s: override action:\n%s", test.rule, diff)
		}
		if diff := cmp.Diff(test.want.counted, counted(t, statement)); diff != "" {
			t.Errorf("%s: counted rules (-want +got):\n%s", test.rule, diff)
		}
	}
}

// Bot Control knows HTTP libraries, and clients that are no browser, for bots: every client here is one.
func TestManaged_botControlCountsOnly(t *testing.T) {
	rules := rulesByName(t, synthEdge(t, func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) { p.BotControl = jsii.Bool(true) }))
	rule := rules["bot-control"]
	if diff := cmp.Diff(map[string]any{"Count": map[string]any{}}, cdktest.At(t, rule, "OverrideAction")); diff != "" {
		t.Errorf("override action:\n%s", diff)
	}
	statement := cdktest.At(t, rule, "Statement", "ManagedRuleGroupStatement")
	if got := cdktest.At(t, statement, "ManagedRuleGroupConfigs", 0, "AWSManagedRulesBotControlRuleSet", "InspectionLevel"); got != "COMMON" {
		t.Errorf("inspection level: got %v, which costs more", got)
	}
	names := map[string]bool{}
	for _, name := range counted(t, statement) {
		names[name] = true
	}
	if len(names) != 19 || !names["CategoryHttpLibrary"] || !names["SignalNonBrowserUserAgent"] {
		t.Errorf("counted rules: got %v", names)
	}
}

// counted are the rules of a managed group that count, whatever the group has them do.
func counted(t *testing.T, statement any) []string {
	t.Helper()
	var names []string
	overrides, _ := statement.(map[string]any)["RuleActionOverrides"].([]any)
	for _, override := range overrides {
		if diff := cmp.Diff(map[string]any{"Count": map[string]any{}}, cdktest.At(t, override, "ActionToUse")); diff != "" {
			t.Errorf("override:\n%s", diff)
		}
		names = append(names, cdktest.At(t, override, "Name").(string))
	}
	return names
}
