package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

// breaking are the rules of the common rule set that token requests break, which count instead of blocking. AWS WAF ignores a misspelt name
// silently. https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
var breaking = []string{
	"NoUserAgent_HEADER", // HTTP clients of machines send none, or not always.
	// Up to 50 scopes of up to 513 characters are in the query, where the rule allows 2,048 bytes.
	"SizeRestrictions_QUERYSTRING",
	// The body-size rule takes its place, with a limit that fits and an answer that clients can parse.
	"SizeRestrictions_BODY",
	// Scopes may be URLs, such as https://billing.example/invoices.read, in the query and, of clients that repeat them there, in the body. The
	// rules look for URLs in general or with an IP address (versions differ), for those of EC2's metadata or loopback, and for names ending
	// like a system's file. No file or URL is opened here: Cognito compares a scope with the names that it has.
	"GenericRFI_QUERYARGUMENTS",
	"GenericRFI_BODY",
	"EC2MetaDataSSRF_QUERYARGUMENTS",
	"EC2MetaDataSSRF_BODY",
	"RestrictedExtensions_QUERYARGUMENTS",
}

// hostingProviders is the rule of the anonymous IP list that matches clouds and data centers, where machine clients run.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
const hostingProviders = "HostingProviderIPList"

// botControlRules are all rules of Bot Control's common inspection level. Named one by one, each counts by itself: the group's result alone
// would be that of the first that matches. https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-bot.html
var botControlRules = []string{
	"CategoryAdvertising", "CategoryAI", "CategoryArchiver", "CategoryContentFetcher", "CategoryEmailClient", "CategoryHttpLibrary",
	"CategoryLinkChecker", "CategoryMiscellaneous", "CategoryMonitoring", "CategoryPagePreview", "CategoryScrapingFramework",
	"CategorySearchEngine", "CategorySecurity", "CategorySeo", "CategorySocialMedia", "CategoryWebhooks",
	"SignalAutomatedBrowser", "SignalKnownBotDataCenter", "SignalNonBrowserUserAgent",
}

// ipReputation blocks addresses of bots and of reconnaissance; those of DDoS sources are counted by AWS's own choice.
func (s *edgeSettings) ipReputation() edgeRule {
	if on(s.DisableIPReputation) {
		return edgeRule{}
	}
	return managed(IPReputationRule, "AWSManagedRulesAmazonIpReputationList")
}

func (s *edgeSettings) anonymousIP() edgeRule {
	const group = "AWSManagedRulesAnonymousIpList"
	switch s.AnonymousIP {
	case AnonymousIPBlock:
		return managed(AnonymousIPRule, group, hostingProviders)
	case AnonymousIPOff:
		return edgeRule{}
	}
	return countOnly(managed(AnonymousIPRule, group, "AnonymousIPList", hostingProviders))
}

func (s *edgeSettings) knownBadInputs() edgeRule {
	if on(s.DisableKnownBadInputs) {
		return edgeRule{}
	}
	return managed(KnownBadInputsRule, "AWSManagedRulesKnownBadInputsRuleSet")
}

func (s *edgeSettings) commonRuleSet() edgeRule {
	if on(s.DisableCommonRuleSet) {
		return edgeRule{}
	}
	return managed(CommonRuleSetRule, "AWSManagedRulesCommonRuleSet", breaking...)
}

func (s *edgeSettings) botControl() edgeRule {
	if !on(s.BotControl) {
		return edgeRule{}
	}
	rule := countOnly(managed(BotControlRule, "AWSManagedRulesBotControlRuleSet", botControlRules...))
	group := rule.statement.ManagedRuleGroupStatement.(*awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty)
	group.ManagedRuleGroupConfigs = []any{&awswafv2.CfnWebACL_ManagedRuleGroupConfigProperty{
		AwsManagedRulesBotControlRuleSet: &awswafv2.CfnWebACL_AWSManagedRulesBotControlRuleSetProperty{InspectionLevel: jsii.String("COMMON")},
	}}
	return rule
}

// managed is a rule group of AWS in its default version, which AWS keeps up to date. The counted rules of it count instead of blocking.
func managed(name, group string, counted ...string) edgeRule {
	statement := &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"), Name: jsii.String(group)}
	var overrides []any
	for _, rule := range counted {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name:        jsii.String(rule),
			ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: &awswafv2.CfnWebACL_CountActionProperty{}},
		})
	}
	if overrides != nil {
		statement.RuleActionOverrides = overrides
	}
	return edgeRule{
		name:      name,
		statement: &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: statement},
		override:  &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
	}
}

// countOnly lets nothing that the group finds block a request, not even a rule that AWS adds to the group later.
func countOnly(rule edgeRule) edgeRule {
	rule.override = &awswafv2.CfnWebACL_OverrideActionProperty{Count: map[string]any{}}
	return rule
}

func on(flag *bool) bool { return flag != nil && *flag }
