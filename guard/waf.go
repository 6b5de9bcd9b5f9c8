package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	patternsPerSet = 10
	patternLength  = 200
)

func webACL(r Resource, _ Template) []string {
	var m mistakes
	var names, priorities []string
	for i, item := range list(r.Properties, "Rules") {
		rule, _ := item.(map[string]any)
		where := fmt.Sprintf("rule %d (%v)", i, rule["Name"])
		for _, message := range slices.Concat(ruleAction(rule, r.Properties), rateBased(rule, r.Properties)) {
			m.addf("%s %s", where, message)
		}
		if strings.Contains(fmt.Sprint(rule["Statement"]), "RegexPatternSetReferenceStatement") && section(rule, "VisibilityConfig")["SampledRequestsEnabled"] != false {
			m.addf("%s keeps samples of requests: write SampledRequestsEnabled false, samples show the secret header", where)
		}
		if n := len(section(rule, "Statement")); n != 1 {
			m.addf("%s has %d statements: a rule has one, combine several by And, Or or Not", where, n)
		}
		if name := fmt.Sprint(rule["Name"]); slices.Contains(names, name) {
			m.addf("%s: the name is there twice", where)
		} else {
			names = append(names, name)
		}
		if priority := fmt.Sprint(rule["Priority"]); slices.Contains(priorities, priority) {
			m.addf("%s: priority %s is there twice", where, priority)
		} else {
			priorities = append(priorities, priority)
		}
	}
	for _, message := range responseBody(section(r.Properties, "DefaultAction"), r.Properties) {
		m.addf("the default action %s", message)
	}
	_, wrong := inspectedHeaders(r.Properties["Rules"])
	return append(m, wrong...)
}

func webACLAssociation(r Resource, t Template) []string {
	var m mistakes
	if reference, ok := section(r.Properties, "ResourceArn")["Ref"].(string); ok {
		if target, ok := t.Resources[reference]; ok {
			m.addf("ResourceArn is the id of %s (%s): use its ARN", reference, target.Type)
		}
	}
	if arn, ok := r.Properties["ResourceArn"].(string); ok && !strings.HasPrefix(arn, "arn:") {
		m.addf("ResourceArn %q is not an ARN", arn)
	}
	return m
}

// regexPatternSet wants every pattern anchored: AWS WAF searches a pattern anywhere in the component, so that "abc" would accept "xabcx".
func regexPatternSet(r Resource, _ Template) []string {
	var m mistakes
	patterns := list(r.Properties, "RegularExpressionList")
	if n := len(patterns); n > patternsPerSet {
		m.addf("RegularExpressionList has %d patterns: a set has up to %d", n, patternsPerSet)
	}
	for i, item := range patterns {
		pattern := rendered(item)
		if !strings.HasPrefix(pattern, "^") || !strings.HasSuffix(pattern, "$") {
			m.addf("pattern %d is not anchored: begin it with ^ and end it with $", i)
		}
		literal, ok := item.(string)
		if !ok {
			continue
		}
		if len(literal) > patternLength {
			m.addf("pattern %d has %d characters: a pattern has up to %d", i, len(literal), patternLength)
		}
		if _, err := regexp.Compile(literal); err != nil {
			m.addf("pattern %d is no regular expression", i)
		}
	}
	return m
}

// rendered is a string as far as it is known at synth: the parts of an Fn::Join that are literal, and a mark for each other part.
func rendered(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	join := list(value, "Fn::Join")
	if len(join) != 2 {
		return "\x00"
	}
	parts, _ := join[1].([]any)
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(rendered(part))
	}
	return b.String()
}
