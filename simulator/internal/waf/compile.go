package waf

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// aclWithoutEffect are the web ACL's properties that do not bear on decisions.
var aclWithoutEffect = map[string]string{
	"Name":                 "local labels and rules are matched by their own names",
	"Description":          "a comment",
	"Tags":                 "for billing and access control",
	"DataProtectionConfig": "alters what logs, samples and Security Lake show, not what rules see",
}

// aclRefused are properties that do bear on decisions, in ways that are not simulated.
var aclRefused = map[string]string{
	"AssociationConfig":            "bodies are inspected up to the default of 16 KB",
	"CaptchaConfig":                "there is no CAPTCHA action",
	"ChallengeConfig":              "there is no Challenge action",
	"TokenDomains":                 "there are no AWS WAF tokens",
	"OnSourceDDoSProtectionConfig": "it is for load balancers",
	"ApplicationConfig":            "it is not documented how rules use it",
	"MonetizationConfig":           "it is not documented how it acts on requests",
}

// visibilityWithoutEffect are the properties of a VisibilityConfig.
var visibilityWithoutEffect = map[string]string{
	"CloudWatchMetricsEnabled": "there are no metrics",
	"MetricName":               "there are no metrics",
	"SampledRequestsEnabled":   "no samples are kept",
}

type rule struct {
	name     string
	priority int64
	matches  matcher
	action   action
	labels   []string
}

// compiler holds what the parts of a web ACL share while they are compiled.
type compiler struct {
	bodies   map[string]responseBody
	patterns *patternCache
	notes    []string
	geo      bool
}

// Compile reads the properties of an AWS::WAFv2::WebACL, free of intrinsic functions; path names the resource in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-wafv2-webacl.html
func Compile(path string, props map[string]any) (*ACL, error) {
	o := properties.Read(path, props)
	o.Require("Scope", "DefaultAction", "VisibilityConfig")
	o.Accept(aclWithoutEffect)
	o.Refuse(aclRefused)
	o.OneOf("Scope", "REGIONAL", "CLOUDFRONT")
	checkVisibility(o)
	c := &compiler{bodies: responseBodies(o), patterns: newPatternCache()}
	acl := &ACL{fallback: c.defaultAction(o.Object("DefaultAction"))}
	for _, r := range o.Objects("Rules") {
		acl.rules = append(acl.rules, c.rule(r))
	}
	checkDistinct(o, acl.rules)
	slices.SortStableFunc(acl.rules, func(a, b *rule) int { return cmp.Compare(a.priority, b.priority) })
	acl.notes, acl.geo = c.notes, c.geo
	if err := o.Err(); err != nil {
		return nil, err
	}
	return acl, nil
}

// checkDistinct refuses two rules of one name or one priority, as AWS WAF does.
func checkDistinct(o *properties.Object, rules []*rule) {
	names, priorities := map[string]bool{}, map[int64]bool{}
	for _, r := range rules {
		if names[r.name] {
			o.Errorf("Rules", "two rules have the name %q", r.name)
		}
		if priorities[r.priority] {
			o.Errorf("Rules", "two rules have the priority %d", r.priority)
		}
		names[r.name], priorities[r.priority] = true, true
	}
}

var ruleName = regexp.MustCompile(`^[\w-]{1,128}$`)

func (c *compiler) rule(o *properties.Object) *rule {
	o.Require("Name", "Priority", "Statement", "VisibilityConfig")
	o.Refuse(map[string]string{"CaptchaConfig": "there is no CAPTCHA action", "ChallengeConfig": "there is no Challenge action"})
	checkVisibility(o)
	r := &rule{name: o.Text("Name"), priority: o.Int("Priority", 0, math.MaxInt32, 0), labels: ruleLabels(o)}
	if o.Has("Name") && !ruleName.MatchString(r.name) {
		o.Errorf("Name", "got %q, want 1 to 128 letters, digits, - or _", r.name)
	}
	statement := o.Object("Statement")
	if statement == nil {
		return r
	}
	if statement.Has(managedRuleGroup) {
		r.matches = c.managedRuleGroup(o, statement)
		return r
	}
	r.matches = c.statement(statement, 0)
	if o.Has("OverrideAction") {
		o.Refuse(map[string]string{"OverrideAction": "it is for rules whose statement references a rule group"})
	}
	o.Require("Action")
	r.action = c.ruleAction(o.Object("Action"))
	return r
}

// A label has up to 5 namespaces and a name, each of up to 128 characters; the words are reserved.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-requirements.html
var (
	ruleLabel      = regexp.MustCompile(`^([0-9A-Za-z_-]{1,128}:){0,5}[0-9A-Za-z_-]{1,128}$`)
	reservedLabels = []string{"awswaf", "aws", "waf", "managed", "rulegroup", "webacl", "regexpatternset", "ipset"}
)

func ruleLabels(o *properties.Object) []string {
	var labels []string
	for _, l := range o.Objects("RuleLabels") {
		l.Require("Name")
		name := l.Text("Name")
		reserved := slices.ContainsFunc(strings.Split(name, ":"), func(part string) bool { return slices.Contains(reservedLabels, part) })
		if !ruleLabel.MatchString(name) || reserved {
			l.Errorf("Name", "got %q, want up to 5 namespaces and a name, separated by colons, none of them one of %s", name,
				strings.Join(reservedLabels, ", "))
		}
		labels = append(labels, name)
	}
	return labels
}

func checkVisibility(o *properties.Object) {
	if v := o.Object("VisibilityConfig"); v != nil {
		v.Require("CloudWatchMetricsEnabled", "MetricName", "SampledRequestsEnabled")
		v.Accept(visibilityWithoutEffect)
	}
}
