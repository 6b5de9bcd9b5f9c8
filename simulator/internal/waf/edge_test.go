package waf_test

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// edgeRules is a web ACL as one would put it before a token endpoint.
const edgeRules = `
	{"Name": "allow-list", "Priority": 0, "Action": {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "denied"}}},
		` + visibility + `,
		"Statement": {"NotStatement": {"Statement": {"OrStatement": {"Statements": [{"IPSetReferenceStatement": {"Arn": "arn:v4"}},
			{"IPSetReferenceStatement": {"Arn": "arn:v6"}}]}}}}},
	{"Name": "countries", "Priority": 1, "Action": {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "denied"}}},
		` + visibility + `,
		"Statement": {"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["DE", "FR"]}}}}},
	{"Name": "only-post", "Priority": 2, "Action": {"Block": {"CustomResponse": {"ResponseCode": 405, "CustomResponseBodyKey": "denied",
		"ResponseHeaders": [{"Name": "Allow", "Value": "POST"}]}}}, ` + visibility + `,
		"Statement": {"NotStatement": {"Statement": {"AndStatement": {"Statements": [
			{"ByteMatchStatement": {"SearchString": "POST", "PositionalConstraint": "EXACTLY", "FieldToMatch": {"Method": {}},
				"TextTransformations": [{"Priority": 0, "Type": "NONE"}]}},
			{"OrStatement": {"Statements": [
				{"ByteMatchStatement": {"SearchString": "/v1/oauth2/token", "PositionalConstraint": "EXACTLY", "FieldToMatch": {"UriPath": {}},
					"TextTransformations": [{"Priority": 0, "Type": "NONE"}]}},
				{"ByteMatchStatement": {"SearchString": "/oauth2/token", "PositionalConstraint": "EXACTLY", "FieldToMatch": {"UriPath": {}},
					"TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}]}}]}}}}},
	{"Name": "large-body", "Priority": 3, "Action": {"Block": {"CustomResponse": {"ResponseCode": 413, "CustomResponseBodyKey": "large"}}},
		` + visibility + `,
		"Statement": {"SizeConstraintStatement": {"ComparisonOperator": "GT", "Size": 4096,
			"FieldToMatch": {"Body": {"OversizeHandling": "MATCH"}}, "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}},
	{"Name": "rate-per-ip", "Priority": 4, "Action": {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "slow-down",
		"ResponseHeaders": [{"Name": "Retry-After", "Value": "300"}]}}}, ` + visibility + `,
		"Statement": {"RateBasedStatement": {"Limit": 20, "AggregateKeyType": "IP", "EvaluationWindowSec": 300}}},
	{"Name": "rate-per-credential", "Priority": 5, "Action": {"Block": {"CustomResponse": {"ResponseCode": 429,
		"CustomResponseBodyKey": "slow-down", "ResponseHeaders": [{"Name": "Retry-After", "Value": "300"}]}}}, ` + visibility + `,
		"Statement": {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS", "EvaluationWindowSec": 300,
			"CustomKeys": [{"Header": {"Name": "authorization", "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}]}}},
	{"Name": "probe", "Priority": 6, "Action": {"Count": {}}, "RuleLabels": [{"Name": "edge:probe"}], ` + visibility + `,
		"Statement": {"ByteMatchStatement": {"SearchString": "probe", "PositionalConstraint": "STARTS_WITH",
			"FieldToMatch": {"SingleHeader": {"Name": "user-agent"}}, "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}}},
	{"Name": "ip-reputation", "Priority": 7, "OverrideAction": {"None": {}}, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS",
		"Name": "AWSManagedRulesAmazonIpReputationList"}}, ` + visibility + `},
	{"Name": "anonymous-ip", "Priority": 8, "OverrideAction": {"Count": {}}, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS",
		"Name": "AWSManagedRulesAnonymousIpList"}}, ` + visibility + `},
	{"Name": "common", "Priority": 9, "OverrideAction": {"None": {}}, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS",
		"Name": "AWSManagedRulesCommonRuleSet", "Version": "Version_1.0",
		"RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Count": {}}}, {"Name": "SizeRestrictions_BODY",
			"ActionToUse": {"Count": {}}}]}}, ` + visibility + `},
	{"Name": "bots", "Priority": 10, "OverrideAction": {"Count": {}}, "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS",
		"Name": "AWSManagedRulesBotControlRuleSet",
		"ManagedRuleGroupConfigs": [{"AWSManagedRulesBotControlRuleSet": {"InspectionLevel": "COMMON"}}],
		"RuleActionOverrides": [{"Name": "CategoryHttpLibrary", "ActionToUse": {"Count": {}}}]}}, ` + visibility + `}`

func edgeACL(t *testing.T) *waf.ACL {
	return mustCompile(t, `{"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, `+visibility+`, "Rules": [`+edgeRules+`],
		"DataProtectionConfig": {"DataProtections": []},
		"CustomResponseBodies": {
			"denied": {"ContentType": "APPLICATION_JSON", "Content": "{\"error\":\"access_denied\"}"}, "large": {"ContentType": "APPLICATION_JSON",
				"Content": "{\"error\":\"invalid_request\"}"},
			"slow-down": {"ContentType": "APPLICATION_JSON", "Content": "{\"error\":\"temporarily_unavailable\"}"}}}`)
}

var edgeSets = fakeSets{addresses: map[string][]string{"arn:v4": {"192.0.2.0/24"}, "arn:v6": {"2001:db8::/32"}}}

func tokenRequest(change func(*waf.Request)) *waf.Request {
	r := &waf.Request{
		Method: http.MethodPost, Path: "/v1/oauth2/token", Query: "scope=a", Header: http.Header{"Authorization": {"Basic a"}},
		Body:     []byte("grant_type=client_credentials"),
		SourceIP: netip.MustParseAddr("192.0.2.7"), Country: "DE",
	}
	change(r)
	return r
}

func TestEdge_webACL(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*waf.Request)
		rule   string
		status int
		header http.Header
		body   string
	}{
		{"a token request", func(*waf.Request) {}, "", 0, nil, ""},
		{"on a custom domain", func(r *waf.Request) { r.Path = "/oauth2/token" }, "", 0, nil, ""},
		{"IPv6", func(r *waf.Request) { r.SourceIP = netip.MustParseAddr("2001:db8::1") }, "", 0, nil, ""},
		{"body of the size", func(r *waf.Request) { r.Body = make([]byte, 4096) }, "", 0, nil, ""},
		{"outside the allow list", func(r *waf.Request) {
			r.SourceIP = netip.MustParseAddr("198.51.100.7")
		}, "allow-list", 403, nil, `{"error":"access_denied"}`},
		{"another country", func(r *waf.Request) { r.Country = "US" }, "countries", 403, nil, `{"error":"access_denied"}`},
		{"no country", func(r *waf.Request) { r.Country = "" }, "countries", 403, nil, `{"error":"access_denied"}`},
		{"GET", func(r *waf.Request) { r.Method = http.MethodGet }, "only-post", 405, http.Header{"Allow": {"POST"}},
			`{"error":"access_denied"}`},
		{"another path", func(r *waf.Request) { r.Path = "/v1/oauth2/authorize" }, "only-post", 405, http.Header{"Allow": {"POST"}},
			`{"error":"access_denied"}`},
		{"one byte more", func(r *waf.Request) { r.Body = make([]byte, 4097) }, "large-body", 413, nil, `{"error":"invalid_request"}`},
		{"more than is inspected", func(r *waf.Request) { r.Body = make([]byte, 1<<20) }, "large-body", 413, nil, `{"error":"invalid_request"}`},
	} {
		d := edgeACL(t).Evaluate(tokenRequest(test.change), edgeSets, time.Unix(0, 0))
		if d.Rule != test.rule || d.Blocked != (test.rule != "") || d.Status != test.status || string(d.Body) != test.body ||
			d.Custom != d.Blocked || d.Err != nil {
			t.Errorf("%s: got %+v", test.name, d)
		}
		for name := range test.header {
			if d.Header.Get(name) != test.header.Get(name) {
				t.Errorf("%s: %s is %q", test.name, name, d.Header.Get(name))
			}
		}
		if d.Blocked && d.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: header %v", test.name, d.Header)
		}
	}
}

func TestEdge_webACLLimitsCredentialsAndAddresses(t *testing.T) {
	acl := edgeACL(t)
	ask := func(credentials, address string) waf.Decision {
		return acl.Evaluate(tokenRequest(func(r *waf.Request) {
			r.Header.Set("Authorization", credentials)
			r.SourceIP = netip.MustParseAddr(address)
		}), edgeSets, time.Unix(0, 0))
	}
	for i := range 10 {
		if d := ask("Basic a", "192.0.2.1"); d.Blocked {
			t.Fatalf("request %d: %+v", i, d)
		}
	}
	d := ask("Basic a", "192.0.2.2")
	if d.Rule != "rate-per-credential" || d.Status != 429 || d.Header.Get("Retry-After") != "300" ||
		string(d.Body) != `{"error":"temporarily_unavailable"}` {
		t.Errorf("the credentials' eleventh request, from another address: %+v", d)
	}
	for i := range 10 {
		if d := ask("Basic b", "192.0.2.1"); d.Blocked {
			t.Fatalf("request %d of other credentials: %+v", i, d)
		}
	}
	if d := ask("Basic c", "192.0.2.1"); d.Rule != "rate-per-ip" || d.Status != 429 {
		t.Errorf("the address's 21st request: %+v", d)
	}
}

func TestEdge_webACLCountsAndLabels(t *testing.T) {
	acl := edgeACL(t)
	d := acl.Evaluate(tokenRequest(func(r *waf.Request) { r.Header.Set("User-Agent", "Probe/1") }), edgeSets, time.Unix(0, 0))
	if d.Blocked || !slices.Equal(d.Counted, []string{"probe"}) || !slices.Contains(d.Labels, "edge:probe") ||
		!slices.Contains(d.Labels, "awswaf:clientip:geo:country:DE") {
		t.Errorf("got %+v", d)
	}
	if notes := strings.Join(acl.Notes(), "\n"); len(acl.Notes()) != 4 || !strings.Contains(notes,
		"AWS/AWSManagedRulesBotControlRuleSet is taken as never matching") || !acl.Geographic() {
		t.Errorf("notes:\n%s\ngeographic: %t", notes, acl.Geographic())
	}
	if mustCompile(t, webACL("")).Geographic() {
		t.Error("a web ACL without rules asks for countries")
	}
}

// Only a rule with a response of its own says what a blocked client reads.
func TestEdge_blockWithoutCustomResponseIsNotCustom(t *testing.T) {
	if d := mustCompile(t, webACL("")).Evaluate(tokenRequest(func(*waf.Request) {}), edgeSets, time.Unix(0, 0)); !d.Blocked || d.Custom ||
		d.Status != 403 {
		t.Errorf("got %+v", d)
	}
}
