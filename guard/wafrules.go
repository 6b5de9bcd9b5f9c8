package guard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

const botControl = "AWSManagedRulesBotControlRuleSet"

// ruleAction wants of a rule the one kind of action that its statement demands, and an answer that exists.
func ruleAction(rule, acl map[string]any) mistakes {
	var m mistakes
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
	if section(statement, "ManagedRuleGroupStatement")["Name"] == botControl && section(rule, "OverrideAction")["Count"] == nil {
		m.addf("may block by Bot Control: use OverrideAction Count, every client here is a machine")
	}
	return append(m, responseBody(section(rule, "Action"), acl)...)
}

// responseBody wants the body of a custom response to be one of the web ACL's.
func responseBody(action, acl map[string]any) mistakes {
	var m mistakes
	key := section(section(action, "Block"), "CustomResponse")["CustomResponseBodyKey"]
	if key != nil && section(acl, "CustomResponseBodies")[fmt.Sprint(key)] == nil {
		m.addf("answers with the body %v, which CustomResponseBodies does not have", key)
	}
	return m
}

// rateBased checks the limit and the window, and that no header that requests are counted by shows in the log: a log entry has the values.
func rateBased(rule, acl map[string]any) mistakes {
	var m mistakes
	rate := section(section(rule, "Statement"), "RateBasedStatement")
	if rate == nil {
		return nil
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
	if (rate["AggregateKeyType"] == "CUSTOM_KEYS") != (len(list(rate, "CustomKeys")) > 0) {
		m.addf("counts by %v with %d custom keys: CUSTOM_KEYS needs one, no other type has any", rate["AggregateKeyType"], len(list(rate, "CustomKeys")))
	}
	for _, key := range list(rate, "CustomKeys") {
		header, ok := section(key, "Header")["Name"].(string)
		if ok && !protects(acl, header) {
			m.addf("counts by the header %s, whose values its log would show: add it to DataProtectionConfig, without ExcludeRateBasedDetails", header)
		}
	}
	return m
}

// protects says whether the web ACL hides a header's values everywhere.
func protects(acl map[string]any, header string) bool {
	for _, item := range list(section(acl, "DataProtectionConfig"), "DataProtections") {
		protection, _ := item.(map[string]any)
		field := section(protection, "Field")
		if field["FieldType"] != "SINGLE_HEADER" || protection["ExcludeRateBasedDetails"] == true {
			continue
		}
		keys := texts(field, "FieldKeys")
		if len(keys) == 0 {
			return true
		}
		for _, key := range keys {
			if strings.EqualFold(key, header) {
				return true
			}
		}
	}
	return false
}

// inspectedHeaders are the headers that a part of a web ACL inspects by name. A name that CloudFormation does not know, as CDK's own struct renders
// it, is a mistake.
func inspectedHeaders(part any) (names []string, m mistakes) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			more, wrong := inspectedHeaders(item)
			names, m = append(names, more...), append(m, wrong...)
		}
	case map[string]any:
		for key, value := range part {
			if header, ok := value.(map[string]any); ok && key == "SingleHeader" {
				if name, ok := header["Name"].(string); ok {
					names = append(names, name)
				} else {
					m.addf("has a SingleHeader without Name: CloudFormation knows it in this spelling only")
				}
				continue
			}
			more, wrong := inspectedHeaders(value)
			names, m = append(names, more...), append(m, wrong...)
		}
	}
	return names, m
}
