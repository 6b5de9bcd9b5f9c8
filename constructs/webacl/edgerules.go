package webacl

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

// Names of the edge web ACL's rules, by which its metrics are found, too.
const (
	AllowedNetworksRule        = "allowed-networks"
	AllowedCountriesRule       = "allowed-countries"
	TokenPathOnlyRule          = "token-path-only"
	PostOnlyRule               = "post-only"
	BodySizeRule               = "body-size"
	RateLimitPerIPRule         = "rate-limit-per-ip"
	RateLimitPerCredentialRule = "rate-limit-per-credential"
	IPReputationRule           = "ip-reputation"
	AnonymousIPRule            = "anonymous-ip"
	KnownBadInputsRule         = "known-bad-inputs"
	CommonRuleSetRule          = "common-rule-set"
	BotControlRule             = "bot-control"
)

// edgeRule is a rule. A rule that the settings leave out is one without a statement.
type edgeRule struct {
	name      string
	statement *awswafv2.CfnWebACL_StatementProperty
	// action is what a rule of our own does, override what becomes of a managed rule group's result: a rule has one of them.
	action   *awswafv2.CfnWebACL_RuleActionProperty
	override *awswafv2.CfnWebACL_OverrideActionProperty
}

// edgeRules are all rules there can be, cheap ones first: a request that one of them refuses costs no more capacity, and counts for no rate
// limit.
func (s *edgeSettings) edgeRules(networks []awswafv2.CfnIPSet) []edgeRule {
	return []edgeRule{
		allowedNetworks(networks),
		s.allowedCountries(),
		s.tokenPathOnly(),
		postOnly(),
		s.bodySize(),
		s.rateLimitPerIP(),
		s.rateLimitPerCredential(),
		s.ipReputation(),
		s.anonymousIP(),
		s.knownBadInputs(),
		s.commonRuleSet(),
		s.botControl(),
	}
}

// render gives each rule ten times its place as its priority, so that a rule keeps its priority whichever others there are, and a team's
// own fit between.
func render(all []edgeRule) (rendered []any, names []string) {
	for i, r := range all {
		if r.statement == nil {
			continue
		}
		rule := &awswafv2.CfnWebACL_RuleProperty{
			Name:             jsii.String(r.name),
			Priority:         jsii.Number(10 * i),
			Statement:        r.statement,
			VisibilityConfig: visibility(r.name),
		}
		if r.override != nil {
			rule.OverrideAction = r.override
		} else {
			rule.Action = r.action
		}
		rendered, names = append(rendered, rule), append(names, r.name)
	}
	return rendered, names
}

// allowedNetworks refuses a request from an address in none of the sets.
func allowedNetworks(sets []awswafv2.CfnIPSet) edgeRule {
	if len(sets) == 0 {
		return edgeRule{}
	}
	var inside []any
	for _, set := range sets {
		// A map in CDK's spelling, for which CDK for Go lacks the struct.
		inside = append(inside, &awswafv2.CfnWebACL_StatementProperty{IpSetReferenceStatement: map[string]*string{"arn": set.AttrArn()}})
	}
	return edgeRule{
		name:      AllowedNetworksRule,
		statement: not(either(inside)),
		action:    blockWith(403, accessDeniedKey),
	}
}

func (s *edgeSettings) allowedCountries() edgeRule {
	if len(s.countries) == 0 {
		return edgeRule{}
	}
	return edgeRule{
		name: AllowedCountriesRule,
		statement: not(&awswafv2.CfnWebACL_StatementProperty{
			GeoMatchStatement: &awswafv2.CfnWebACL_GeoMatchStatementProperty{CountryCodes: jsii.Strings(s.countries...)},
		}),
		action: blockWith(403, accessDeniedKey),
	}
}

// tokenPathOnly compares the path as it was sent: a path in another spelling, which the gateway might take for the token endpoint's, is
// refused.
func (s *edgeSettings) tokenPathOnly() edgeRule {
	var paths []any
	for _, path := range s.Proxy.TokenPaths() {
		paths = append(paths, exactly(uriPath(), *path))
	}
	return edgeRule{
		name:      TokenPathOnlyRule,
		statement: not(either(paths)),
		action:    blockWith(403, notServedKey),
	}
}

// postOnly names the allowed method as RFC 9110 section 15.5.6 demands of a 405.
func postOnly() edgeRule {
	return edgeRule{
		name:      PostOnlyRule,
		statement: not(exactly(method(), "POST")),
		action:    blockWith(405, notServedKey, "Allow", "POST"),
	}
}

// bodySize also refuses a body of which AWS WAF sees the beginning only: API Gateway hands it the first 16 KB.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
func (s *edgeSettings) bodySize() edgeRule {
	return edgeRule{
		name: BodySizeRule,
		statement: &awswafv2.CfnWebACL_StatementProperty{SizeConstraintStatement: &awswafv2.CfnWebACL_SizeConstraintStatementProperty{
			FieldToMatch: &awswafv2.CfnWebACL_FieldToMatchProperty{
				Body: &awswafv2.CfnWebACL_BodyProperty{OversizeHandling: jsii.String("MATCH")},
			},
			ComparisonOperator:  jsii.String("GT"),
			Size:                s.MaxBodyBytes,
			TextTransformations: untransformed(),
		}},
		action: blockWith(413, bodyTooLargeKey),
	}
}

func (s *edgeSettings) rateLimitPerIP() edgeRule {
	return edgeRule{
		name: RateLimitPerIPRule,
		statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
			AggregateKeyType:    jsii.String("IP"),
			Limit:               s.RateLimitPerIP,
			EvaluationWindowSec: jsii.Number(s.window.Seconds()),
		}},
		action: s.tooManyRequests(),
	}
}

// rateLimitPerCredential takes headers for the same that differ in case or white space only: "basic" in another spelling, or with more
// spaces behind it, would otherwise start a new count. Requests without the header are not counted; the gateway refuses them.
func (s *edgeSettings) rateLimitPerCredential() edgeRule {
	var transformations []any
	for i, kind := range []string{"LOWERCASE", "COMPRESS_WHITE_SPACE"} {
		transformations = append(transformations, &awswafv2.CfnWebACL_TextTransformationProperty{Priority: jsii.Number(i),
			Type: jsii.String(kind)})
	}
	return edgeRule{
		name: RateLimitPerCredentialRule,
		statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
			AggregateKeyType: jsii.String("CUSTOM_KEYS"),
			CustomKeys: []any{&awswafv2.CfnWebACL_RateBasedStatementCustomKeyProperty{
				Header: &awswafv2.CfnWebACL_RateLimitHeaderProperty{Name: jsii.String(s.credentialsHeader), TextTransformations: transformations},
			}},
			Limit:               s.RateLimitPerCredential,
			EvaluationWindowSec: jsii.Number(s.window.Seconds()),
		}},
		action: s.tooManyRequests(),
	}
}

// tooManyRequests tells the client to wait for a whole window: AWS WAF counts the refused requests as well, and after a window without any
// the count is zero.
func (s *edgeSettings) tooManyRequests() *awswafv2.CfnWebACL_RuleActionProperty {
	return blockWith(429, tooManyRequestsKey, "Retry-After", strconv.Itoa(int(s.window.Seconds())))
}

// either is the statement itself if there is one only, which AWS WAF does not take in an Or.
func either(statements []any) *awswafv2.CfnWebACL_StatementProperty {
	if len(statements) == 1 {
		return statements[0].(*awswafv2.CfnWebACL_StatementProperty)
	}
	return anyOf(statements...)
}
