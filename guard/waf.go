package guard

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

const (
	patternsPerSet = 10
	patternLength  = 200
	logGroupPrefix = "aws-waf-logs-"
)

func refusedWebACL(r *templates.Resource, m *mistakes) {
	var names, priorities []string
	for i, item := range list(r.Properties, "Rules") {
		rule := section(item)
		where := fmt.Sprintf("rule %d (%v)", i, rule["Name"])
		var wrong mistakes
		ruleAction(rule, &wrong)
		responseBody(section(rule, "Action"), r.Properties, &wrong)
		rateBased(rule, &wrong)
		for _, message := range wrong {
			m.addf("%s %s", where, message)
		}
		if n := len(section(rule, "Statement")); n != 1 {
			m.addf("%s has %d statements: a rule has one, combine several by And, Or or Not", where, n)
		}
		names, priorities = append(names, fmt.Sprint(rule["Name"])), append(priorities, fmt.Sprint(rule["Priority"]))
	}
	for _, name := range twice(names) {
		m.addf("duplicate rule name %q", name)
	}
	for _, priority := range twice(priorities) {
		m.addf("duplicate rule priority %s", priority)
	}
	var wrong mistakes
	responseBody(section(r.Properties, "DefaultAction"), r.Properties, &wrong)
	for _, message := range wrong {
		m.addf("the default action %s", message)
	}
	inspectedHeaders(r.Properties["Rules"], m)
}

// ruleAction checks that a rule has the kind of action that its statement requires.
func ruleAction(rule map[string]any, m *mistakes) {
	statement, needed := section(rule, "Statement"), "Action"
	if statement["ManagedRuleGroupStatement"] != nil || statement["RuleGroupReferenceStatement"] != nil {
		needed = "OverrideAction"
	}
	var got []string
	for _, kind := range []string{"Action", "OverrideAction"} {
		if rule[kind] != nil {
			got = append(got, kind)
		}
	}
	if !slices.Equal(got, []string{needed}) {
		m.addf("has the actions %v: its statement needs exactly %s", got, needed)
	} else if n := len(section(rule, needed)); n != 1 {
		m.addf("has %d kinds of %s: use one", n, needed)
	}
}

// responseBody checks that the body of a custom response is defined in the web ACL.
func responseBody(action, acl map[string]any, m *mistakes) {
	key := section(action, "Block", "CustomResponse")["CustomResponseBodyKey"]
	if key != nil && section(acl, "CustomResponseBodies")[fmt.Sprint(key)] == nil {
		m.addf("answers with the body %v, which CustomResponseBodies does not have", key)
	}
}

func rateBased(rule map[string]any, m *mistakes) {
	rate := section(rule, "Statement", "RateBasedStatement")
	if rate == nil {
		return
	}
	switch limit := rate["Limit"].(type) {
	case nil:
		m.addf("has no rate limit")
	case float64:
		m.add(awslimits.RateLimit(limit))
	}
	if seconds, ok := rate["EvaluationWindowSec"].(float64); ok {
		m.add(awslimits.RateWindow(time.Duration(seconds) * time.Second))
	}
	if keys := len(list(rate, "CustomKeys")); (rate["AggregateKeyType"] == "CUSTOM_KEYS") != (keys > 0) {
		m.addf("counts by %v with %d custom keys: CUSTOM_KEYS needs one, no other type has any", rate["AggregateKeyType"], keys)
	}
}

// inspectedHeaders are the headers that a part of a web ACL inspects by name. A name that CloudFormation does not know, as CDK's own
// struct renders it, is a mistake.
func inspectedHeaders(part any, m *mistakes) (names []string) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			names = append(names, inspectedHeaders(item, m)...)
		}
	case map[string]any:
		for key, value := range part {
			header := section(value)
			switch {
			case key != "SingleHeader" || header == nil:
				names = append(names, inspectedHeaders(value, m)...)
			case header["Name"] == nil:
				m.addf("has a SingleHeader without Name: CloudFormation knows it in this spelling only")
			default:
				names = append(names, fmt.Sprint(header["Name"]))
			}
		}
	}
	return names
}

// idTypes are types of protected resources whose Ref is not their ARN.
var idTypes = []string{"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage", "AWS::Cognito::UserPool"}

func refusedAssociation(r *templates.Resource, m *mistakes) {
	arn := r.Properties["ResourceArn"]
	for _, to := range r.Mentions(arn) {
		if section(arn)["Ref"] != nil && slices.Contains(idTypes, to.Type) {
			m.addf("ResourceArn is the id of %s (%s): use its ARN", to.ID, to.Type)
		}
	}
	if text, ok := arn.(string); ok && !strings.HasPrefix(text, "arn:") {
		m.addf("ResourceArn %q is not an ARN", text)
	}
}

func refusedPatternSet(r *templates.Resource, m *mistakes) {
	patterns := list(r.Properties, "RegularExpressionList")
	if n := len(patterns); n > patternsPerSet {
		m.addf("RegularExpressionList has %d patterns: a set has up to %d", n, patternsPerSet)
	}
	for i, item := range patterns {
		literal, ok := item.(string)
		if !ok {
			continue
		}
		if len(literal) > patternLength {
			m.addf("pattern %d has %d characters: a pattern has up to %d", i, len(literal), patternLength)
		}
		_, err := regexp.Compile(literal)
		var wrong *syntax.Error
		// AWS WAF takes a part of PCRE, which has more escapes than Go.
		pcre := []syntax.ErrorCode{syntax.ErrInvalidEscape, syntax.ErrInvalidPerlOp, syntax.ErrInvalidRepeatSize}
		if errors.As(err, &wrong) && !slices.Contains(pcre, wrong.Code) {
			m.addf("pattern %d is no regular expression", i)
		}
	}
}

// refusedLogging: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
func refusedLogging(r *templates.Resource, m *mistakes) {
	destinations := list(r.Properties, "LogDestinationConfigs")
	if n := len(destinations); n != 1 {
		m.addf("LogDestinationConfigs has %d destinations: a web ACL has one", n)
	}
	for _, destination := range destinations {
		_, name, known := strings.Cut(r.Text(destination), ":log-group:")
		for _, group := range r.Mentions(destination) {
			if group.Type == "AWS::Logs::LogGroup" {
				name, known = group.Properties["LogGroupName"].(string)
			}
		}
		if known && !strings.HasPrefix(name, "{") && !strings.HasPrefix(name, logGroupPrefix) {
			m.addf("logs to the log group %q: AWS WAF takes names that begin with %s only", name, logGroupPrefix)
		}
	}
	filter := section(r.Properties, "LoggingFilter")
	if filter != nil && (filter["DefaultBehavior"] == nil || len(list(filter, "Filters")) == 0) {
		m.addf("LoggingFilter has no DefaultBehavior or no Filters, in this spelling")
	}
	inspectedHeaders(r.Properties["RedactedFields"], m)
}
