package waf

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// matcher says whether a request matches a statement.
type matcher func(e *evaluation) (bool, error)

// never stands in for a statement that is refused, so that compiling can go on to find further mistakes.
func never(*evaluation) (bool, error) { return false, nil }

// maxDepth bounds how deep statements nest. AWS documents no bound but that of a web ACL's capacity.
const maxDepth = 16

const managedRuleGroup = "ManagedRuleGroupStatement"

// statement compiles a Statement: an object with exactly one key, which names its type.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
func (c *compiler) statement(o *properties.Object, depth int) matcher {
	if depth > maxDepth {
		o.Errorf("", "statements nest more than %d levels deep", maxDepth)
		return never
	}
	kinds := map[string]func(*properties.Object, int) matcher{
		"AndStatement":                      c.and,
		"OrStatement":                       c.or,
		"NotStatement":                      c.not,
		"ByteMatchStatement":                c.byteMatch,
		"RegexMatchStatement":               c.regexMatch,
		"RegexPatternSetReferenceStatement": c.regexPatternSet,
		"SizeConstraintStatement":           c.sizeConstraint,
		"GeoMatchStatement":                 c.geoMatch,
		"IPSetReferenceStatement":           c.ipSet,
		"LabelMatchStatement":               c.labelMatch,
		"RateBasedStatement":                c.rateBased,
	}
	o.Refuse(map[string]string{
		managedRuleGroup:              "it must be a rule's whole statement",
		"RuleGroupReferenceStatement": "rule groups of one's own are not loaded",
		"SqliMatchStatement":          "AWS does not publish its detection",
		"XssMatchStatement":           "AWS does not publish its detection",
		"AsnMatchStatement":           "requests have no autonomous system number",
	})
	keys := o.Keys()
	if len(keys) != 1 {
		o.Errorf("", "got %d statements, want exactly one", len(keys))
	}
	m := never
	for _, key := range keys {
		compile, ok := kinds[key]
		if !ok {
			continue
		}
		if settings := o.Object(key); settings != nil {
			m = compile(settings, depth)
		}
	}
	return m
}

// statements compiles the operands of And and Or, of which AWS WAF wants two at least.
func (c *compiler) statements(o *properties.Object, depth int) []matcher {
	var all []matcher
	for _, s := range o.Objects("Statements") {
		all = append(all, c.statement(s, depth+1))
	}
	if len(all) < 2 {
		o.Errorf("Statements", "got %d statements, want 2 at least", len(all))
	}
	return all
}

func (c *compiler) and(o *properties.Object, depth int) matcher {
	all := c.statements(o, depth)
	return func(e *evaluation) (bool, error) {
		for _, m := range all {
			if ok, err := m(e); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	}
}

func (c *compiler) or(o *properties.Object, depth int) matcher {
	all := c.statements(o, depth)
	return func(e *evaluation) (bool, error) {
		for _, m := range all {
			if ok, err := m(e); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
}

func (c *compiler) not(o *properties.Object, depth int) matcher {
	o.Require("Statement")
	inner := o.Object("Statement")
	if inner == nil {
		return never
	}
	m := c.statement(inner, depth+1)
	return func(e *evaluation) (bool, error) {
		ok, err := m(e)
		return !ok && err == nil, err
	}
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// geoMatch labels every request that it inspects, matching or not, with its country.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-geo-match.html
func (c *compiler) geoMatch(o *properties.Object, _ int) matcher {
	refuseForwarded(o, "ForwardedIPConfig")
	c.geo = true
	o.Require("CountryCodes")
	codes := o.Texts("CountryCodes")
	for i, code := range codes {
		if !countryCode.MatchString(code) {
			o.Errorf(fmt.Sprintf("CountryCodes[%d]", i), "got %q, want an ISO 3166 alpha-2 code", code)
		}
	}
	return func(e *evaluation) (bool, error) {
		country := e.request.Country
		if country == "" {
			country = "XX"
		}
		e.label("awswaf:clientip:geo:country:" + country)
		return slices.Contains(codes, country), nil
	}
}

func (c *compiler) ipSet(o *properties.Object, _ int) matcher {
	refuseForwarded(o, "IPSetForwardedIPConfig")
	o.Require("Arn")
	arn := o.Text("Arn")
	return func(e *evaluation) (bool, error) {
		addresses, err := e.sets.Addresses(arn)
		if err != nil {
			return false, fmt.Errorf("IP set %s: %w", arn, err)
		}
		source := e.request.SourceIP.Unmap()
		for _, address := range addresses {
			prefix, err := netip.ParsePrefix(address)
			if err != nil {
				return false, fmt.Errorf("IP set %s: got %q, want a CIDR block: %w", arn, address, err)
			}
			if prefix.Contains(source) {
				return true, nil
			}
		}
		return false, nil
	}
}

// labelMatch compares with the labels of rules that came before. A label of the web ACL's own rules is written without its awswaf: prefix,
// since the account and the name in it are CloudFormation's to choose.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-label-match.html
func (c *compiler) labelMatch(o *properties.Object, _ int) matcher {
	o.Require("Scope", "Key")
	scope, key := o.OneOf("Scope", "LABEL", "NAMESPACE"), o.Text("Key")
	switch {
	case key == "" || len(key) > 1024:
		o.Errorf("Key", "has %d characters, want 1 to 1024", len(key))
	case strings.HasPrefix(key, "awswaf:") && (strings.Contains(key, ":webacl:") || strings.Contains(key, ":rulegroup:")):
		o.Errorf("Key", "got %q; the fully qualified form is not simulated: name the label as the web ACL's rule does", key)
	case scope == "LABEL" && strings.HasSuffix(key, ":"), scope == "NAMESPACE" && !strings.HasSuffix(key, ":"):
		o.Errorf("Key", "got %q; a namespace ends in a colon, a label does not", key)
	}
	return func(e *evaluation) (bool, error) {
		if scope == "NAMESPACE" {
			return slices.ContainsFunc(e.labels, func(l string) bool { return strings.HasPrefix(l, key) }), nil
		}
		return slices.Contains(e.labels, key), nil
	}
}

func refuseForwarded(o *properties.Object, key string) {
	o.Refuse(map[string]string{key: "a request has one source address, and no header is trusted for another"})
}
