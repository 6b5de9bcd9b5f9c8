package waf_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

const (
	untransformed = `"TextTransformations": [{"Priority": 0, "Type": "NONE"}]`
	path          = `"FieldToMatch": {"UriPath": {}}, ` + untransformed
	header        = `"FieldToMatch": {"SingleHeader": {"Name": "x-key"}}, ` + untransformed
)

func bytes(constraint, search, rest string) string {
	return fmt.Sprintf(`{"ByteMatchStatement": {"PositionalConstraint": %q, "SearchString": %q, %s}}`, constraint, search, rest)
}

func transformed(field string, transformations ...string) string {
	var all []string
	for i, t := range transformations {
		all = append(all, fmt.Sprintf(`{"Priority": %d, "Type": %q}`, i, t))
	}
	return `"FieldToMatch": ` + field + `, "TextTransformations": [` + strings.Join(all, ", ") + `]`
}

// TestStatements asks of each statement whether a request matches it: a rule of this statement allows, the default action blocks.
func TestStatements(t *testing.T) {
	sets := fakeSets{
		patterns:  map[string][]string{"arn:set": {"^one$", "^two$"}, "arn:empty": {}},
		addresses: map[string][]string{"arn:ips": {"192.0.2.0/24", "2001:db8::/32"}},
	}
	yes, no := bytes("STARTS_WITH", "/", path), bytes("STARTS_WITH", "x", path)
	set := func(arn string) string {
		return `{"RegexPatternSetReferenceStatement": {"Arn": "` + arn + `", ` + header + `}}`
	}
	size := func(operator string, n int) string {
		return fmt.Sprintf(`{"SizeConstraintStatement": {"ComparisonOperator": %q, "Size": %d, %s}}`, operator, n, path)
	}
	body := func(handling string) string {
		return transformed(`{"Body": {"OversizeHandling": "`+handling+`"}}`, "NONE")
	}
	long := strings.Repeat("a", 16<<10) + "needle"
	for _, test := range []struct {
		name, statement string
		request         waf.Request
		want            bool
	}{
		{"exactly", bytes("EXACTLY", "/a", path), waf.Request{Path: "/a"}, true},
		{"exactly, longer", bytes("EXACTLY", "/a", path), waf.Request{Path: "/ab"}, false},
		{"exactly, other case", bytes("EXACTLY", "/a", path), waf.Request{Path: "/A"}, false},
		{"starts with", bytes("STARTS_WITH", "/a", path), waf.Request{Path: "/ab"}, true},
		{"starts with, later", bytes("STARTS_WITH", "/a", path), waf.Request{Path: "/b/a"}, false},
		{"ends with", bytes("ENDS_WITH", "b", path), waf.Request{Path: "/ab"}, true},
		{"ends with, earlier", bytes("ENDS_WITH", "a", path), waf.Request{Path: "/ab"}, false},
		{"contains", bytes("CONTAINS", "b", path), waf.Request{Path: "/abc"}, true},
		{"contains not", bytes("CONTAINS", "d", path), waf.Request{Path: "/abc"}, false},
		{"word", bytes("CONTAINS_WORD", "bot", path), waf.Request{Path: "/robot-bot;"}, true},
		{"word in a word", bytes("CONTAINS_WORD", "bot", path), waf.Request{Path: "/bots_bot_robot"}, false},
		{"Base64", `{"ByteMatchStatement": {"PositionalConstraint": "EXACTLY", "SearchStringBase64": "L2E=", ` + path + `}}`,
			waf.Request{Path: "/a"}, true},

		{"regex anywhere", `{"RegexMatchStatement": {"RegexString": "b+c", ` + path + `}}`, waf.Request{Path: "/abbcd"}, true},
		{"regex anchored", `{"RegexMatchStatement": {"RegexString": "^b+c$", ` + path + `}}`, waf.Request{Path: "/abbcd"}, false},
		{"pattern set", set("arn:set"), waf.Request{Header: http.Header{"X-Key": {"two"}}}, true},
		{"pattern set, none", set("arn:set"), waf.Request{Header: http.Header{"X-Key": {"three"}}}, false},
		{"pattern set, header missing", set("arn:set"), waf.Request{}, false},
		{"pattern set, second value", set("arn:set"), waf.Request{Header: http.Header{"X-Key": {"three", "one"}}}, true},
		{"empty pattern set", set("arn:empty"), waf.Request{Header: http.Header{"X-Key": {""}}}, false},

		{"EQ", size("EQ", 2), waf.Request{Path: "/a"}, true}, {"EQ not", size("EQ", 3), waf.Request{Path: "/a"}, false},
		{"NE", size("NE", 3), waf.Request{Path: "/a"}, true}, {"NE not", size("NE", 2), waf.Request{Path: "/a"}, false},
		{"LE", size("LE", 2), waf.Request{Path: "/a"}, true}, {"LE not", size("LE", 1), waf.Request{Path: "/a"}, false},
		{"LT", size("LT", 3), waf.Request{Path: "/a"}, true}, {"LT not", size("LT", 2), waf.Request{Path: "/a"}, false},
		{"GE", size("GE", 0), waf.Request{}, true}, {"GE not", size("GE", 3), waf.Request{Path: "/a"}, false},
		{"GT", size("GT", 1), waf.Request{Path: "/a"}, true}, {"GT not", size("GT", 2), waf.Request{Path: "/a"}, false},
		{"size of a missing header", `{"SizeConstraintStatement": {"ComparisonOperator": "GE", "Size": 0, ` + header + `}}`, waf.Request{},
			false},

		{"country", `{"GeoMatchStatement": {"CountryCodes": ["DE", "FR"]}}`, waf.Request{Country: "FR"}, true},
		{"other country", `{"GeoMatchStatement": {"CountryCodes": ["DE", "FR"]}}`, waf.Request{Country: "US"}, false},
		{"unknown country", `{"GeoMatchStatement": {"CountryCodes": ["XX"]}}`, waf.Request{}, true},
		{"address", `{"IPSetReferenceStatement": {"Arn": "arn:ips"}}`, waf.Request{SourceIP: netip.MustParseAddr("192.0.2.9")}, true},
		{"mapped address", `{"IPSetReferenceStatement": {"Arn": "arn:ips"}}`, waf.Request{SourceIP: netip.MustParseAddr("::ffff:192.0.2.9")},
			true},
		{"IPv6 address", `{"IPSetReferenceStatement": {"Arn": "arn:ips"}}`, waf.Request{SourceIP: netip.MustParseAddr("2001:db8::1")}, true},
		{"other address", `{"IPSetReferenceStatement": {"Arn": "arn:ips"}}`, waf.Request{SourceIP: netip.MustParseAddr("192.0.3.9")}, false},
		{"no address", `{"IPSetReferenceStatement": {"Arn": "arn:ips"}}`, waf.Request{}, false},

		{"and", `{"AndStatement": {"Statements": [` + yes + `,` + yes + `]}}`, waf.Request{Path: "/"}, true},
		{"and, one not", `{"AndStatement": {"Statements": [` + yes + `,` + no + `]}}`, waf.Request{Path: "/"}, false},
		{"or, one", `{"OrStatement": {"Statements": [` + no + `,` + yes + `]}}`, waf.Request{Path: "/"}, true},
		{"or, none", `{"OrStatement": {"Statements": [` + no + `,` + no + `]}}`, waf.Request{Path: "/"}, false},
		{"not", `{"NotStatement": {"Statement": ` + no + `}}`, waf.Request{Path: "/"}, true},
		{"not not", `{"NotStatement": {"Statement": {"NotStatement": {"Statement": ` + no + `}}}}`, waf.Request{Path: "/"}, false},

		{"method", bytes("EXACTLY", "GET", transformed(`{"Method": {}}`, "NONE")), waf.Request{Method: "GET"}, true},
		{"query", bytes("EXACTLY", "a=%20", transformed(`{"QueryString": {}}`, "NONE")), waf.Request{Query: "a=%20"}, true},
		{"query argument", bytes("EXACTLY", "b c", transformed(`{"SingleQueryArgument": {"Name": "ARG"}}`, "URL_DECODE")),
			waf.Request{Query: "x=b&arg=b%20c"}, true},
		{"other query argument", bytes("EXACTLY", "b", transformed(`{"SingleQueryArgument": {"Name": "arg"}}`, "NONE")),
			waf.Request{Query: "x=b&arg=c"}, false},
		{"any query argument", bytes("EXACTLY", "b", transformed(`{"AllQueryArguments": {}}`, "NONE")), waf.Request{Query: "x=a&y=b"}, true},
		{"header name in another case", bytes("EXACTLY", "v", transformed(`{"SingleHeader": {"Name": "X-KEY"}}`, "NONE")),
			waf.Request{Header: http.Header{"X-Key": {"v"}}}, true},
		{"body", bytes("CONTAINS", "scope", body("CONTINUE")), waf.Request{Body: []byte("a&scope=b")}, true},
		{"long body continued", bytes("CONTAINS", "needle", body("CONTINUE")), waf.Request{Body: []byte(long)}, false},
		{"long body matches", bytes("CONTAINS", "nothing", body("MATCH")), waf.Request{Body: []byte(long)}, true},
		{"long body never matches", bytes("CONTAINS", "a", body("NO_MATCH")), waf.Request{Body: []byte(long)}, false},

		{"lower case", bytes("EXACTLY", "/a\u00c4", transformed(`{"UriPath": {}}`, "LOWERCASE")), waf.Request{Path: "/A\u00c4"}, true},
		{"in order", bytes("EXACTLY", "/a", transformed(`{"UriPath": {}}`, "URL_DECODE", "LOWERCASE")), waf.Request{Path: "/%41"}, true},
		{"by priority", bytes("EXACTLY", "/a", `"FieldToMatch": {"UriPath": {}}, "TextTransformations": [{"Priority": 7, "Type": "LOWERCASE"},
			{"Priority": 3, "Type": "URL_DECODE"}]`), waf.Request{Path: "/%41"}, true},
		{"decoded once", bytes("EXACTLY", "%2x a", transformed(`{"UriPath": {}}`, "URL_DECODE")), waf.Request{Path: "%2x+%61"}, true},
		{"spaces", bytes("EXACTLY", "a b", transformed(`{"UriPath": {}}`, "COMPRESS_WHITE_SPACE")), waf.Request{Path: "a \t\r\n b"}, true},
		{"nulls removed", bytes("EXACTLY", "ab", transformed(`{"UriPath": {}}`, "REMOVE_NULLS")), waf.Request{Path: "a\x00b"}, true},
		{"nulls replaced", bytes("EXACTLY", "a b", transformed(`{"UriPath": {}}`, "REPLACE_NULLS")), waf.Request{Path: "a\x00b"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := mustCompile(t, webACL(allowing(test.statement))).Evaluate(&test.request, sets, time.Unix(0, 0))
			if d.Blocked == test.want || d.Err != nil {
				t.Errorf("got %+v, want a match: %t", d, test.want)
			}
		})
	}
}

func TestStatement_setThatCannotBeReadBlocks(t *testing.T) {
	sets := fakeSets{patterns: map[string][]string{"arn:bad": {"secret("}}, addresses: map[string][]string{"arn:bad": {"192.0.2.1"}}}
	request := &waf.Request{Header: http.Header{"X-Key": {"v"}}}
	for name, statement := range map[string]string{
		"missing pattern set": `{"RegexPatternSetReferenceStatement": {"Arn": "arn:none", ` + header + `}}`,
		"bad pattern":         `{"RegexPatternSetReferenceStatement": {"Arn": "arn:bad", ` + header + `}}`,
		"missing IP set":      `{"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": "arn:none"}}}}`,
		"bad address":         `{"IPSetReferenceStatement": {"Arn": "arn:bad"}}`,
	} {
		d := mustCompile(t, webACL(allowing(statement))).Evaluate(request, sets, time.Unix(0, 0))
		if !d.Blocked || d.Status != 500 || d.Rule != "r" || d.Err == nil {
			t.Errorf("%s: got %+v", name, d)
		}
		if strings.HasPrefix(name, "missing") != errors.Is(d.Err, errNoSet) || strings.Contains(fmt.Sprint(d.Err), "secret") {
			t.Errorf("%s: got %v", name, d.Err)
		}
	}
}

func TestStatement_rulesRunByPriority(t *testing.T) {
	rule := func(name string, priority int, action, statement, rest string) string {
		return fmt.Sprintf(`{"Name": %q, "Priority": %d, "Action": %s, "Statement": %s, %s%s}`, name, priority, action, statement, visibility,
			rest)
	}
	label := func(scope, key string) string {
		return fmt.Sprintf(`{"LabelMatchStatement": {"Scope": %q, "Key": %q}}`, scope, key)
	}
	anyPath := bytes("STARTS_WITH", "/", path)
	acl := mustCompile(t, webACL(strings.Join([]string{
		rule("last", 9, `{"Allow": {}}`, anyPath, ""),
		rule("teapot", 5, `{"Block": {"CustomResponse": {"ResponseCode": 429, "ResponseHeaders": [{"Name": "Retry-After", "Value": "9"}]}}}`,
			label("NAMESPACE", "ns:"), ""),
		rule("early", 0, `{"Block": {}}`, label("LABEL", "ns:one"), ""),
		rule("tag", 1, `{"Count": {}}`, bytes("ENDS_WITH", "/tagged", path), `, "RuleLabels": [{"Name": "ns:one"}, {"Name": "two"}]`),
		rule("abroad", 2, `{"Count": {}}`, `{"GeoMatchStatement": {"CountryCodes": ["US"]}}`, ""),
		rule("german", 3, `{"Block": {}}`, label("LABEL", "awswaf:clientip:geo:country:DE"), ""),
	}, ",")))
	for _, test := range []struct {
		path, country   string
		rule            string
		status          int
		counted, labels []string
	}{
		{"/", "FR", "last", 0, nil, []string{"awswaf:clientip:geo:country:FR"}},
		{"/", "US", "last", 0, []string{"abroad"}, []string{"awswaf:clientip:geo:country:US"}},
		{"/", "DE", "german", 403, nil, []string{"awswaf:clientip:geo:country:DE"}},
		{"/tagged", "US", "teapot", 429, []string{"tag", "abroad"}, []string{"ns:one", "two", "awswaf:clientip:geo:country:US"}},
		{"x", "US", "", 403, []string{"abroad"}, []string{"awswaf:clientip:geo:country:US"}},
	} {
		d := acl.Evaluate(&waf.Request{Path: test.path, Country: test.country}, fakeSets{}, time.Unix(0, 0))
		if d.Rule != test.rule || d.Status != test.status || d.Blocked != (test.status != 0) || !slices.Equal(d.Counted, test.counted) ||
			!slices.Equal(d.Labels, test.labels) {
			t.Errorf("%s %s: got %+v", test.path, test.country, d)
		}
		if d.Status == 429 && (d.Header.Get("Retry-After") != "9" || d.Body != nil) {
			t.Errorf("%s: answer: %v %s", test.path, d.Header, d.Body)
		}
	}
}

func TestStatement_managedRuleGroupsNeverMatchAndAreNoted(t *testing.T) {
	acl := mustCompile(t, webACL(`{"Name": "common", "Priority": 0, "OverrideAction": {"None": {}},
		"Statement": {"ManagedRuleGroupStatement": {
		"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet", "ExcludedRules": [{"Name": "SizeRestrictions_BODY"}],
		"ScopeDownStatement": `+bytes("STARTS_WITH", "/", path)+`}}, `+visibility+`}`))
	if d := acl.Evaluate(&waf.Request{Path: "/"}, nil, time.Unix(0, 0)); d.Rule != "" || d.Err != nil {
		t.Errorf("got %+v", d)
	}
	want := "stack/Acl.Rules[0]: managed rule group AWS/AWSManagedRulesCommonRuleSet is taken as never matching"
	if got := acl.Notes(); !slices.Equal(got, []string{want}) {
		t.Errorf("got %q", got)
	}
}
