package waf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

func TestReadPatterns(t *testing.T) {
	read := func(list ...string) ([]string, error) {
		return waf.ReadPatterns("stack/Set", map[string]any{"Scope": "REGIONAL", "RegularExpressionList": list, "Description": "d"})
	}
	if got, err := read("^a$", "^b$"); err != nil || !slices.Equal(got, []string{"^a$", "^b$"}) {
		t.Errorf("got %q, %v", got, err)
	}
	for pattern, valid := range map[string]bool{
		"^abc$": true, strings.Repeat("a", 200): true, "": false, strings.Repeat("a", 201): false, "(?=a)": false, `(a)\1`: false,
	} {
		if _, err := read("^a$", pattern); (err == nil) != valid {
			t.Errorf("%q: got %v", pattern, err)
		} else if !valid && !strings.HasPrefix(err.Error(), "stack/Set.RegularExpressionList: pattern 1: ") {
			t.Errorf("%q: got %v", pattern, err)
		}
	}
	if err := waf.CheckPatterns(make([]string, 11)); err == nil || err.Error() != "got 11 patterns, AWS WAF allows 10" {
		t.Errorf("got %v", err)
	}
	if _, err := waf.ReadPatterns("stack/Set", map[string]any{"Scope": "GLOBAL", "Typo": 1}); err == nil {
		t.Error("no error")
	}
}

func TestReadAddresses(t *testing.T) {
	for _, test := range []struct {
		version, address string
		valid            bool
	}{
		{"IPV4", "192.0.2.0/24", true}, {"IPV6", "2001:db8::/32", true}, {"IPV6", "192.0.2.0/24", false}, {"IPV4", "192.0.2.1", false},
		{"IPV4", "0.0.0.0/0", false}, {"IPV5", "192.0.2.0/24", false},
	} {
		got, err := waf.ReadAddresses("stack/Set", map[string]any{"Scope": "REGIONAL", "IPAddressVersion": test.version,
			"Addresses": []any{test.address}})
		if (err == nil) != test.valid || !slices.Equal(got, []string{test.address}) {
			t.Errorf("%s of %s: got %q, %v", test.address, test.version, got, err)
		}
	}
}
