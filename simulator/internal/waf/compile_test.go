package waf_test

import (
	"strings"
	"testing"
)

func TestCompile_refuses(t *testing.T) {
	rate := func(settings string) string {
		return webACL(allowing(`{"RateBasedStatement": {` + settings + `}}`))
	}
	field := func(field string) string {
		return webACL(allowing(bytes("EXACTLY", "a", transformed(field, "NONE"))))
	}
	managed := `{"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "G"}}`
	overridden := func(overrides string) string {
		return `{"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "G", "RuleActionOverrides": [` + overrides + `]}}`
	}
	anyPath := bytes("STARTS_WITH", "/", path)
	rule := func(members string) string {
		return webACL(`{"Name": "r", "Priority": 0, ` + visibility + `, ` + members + `}`)
	}
	action := func(a string) string { return rule(`"Statement": ` + anyPath + `, "Action": ` + a) }
	nested := anyPath
	for range 20 {
		nested = `{"NotStatement": {"Statement": ` + nested + `}}`
	}
	for _, test := range []struct{ name, source, want string }{
		{"nothing", `{}`, "stack/Acl.Scope: is required"},
		{"unknown property", strings.Replace(webACL(""), `"Scope"`, `"Typo": 1, "Scope"`, 1), "stack/Acl.Typo: unknown property"},
		{"scope", strings.Replace(webACL(""), "REGIONAL", "GLOBAL", 1), `stack/Acl.Scope: got "GLOBAL", allowed are REGIONAL, CLOUDFRONT`},
		{"association config", strings.Replace(webACL(""), `"Scope"`, `"AssociationConfig": {}, "Scope"`, 1),
			"stack/Acl.AssociationConfig: is not simulated"},
		{"unknown rule property", rule(`"Statement": ` + anyPath + `, "Action": {"Allow": {}}, "Typo": 1`),
			"stack/Acl.Rules[0].Typo: unknown property"},
		{"unknown visibility", strings.ReplaceAll(webACL(""), `"MetricName"`, `"Typo": 1, "MetricName"`),
			"stack/Acl.VisibilityConfig.Typo: unknown property"},
		{"same names and priorities", webACL(allowing(anyPath) + "," + allowing(anyPath)), `two rules have the name "r"`},
		{"same priorities", webACL(allowing(anyPath) + "," + allowing(anyPath)), "two rules have the priority 0"},
		{"rule name", strings.Replace(webACL(allowing(anyPath)), `"r"`, `"a b"`, 1), `stack/Acl.Rules[0].Name: got "a b"`},
		{"reserved label", rule(`"Statement": ` + anyPath + `, "Action": {"Allow": {}}, "RuleLabels": [{"Name": "a:waf"}]`),
			`stack/Acl.Rules[0].RuleLabels[0].Name: got "a:waf"`},

		{"no action", rule(`"Statement": ` + anyPath), "stack/Acl.Rules[0].Action: is required"},
		{"two actions", action(`{"Allow": {}, "Block": {}}`), "stack/Acl.Rules[0].Action: got the actions [Allow, Block]"},
		{"CAPTCHA", action(`{"Captcha": {}}`), "stack/Acl.Rules[0].Action: got the actions [Captcha]"},
		{"default count", strings.Replace(webACL(""), `{"Block": {}}`, `{"Count": {}}`, 1), "stack/Acl.DefaultAction: got the actions [Count]"},
		{"insertion", action(`{"Allow": {"CustomRequestHandling": {}}}`),
			"stack/Acl.Rules[0].Action.Allow.CustomRequestHandling: is not simulated"},
		{"status", action(`{"Block": {"CustomResponse": {"ResponseCode": 418}}}`),
			"stack/Acl.Rules[0].Action.Block.CustomResponse.ResponseCode: got 418"},
		{"unknown body", action(`{"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "b"}}}`),
			`CustomResponseBodyKey: got "b", which CustomResponseBodies does not define`},
		{"content type by hand", action(`{"Block": {"CustomResponse": {"ResponseCode": 403, "ResponseHeaders": [{"Name": "content-type",
			"Value": "x"}]}}}`), `ResponseHeaders[0].Name: got "content-type"`},
		{"body type", strings.Replace(webACL(""), `"Scope"`, `"CustomResponseBodies": {"b": {"ContentType": "XML", "Content": ""}}, "Scope"`, 1),
			`CustomResponseBodies.b.ContentType: got "XML"`},
		{"body size", strings.Replace(webACL(""), `"Scope"`,
			`"CustomResponseBodies": {"b": {"ContentType": "TEXT_PLAIN", "Content": "`+strings.Repeat("x", 4097)+`"}}, "Scope"`, 1),
			"has 4097 bytes, AWS WAF allows 4096"},

		{"no statement", webACL(allowing(`{}`)), "stack/Acl.Rules[0].Statement: got 0 statements"},
		{"two statements", webACL(allowing(anyPath[:len(anyPath)-1] + `, "GeoMatchStatement": {"CountryCodes": ["DE"]}}`)),
			"stack/Acl.Rules[0].Statement: got 2 statements"},
		{"unknown statement", webACL(allowing(`{"MagicStatement": {}}`)), "stack/Acl.Rules[0].Statement.MagicStatement: unknown property"},
		{"SQL injection", webACL(allowing(`{"SqliMatchStatement": {}}`)), "stack/Acl.Rules[0].Statement.SqliMatchStatement: is not simulated"},
		{"rule group", webACL(allowing(`{"RuleGroupReferenceStatement": {"Arn": "a"}}`)), "RuleGroupReferenceStatement: is not simulated"},
		{"one operand", webACL(allowing(`{"OrStatement": {"Statements": [` + anyPath + `]}}`)),
			"OrStatement.Statements: got 1 statements, want 2 at least"},
		{"too deep", webACL(allowing(nested)), "statements nest more than 16 levels deep"},
		{"constraint", webACL(allowing(bytes("ALMOST", "a", path))), `PositionalConstraint: got "ALMOST"`},
		{"no search string", webACL(allowing(`{"ByteMatchStatement": {"PositionalConstraint": "EXACTLY", ` + path + `}}`)),
			"exactly one of SearchString and SearchStringBase64"},
		{"long search string", webACL(allowing(bytes("EXACTLY", strings.Repeat("a", 201), path))), "SearchString: has 201 bytes, want 1 to 200"},
		{"not a word", webACL(allowing(bytes("CONTAINS_WORD", "a b", path))), `SearchString: got "a b"`},
		{"operator", webACL(allowing(`{"SizeConstraintStatement": {"ComparisonOperator": "IS", "Size": 1, ` + path + `}}`)),
			`ComparisonOperator: got "IS"`},
		{"negative size", webACL(allowing(`{"SizeConstraintStatement": {"ComparisonOperator": "EQ", "Size": -1, ` + path + `}}`)),
			"Size: got -1"},
		{"look-behind", webACL(allowing(`{"RegexMatchStatement": {"RegexString": "(?<=a)b", ` + path + `}}`)),
			"RegexString: a pattern of 7 bytes is not in RE2's syntax"},
		{"country", webACL(allowing(`{"GeoMatchStatement": {"CountryCodes": ["Germany"]}}`)), `CountryCodes[0]: got "Germany"`},
		{"forwarded country", webACL(allowing(`{"GeoMatchStatement": {"CountryCodes": ["DE"], "ForwardedIPConfig": {}}}`)),
			"ForwardedIPConfig: is not simulated"},
		{"namespace", webACL(allowing(`{"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "a"}}`)),
			`Key: got "a"; a namespace ends in a colon`},
		{"qualified label", webACL(allowing(`{"LabelMatchStatement": {"Scope": "LABEL", "Key": "awswaf:1:webacl:a:b"}}`)),
			"the fully qualified form is not simulated"},

		{"CDK's own name", field(`{"SingleHeader": {"name": "x"}}`), "FieldToMatch.SingleHeader.name: unknown property; known here: Name"},
		{"cookies", field(`{"Cookies": {}}`), "FieldToMatch.Cookies: is not simulated"},
		{"no field", field(`{}`), "FieldToMatch: got 0 components"},
		{"oversize handling", field(`{"Body": {"OversizeHandling": "SKIP"}}`), `OversizeHandling: got "SKIP"`},
		{"transformation", webACL(allowing(bytes("EXACTLY", "a", transformed(`{"UriPath": {}}`, "HTML_ENTITY_DECODE")))),
			`TextTransformations[0].Type: got "HTML_ENTITY_DECODE", allowed are NONE, LOWERCASE`},
		{"no transformation", webACL(allowing(bytes("EXACTLY", "a", transformed(`{"UriPath": {}}`)))),
			"TextTransformations: got 0, want 1 to 10"},

		{"nested rate", webACL(allowing(`{"NotStatement": {"Statement": {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}}}`)),
			"a rate-based statement cannot be part of another"},
		{"low limit", rate(`"Limit": 9, "AggregateKeyType": "IP"`), "Limit: got 9, want a whole number from 10 to 2000000000"},
		{"window", rate(`"Limit": 10, "AggregateKeyType": "IP", "EvaluationWindowSec": 61`),
			"EvaluationWindowSec: got 61, allowed are 60, 120, 300, 600"},
		{"forwarded rate", rate(`"Limit": 10, "AggregateKeyType": "FORWARDED_IP"`), "FORWARDED_IP is not simulated"},
		{"constant without scope", rate(`"Limit": 10, "AggregateKeyType": "CONSTANT"`), "ScopeDownStatement: is required"},
		{"address as the only custom key", rate(`"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [{"IP": {}}]`),
			"CustomKeys: got 1 keys"},
		{"custom keys with IP", rate(`"Limit": 10, "AggregateKeyType": "IP", "CustomKeys": []`),
			"CustomKeys: is for AggregateKeyType CUSTOM_KEYS"},
		{"cookie key", rate(`"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [{"Cookie": {}}]`),
			"CustomKeys[0].Cookie: is not simulated"},

		{"managed with an action", webACL(allowing(managed)), "stack/Acl.Rules[0].Action: is not simulated"},
		{"managed override", rule(`"Statement": ` + managed + `, "OverrideAction": {"Block": {}}`), "OverrideAction: got [\"Block\"]"},
		{"managed rule overridden twice", rule(`"Statement": ` +
			overridden(`{"Name": "A", "ActionToUse": {"Count": {}}}, {"Name": "A", "ActionToUse": {"Allow": {}}}`) +
			`, "OverrideAction": {"None": {}}`), `RuleActionOverrides[1].Name: "A" is overridden twice`},
		{"managed rule's action", rule(`"Statement": ` + overridden(`{"Name": "A", "ActionToUse": {"Ignore": {}}}`) +
			`, "OverrideAction": {"None": {}}`), `RuleActionOverrides[0].ActionToUse: got ["Ignore"]`},
		{"managed rule without a name", rule(`"Statement": ` + overridden(`{"ActionToUse": {"Count": {}}}`) + `, "OverrideAction": {"None": {}}`),
			"RuleActionOverrides[0].Name: is required"},
		{"nested managed", webACL(allowing(`{"NotStatement": {"Statement": ` + managed + `}}`)),
			"ManagedRuleGroupStatement: is not simulated: it must be a rule's whole statement"},
		{"override without a group", rule(`"Statement": ` + anyPath + `, "Action": {"Allow": {}}, "OverrideAction": {"None": {}}`),
			"OverrideAction: is not simulated"},
	} {
		t.Run(test.name, func(t *testing.T) {
			acl, err := compile(t, test.source)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v, want %q", acl, err, test.want)
			}
		})
	}
}
