package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

const botControl = "AWSManagedRulesBotControlRuleSet"

// webACL checks that samples and logs have no secret header, and that Bot Control does not block.
func (d *door) webACL(r *templates.Resource, m *mistakes) {
	for i, item := range list(r.Properties, "Rules") {
		rule := section(item)
		where := fmt.Sprintf("rule %d (%v)", i, rule["Name"])
		if mentionsSet(rule["Statement"]) && section(rule, "VisibilityConfig")["SampledRequestsEnabled"] != false {
			m.addf("%s keeps samples of requests: write SampledRequestsEnabled false, samples show the secret header", where)
		}
		if section(rule, "Statement", "ManagedRuleGroupStatement")["Name"] == botControl && section(rule, "OverrideAction")["Count"] == nil {
			m.addf("%s may block by Bot Control: use OverrideAction Count, every client here is a machine", where)
		}
		for _, key := range list(section(rule, "Statement", "RateBasedStatement"), "CustomKeys") {
			header, ok := section(key, "Header")["Name"].(string)
			if ok && !protects(r.Properties, header) {
				m.addf("%s counts by the header %s, whose values its log would show: "+
					"add it to DataProtectionConfig, without ExcludeRateBasedDetails", where, header)
			}
		}
	}
}

func mentionsSet(statement any) bool {
	return strings.Contains(fmt.Sprint(statement), "RegexPatternSetReferenceStatement")
}

// protects says whether the web ACL hides a header's values everywhere.
func protects(acl map[string]any, header string) bool {
	return slices.ContainsFunc(list(section(acl, "DataProtectionConfig"), "DataProtections"), func(protection any) bool {
		field := section(protection, "Field")
		if field["FieldType"] != "SINGLE_HEADER" || section(protection)["ExcludeRateBasedDetails"] == true {
			return false
		}
		keys := texts(field, "FieldKeys")
		return len(keys) == 0 || containsFold(keys, header)
	})
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// logging checks that the log has no header with a secret: the usual ones, and those that the web ACL protects.
func (d *door) logging(r *templates.Resource, m *mistakes) {
	secret := []string{"authorization", "cookie", "x-api-key"}
	for _, acl := range r.Mentions(r.Properties["ResourceArn"]) {
		for _, protection := range list(section(acl.Properties, "DataProtectionConfig"), "DataProtections") {
			if field := section(protection, "Field"); field["FieldType"] == "SINGLE_HEADER" {
				secret = append(secret, texts(field, "FieldKeys")...)
			}
		}
	}
	var misspelt mistakes // refusedLogging reports these.
	redacted := inspectedHeaders(r.Properties["RedactedFields"], &misspelt)
	for _, header := range secret {
		if !containsFold(redacted, header) {
			m.addf("RedactedFields leaves out the header %s", header)
		}
	}
}

// patternSet checks that every pattern is anchored: AWS WAF searches a pattern anywhere in the component, so that "abc" would accept
// "xabcx". And it checks that the stack has no tags: CloudFormation hands them on to the set, and a changed one would make it write the
// set, with the current value in the place of all accepted ones.
func (d *door) patternSet(r *templates.Resource, m *mistakes) {
	for i, pattern := range list(r.Properties, "RegularExpressionList") {
		if text := r.Text(pattern); !strings.HasPrefix(text, "^") || !strings.HasSuffix(text, "$") {
			m.addf("pattern %d is not anchored: begin it with ^ and end it with $", i)
		}
	}
	if tags := slices.Sorted(maps.Keys(r.Stack.Tags)); len(tags) > 0 && !r.Stack.TagsAreConstant {
		m.addf("the stack has tags of its own, %v, which CloudFormation hands on to the set: tag the resources instead "+
			"(feature flag @aws-cdk/core:explicitStackTags), or a changed tag resets the accepted values; "+
			"if they never change, set ConstantStackTags of the OriginHeader", tags)
	}
}
