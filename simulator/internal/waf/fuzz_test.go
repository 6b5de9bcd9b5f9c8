package waf_test

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// FuzzCompile compiles and runs whatever JSON there is: it must not panic, and it must refuse one more property wherever it is.
func FuzzCompile(f *testing.F) {
	anyPath := bytes("STARTS_WITH", "/", path)
	for _, statement := range []string{
		anyPath,
		`{"AndStatement": {"Statements": [` + anyPath + `, {"NotStatement": {"Statement": ` + anyPath + `}}]}}`,
		`{"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [{"IP": {}}, {"Header": {"Name": "h", ` +
			untransformed + `}}]}}`,
		`{"RegexPatternSetReferenceStatement": {"Arn": "arn:set", ` + header + `}}`,
		`{"SizeConstraintStatement": {"ComparisonOperator": "GE", "Size": 0, ` + path + `}}`,
		`{"GeoMatchStatement": {"CountryCodes": ["DE"]}}`,
		`{"IPSetReferenceStatement": {"Arn": "arn:set"}}`,
		`{"LabelMatchStatement": {"Scope": "LABEL", "Key": "a"}}`,
		`{"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "G"}}`,
		`{"RegexMatchStatement": {"RegexString": "a+", ` + transformed(`{"Body": {}}`, "LOWERCASE", "URL_DECODE") + `}}`,
	} {
		f.Add(webACL(allowing(statement)))
	}
	f.Fuzz(func(t *testing.T, source string) {
		var props map[string]any
		if json.Unmarshal([]byte(source), &props) != nil {
			return
		}
		acl, err := waf.Compile("stack/Acl", props)
		if err != nil {
			return
		}
		d := acl.Evaluate(&waf.Request{Path: "/"}, fakeSets{}, time.Unix(0, 0))
		if d.Blocked != (d.Status != 0) {
			t.Errorf("got %+v", d)
		}
		props["Typo"] = 1.0
		if _, err := waf.Compile("stack/Acl", props); err == nil {
			t.Error("an unknown property was accepted")
		}
	})
}

// FuzzEvaluate asks the project's own web ACL: what passes has the accepted header, or asks for the public keys.
func FuzzEvaluate(f *testing.F) {
	acl := poolACL(f)
	sets := fakeSets{patterns: map[string][]string{"arn:set": {"^current0$", "^pending1$"}}}
	f.Add("POST", "/oauth2/token", "scope=a", "X-Wafauthallowrule", "current0", []byte("a=b"))
	f.Add("GET", "/eu-west-1_pool/.well-known/jwks.json", "", "x-other", "", []byte(nil))
	f.Fuzz(func(t *testing.T, method, path, query, name, value string, body []byte) {
		r := &waf.Request{Method: method, Path: path, Query: query, Header: http.Header{}, Body: body}
		r.Header.Add(name, value)
		accepted := http.CanonicalHeaderKey(name) == "X-Wafauthallowrule" && slices.Contains([]string{"current0", "pending1"}, value)
		keys := method == "GET" && regexp.MustCompile(`^/eu-west-1_pool/\.well-known/(jwks\.json|openid-configuration)\z`).MatchString(path)
		if d := acl.Evaluate(r, sets, time.Unix(0, 0)); d.Blocked == (accepted || keys) || d.Err != nil {
			t.Errorf("%s %s %s: %q: got %+v", method, path, name, value, d)
		}
	})
}

// FuzzStatements runs every statement and transformation on whatever request there is: it must not panic, and Not must negate.
func FuzzStatements(f *testing.F) {
	const all = `{"Priority": 0, "Type": "URL_DECODE"}, {"Priority": 1, "Type": "LOWERCASE"}, {"Priority": 2, "Type": "COMPRESS_WHITE_SPACE"},
		{"Priority": 3, "Type": "REPLACE_NULLS"}, {"Priority": 4, "Type": "REMOVE_NULLS"}`
	sets := fakeSets{patterns: map[string][]string{"arn:set": {"a+"}}, addresses: map[string][]string{"arn:set": {"10.0.0.0/8"}}}
	var pairs [][2]*waf.ACL
	for _, field := range []string{`{"UriPath": {}}`, `{"QueryString": {}}`, `{"Method": {}}`, `{"AllQueryArguments": {}}`,
		`{"SingleQueryArgument": {"Name": "a"}}`, `{"SingleHeader": {"Name": "a"}}`, `{"Body": {}}`} {
		where := `"FieldToMatch": ` + field + `, "TextTransformations": [` + all + `]`
		for _, statement := range []string{
			bytes("CONTAINS_WORD", "a", where), bytes("ENDS_WITH", "a", where), `{"RegexMatchStatement": {"RegexString": "a+", ` + where + `}}`,
			`{"RegexPatternSetReferenceStatement": {"Arn": "arn:set", ` + where + `}}`,
			`{"SizeConstraintStatement": {"ComparisonOperator": "GT", "Size": 3, ` + where + `}}`, `{"IPSetReferenceStatement": {"Arn": "arn:set"}}`,
		} {
			not := `{"NotStatement": {"Statement": ` + statement + `}}`
			pairs = append(pairs, [2]*waf.ACL{mustCompile(f, webACL(allowing(statement))), mustCompile(f, webACL(allowing(not)))})
		}
	}
	f.Add("POST", "/a%41+", "a=%61&b", "A", "a\x00 b", []byte("a"), []byte{10, 0, 0, 1})
	f.Fuzz(func(t *testing.T, method, path, query, name, value string, body, address []byte) {
		r := &waf.Request{Method: method, Path: path, Query: query, Header: http.Header{name: {value}}, Body: body}
		r.SourceIP, _ = netip.AddrFromSlice(address)
		for _, pair := range pairs {
			yes, no := pair[0].Evaluate(r, sets, time.Unix(0, 0)), pair[1].Evaluate(r, sets, time.Unix(0, 0))
			if yes.Err != nil || no.Err != nil || yes.Blocked == no.Blocked {
				t.Fatalf("got %+v and, negated, %+v", yes, no)
			}
		}
	})
}
