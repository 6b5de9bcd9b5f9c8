package simulator_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// withEdge associates a web ACL with the stage: for token requests of two countries at one path, from a network, up to 4 KB, ten for the
// same credentials. What it blocks otherwise, it blocks without a response of its own.
func withEdge(t *testing.T, path string) func(object) {
	const visibility = `"VisibilityConfig": {"CloudWatchMetricsEnabled": true, "MetricName": "m", "SampledRequestsEnabled": false}`
	const none = `"TextTransformations": [{"Priority": 0, "Type": "NONE"}]`
	return func(r object) {
		r["Network"] = resource(t, "AWS::WAFv2::IPSet",
			`{"Name": "n", "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24", "127.0.0.0/8"]}`)
		r["EdgeLog"] = resource(t, "AWS::Logs::LogGroup", `{"LogGroupName": "aws-waf-logs-edge"}`)
		r["EdgeLogging"] = resource(t, "AWS::WAFv2::LoggingConfiguration", `{"ResourceArn": {"Fn::GetAtt": ["Edge", "Arn"]},
			"LogDestinationConfigs": [{"Fn::GetAtt": ["EdgeLog", "Arn"]}],
			"RedactedFields": [{"SingleHeader": {"Name": "authorization"}}], "LoggingFilter": {"DefaultBehavior": "DROP", "Filters": []}}`)
		r["Edge"] = resource(t, "AWS::WAFv2::WebACL", `{"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, `+visibility+`,
			"CustomResponseBodies": {"slow-down": {"ContentType": "APPLICATION_JSON", "Content": "{\"error\":\"temporarily_unavailable\"}"}},
				"Rules": [
			{"Name": "network", "Priority": 0, "Action": {"Block": {}}, `+visibility+`,
				"Statement": {"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": {"Fn::GetAtt": ["Network", "Arn"]}}}}}},
			{"Name": "country", "Priority": 1, "Action": {"Block": {}}, `+visibility+`,
				"Statement": {"GeoMatchStatement": {"CountryCodes": ["US"]}}},
			{"Name": "path", "Priority": 2, "Action": {"Block": {}}, `+visibility+`, "Statement": {"NotStatement": {"Statement":
				{"ByteMatchStatement": {"SearchString": "`+path+`", "PositionalConstraint": "EXACTLY", "FieldToMatch": {"UriPath": {}}, `+none+`}}}}},
			{"Name": "size", "Priority": 3, "Action": {"Block": {}}, `+visibility+`, "Statement": {"SizeConstraintStatement":
				{"ComparisonOperator": "GT", "Size": 4096, "FieldToMatch": {"Body": {"OversizeHandling": "MATCH"}}, `+none+`}}},
			{"Name": "rate", "Priority": 4, "Action": {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "slow-down",
				"ResponseHeaders": [{"Name": "Retry-After", "Value": "300"}]}}}, `+visibility+`,
				"Statement": {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS",
					"CustomKeys": [{"Header": {"Name": "authorization", `+none+`}}]}}},
			{"Name": "common", "Priority": 5, "OverrideAction": {"None": {}}, `+visibility+`,
				"Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet",
				"RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}]}}}]}`)
		r["EdgeAssociation"] = resource(t, "AWS::WAFv2::WebACLAssociation", `{"WebACLArn": {"Fn::GetAtt": ["Edge", "Arn"]},
			"ResourceArn": {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}::/restapis/${`+api+`}/stages/${`+stage+`}"}}`)
	}
}

func TestEdge_webACLBeforeTheStage(t *testing.T) {
	var lines []string
	system := gateway(t, simulator.Options{
		AccessLog: func(line string) { lines = append(lines, line) },
		Country: func(a netip.Addr) string {
			return map[bool]string{true: "US", false: "DE"}[a == netip.MustParseAddr("192.0.2.66")]
		},
	}, withEdge(t, tokenPath))
	from := func(address string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = address + ":1" }
	}
	wants(t, "another network", ask(t, system, from("198.51.100.1")), 403, `{"error":"access_denied"`)
	wants(t, "another country", ask(t, system, from("192.0.2.66")), 403, `{"error":"access_denied"`)
	wants(t, "another path", ask(t, system, func(r *http.Request) { r.URL.Path = "/v1/oauth2/authorize" }), 403, `{"error":"access_denied"`)
	wants(t, "the path, spelled otherwise", ask(t, system, func(r *http.Request) { r.URL.RawPath = "/v1/oauth2/%74oken" }), 403,
		`{"error":"access_denied"`)
	for i := range 10 {
		wants(t, "request within the rate", ask(t, system, from("192.0.2.1")), 200, "access_token")
		if t.Failed() {
			t.Fatalf("request %d", i)
		}
	}
	slow := ask(t, system, from("192.0.2.2"))
	wants(t, "over the rate, on what the cache has", slow, 429, `{"error":"temporarily_unavailable"}`)
	if slow.Header().Get("Retry-After") != "300" {
		t.Errorf("header: %v", slow.Header())
	}
	if c := system.Counters(); c.EdgeBlocked != 5 || c.Hits != 9 || len(lines) != 15 {
		t.Errorf("%d blocked, %d hits, %d lines logged, want 5, 9 and 15", c.EdgeBlocked, c.Hits, len(lines))
	}
	for i, want := range map[int]string{0: `"responseType":"WAF_FILTERED"`, 4: `"wafResponseCode":"WAF_ALLOW"`,
		14: `"wafResponseCode":"WAF_BLOCK"`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d: %s, want %s", i, lines[i], want)
		}
	}
	notes := system.Notes()
	for _, want := range []string{"AWS/AWSManagedRulesCommonRuleSet is taken as never matching",
		"AWS::WAFv2::LoggingConfiguration: web ACLs write no logs"} {
		if !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("no note says %s: %q", want, notes)
		}
	}
	if slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "no country") }) {
		t.Error("a note says that there are no countries")
	}
}

func TestEdge_withoutCountriesANoteSaysSo(t *testing.T) {
	system := gateway(t, simulator.Options{}, withEdge(t, tokenPath))
	if !slices.Contains(system.Notes(), gatewayStack+"/Edge: source addresses have no country here, which is AWS WAF's XX") {
		t.Errorf("notes: %q", system.Notes())
	}
}

// AWS does not document what path a web ACL sees of a request to a custom domain. A web ACL for one of the two refuses requests if it is
// the other.
func TestEdge_pathsOfACustomDomainAtTheWebACL(t *testing.T) {
	for _, test := range []struct {
		rule   string
		stage  bool
		status int
	}{{"/auth/oauth2/token", false, 200}, {"/auth/oauth2/token", true, 403}, {tokenPath, false, 403}, {tokenPath, true, 200}} {
		system := gateway(t, simulator.Options{StageInDomainPaths: test.stage}, func(r object) {
			plainDomain(t, "auth")(r)
			withEdge(t, test.rule)(r)
		})
		got := ask(t, system, func(r *http.Request) { r.Host, r.URL.Path = domainName, "/auth/oauth2/token" })
		if got.Code != test.status {
			t.Errorf("a rule for %s, stage in paths %t: got %d, want %d", test.rule, test.stage, got.Code, test.status)
		}
	}
}
