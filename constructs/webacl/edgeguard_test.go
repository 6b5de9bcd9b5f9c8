package webacl_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// Every mistake that cfn-lint does not see is made once in the edge web ACL as it is rendered.
func TestEdgeGuard_guardFindsWhatIsWrongWithAnEdge(t *testing.T) {
	type object = map[string]any
	const (
		acl     = "EdgeWebAclWebACLEEA09640"
		logging = "EdgeWebAclLogging9177CF14"
		group   = "EdgeWebAclLogA0E4202A"
	)
	rendered := []byte(cdktest.JSON(t, synthEdge(t, everything).Body))
	rule := func(p object, name string) object {
		for _, r := range p["Rules"].([]any) {
			if r.(object)["Name"] == name {
				return r.(object)
			}
		}
		t.Fatalf("no rule %s", name)
		return nil
	}
	rate := func(p object, name string) object {
		return cdktest.At(t, rule(p, name), "Statement", "RateBasedStatement").(object)
	}
	protection := func(p object) object {
		return cdktest.At(t, p, "DataProtectionConfig", "DataProtections", 0).(object)
	}
	for _, test := range []struct {
		name, resource string
		breakIt        func(object)
		want           string
	}{
		{"nothing", acl, func(object) {}, ""},
		{"action of a managed group", acl, func(p object) { rule(p, "common-rule-set")["Action"] = object{"Count": object{}} },
			"rule 10 (common-rule-set) has the actions [Action OverrideAction]: its statement needs exactly OverrideAction"},
		{"no override action", acl, func(p object) { delete(rule(p, "ip-reputation"), "OverrideAction") },
			"rule 7 (ip-reputation) has the actions []: its statement needs exactly OverrideAction"},
		{"override action of a rule", acl, func(p object) {
			post := rule(p, "post-only")
			delete(post, "Action")
			post["OverrideAction"] = object{"None": object{}}
		}, "rule 3 (post-only) has the actions [OverrideAction]: its statement needs exactly Action"},
		{"two actions", acl, func(p object) {
			rule(p, "post-only")["Action"].(object)["Allow"] = object{}
		}, "rule 3 (post-only) has 2 kinds of Action"},
		{"Bot Control blocks", acl, func(p object) { rule(p, "bot-control")["OverrideAction"] = object{"None": object{}} },
			"rule 11 (bot-control) may block by Bot Control: use OverrideAction Count"},
		{"no body", acl, func(p object) { delete(p["CustomResponseBodies"].(object), "too-many-requests") },
			"rule 5 (rate-limit-per-ip) answers with the body too-many-requests, which CustomResponseBodies does not have"},
		{"no default body", acl, func(p object) {
			p["DefaultAction"] = object{"Block": object{"CustomResponse": object{"CustomResponseBodyKey": "gone"}}}
		}, "the default action answers with the body gone"},
		{"low rate limit", acl, func(p object) { rate(p, "rate-limit-per-ip")["Limit"] = 9.0 },
			"rule 5 (rate-limit-per-ip) rate limit of 9 requests is not allowed"},
		{"no rate limit", acl, func(p object) { delete(rate(p, "rate-limit-per-ip"), "Limit") }, "rule 5 (rate-limit-per-ip) has no rate limit"},
		{"window", acl, func(p object) { rate(p, "rate-limit-per-ip")["EvaluationWindowSec"] = 30.0 },
			"rule 5 (rate-limit-per-ip) rate window of 30s is not one of AWS WAF"},
		{"rate limit known at deployment", acl, func(p object) { rate(p, "rate-limit-per-ip")["Limit"] = object{"Ref": "Limit"} }, ""},
		{"keys without their type", acl, func(p object) { rate(p, "rate-limit-per-credential")["AggregateKeyType"] = "IP" },
			"rule 6 (rate-limit-per-credential) counts by IP with 1 custom keys"},
		{"type without its keys", acl, func(p object) { rate(p, "rate-limit-per-ip")["AggregateKeyType"] = "CUSTOM_KEYS" },
			"rule 5 (rate-limit-per-ip) counts by CUSTOM_KEYS with 0 custom keys"},
		{"credentials in the log of rates", acl, func(p object) { protection(p)["ExcludeRateBasedDetails"] = true },
			"rule 6 (rate-limit-per-credential) counts by the header authorization, whose values its log would show"},
		{"credentials unprotected", acl, func(p object) { protection(p)["Field"].(object)["FieldKeys"] = []any{"cookie"} },
			"rule 6 (rate-limit-per-credential) counts by the header authorization"},
		{"another field protected", acl, func(p object) { protection(p)["Field"].(object)["FieldType"] = "SINGLE_COOKIE" },
			"rule 6 (rate-limit-per-credential) counts by the header authorization"},
		{"all headers protected", acl, func(p object) { delete(protection(p)["Field"].(object), "FieldKeys") }, ""},
		{"header's name misspelt", acl, func(p object) {
			match := cdktest.At(t, rule(p, "post-only"), "Statement", "NotStatement", "Statement", "ByteMatchStatement").(object)
			match["FieldToMatch"] = object{"SingleHeader": object{"name": "host"}}
		}, "has a SingleHeader without Name"},
		{"credentials in the log", logging, func(p object) {
			p["RedactedFields"] = p["RedactedFields"].([]any)[1:]
		}, "RedactedFields leaves out the header authorization"},
		{"origin header in the log", logging, func(p object) { p["RedactedFields"] = p["RedactedFields"].([]any)[:3] },
			"RedactedFields leaves out the header x-wafauthallowrule"},
		{"redacted header's name misspelt", logging, func(p object) {
			p["RedactedFields"] = append(p["RedactedFields"].([]any), object{"SingleHeader": object{"name": "host"}})
		}, "has a SingleHeader without Name"},
		{"filter misspelt", logging, func(p object) {
			p["LoggingFilter"] = object{"defaultBehavior": "DROP", "filters": []any{object{}}}
		}, "LoggingFilter has no DefaultBehavior"},
		{"no destination", logging, func(p object) { p["LogDestinationConfigs"] = []any{} }, "LogDestinationConfigs has 0 destinations"},
		{"log group's name", group, func(p object) { p["LogGroupName"] = "/aws/waf" },
			`logs to the log group "/aws/waf": AWS WAF takes names that begin with aws-waf-logs-`},
		{"another log group", logging, func(p object) {
			p["LogDestinationConfigs"] = []any{"arn:aws:logs:eu-west-1:111122223333:log-group:waf"}
		}, `logs to the log group "waf"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var template object
			if err := json.Unmarshal(rendered, &template); err != nil {
				t.Fatal(err)
			}
			test.breakIt(cdktest.At(t, template, "Resources", test.resource, "Properties").(object))
			found := strings.Join(houserules.In(t, template), "\n")
			if !strings.Contains(found, test.want) || (test.want == "") != (found == "") {
				t.Errorf("got %q, want …%s…", found, test.want)
			}
		})
	}
}

// CDK's own reference to a log group is checked, too.
func TestEdgeGuard_guardFollowsALogGroupsARN(t *testing.T) {
	body := synthEdge(t, nil).Body
	properties := func(id string) map[string]any {
		return cdktest.At(t, body, "Resources", id, "Properties").(map[string]any)
	}
	destination := map[string]any{"Fn::GetAtt": []any{"EdgeWebAclLogA0E4202A", "Arn"}}
	properties("EdgeWebAclLogging9177CF14")["LogDestinationConfigs"] = []any{destination}
	for name, want := range map[string]int{"aws-waf-logs-edge": 0, "edge": 1} {
		properties("EdgeWebAclLogA0E4202A")["LogGroupName"] = name
		if found := houserules.In(t, body); len(found) != want {
			t.Errorf("%s: got %v, want %d", name, found, want)
		}
	}
}
