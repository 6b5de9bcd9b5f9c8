package waf_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// limited allows by default and has one rule, which blocks by rate.
func limited(t *testing.T, settings string) *waf.ACL {
	return mustCompile(t, `{"Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, `+visibility+`, "Rules": [{"Name": "rate", "Priority": 0,
		"Action": {"Block": {"CustomResponse": {"ResponseCode": 429}}}, "Statement": {"RateBasedStatement": {`+settings+`}}, `+visibility+`}]}`)
}

func passed(acl *waf.ACL, n int, r *waf.Request, at time.Time) int {
	count := 0
	for range n {
		if !acl.Evaluate(r, fakeSets{}, at).Blocked {
			count++
		}
	}
	return count
}

func from(address, key, path string) *waf.Request {
	r := &waf.Request{Path: path, SourceIP: netip.MustParseAddr(address), Header: http.Header{}}
	if key != "" {
		r.Header.Set("X-Key", key)
	}
	return r
}

func TestRate_limitSlides(t *testing.T) {
	acl := limited(t, `"Limit": 10, "AggregateKeyType": "IP", "EvaluationWindowSec": 60`)
	at := func(seconds float64) time.Time {
		return time.Unix(1_000_000_000, 0).Add(time.Duration(seconds * float64(time.Second)))
	}
	one, other := from("192.0.2.1", "", "/"), from("192.0.2.2", "", "/")
	steps := []struct {
		seconds float64
		n, want int
	}{
		{0, 6, 6}, {30, 6, 4}, {31, 1, 0}, // 13 in the window
		{60, 5, 3}, // the six of second 0 have left
		{59, 1, 0}, // a clock that goes back lets nothing through
		{91, 20, 4},
		{151, 20, 10}, {1e6, 20, 10}, {-1e10, 1, 0},
	}
	for _, s := range steps {
		if got := passed(acl, s.n, one, at(s.seconds)); got != s.want {
			t.Errorf("after %v s: %d of %d passed, want %d", s.seconds, got, s.n, s.want)
		}
	}
	if got := passed(acl, 11, other, at(31)); got != 10 {
		t.Errorf("another address: %d of 11 passed, want 10", got)
	}
}

func TestRate_limitWindowDefaultsToFiveMinutes(t *testing.T) {
	acl := limited(t, `"Limit": 10, "AggregateKeyType": "IP"`)
	r, start := from("192.0.2.1", "", "/"), time.Unix(1_000_000_000, 0)
	got := []int{passed(acl, 11, r, start), passed(acl, 1, r, start.Add(294*time.Second)), passed(acl, 1, r, start.Add(300*time.Second))}
	if !slices.Equal(got, []int{10, 0, 1}) {
		t.Errorf("got %v", got)
	}
}

func TestRate_limitAggregates(t *testing.T) {
	const headerKey = `{"Header": {"Name": "x-key", "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}}`
	scope := `"ScopeDownStatement": ` + bytes("STARTS_WITH", "/oauth2/", path)
	full := from("192.0.2.1", "a", "/oauth2/token") // sent 10 times before
	full.Header.Set("X-More", "m")
	for _, test := range []struct {
		name, settings string
		request        *waf.Request
		blocked        bool
	}{
		{"by header, same", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `]`, from("192.0.2.9", "A", "/"), true},
		{"by header, other", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `]`, from("192.0.2.1", "b", "/"), false},
		{"by header, missing", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `]`, from("192.0.2.1", "", "/"), false},
		{"by header and address, same", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `, {"IP": {}}]`,
			from("192.0.2.1", "a", "/"), true},
		{"by header and address, other", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `, {"IP": {}}]`,
			from("192.0.2.9", "a", "/"), false},
		{"by two headers, told apart", `"AggregateKeyType": "CUSTOM_KEYS", "CustomKeys": [` + headerKey + `, ` +
			strings.Replace(headerKey, "x-key", "x-more", 1) + `]`,
			&waf.Request{Header: http.Header{"X-Key": {"am"}, "X-More": {""}}}, false},
		{"all in scope", `"AggregateKeyType": "CONSTANT", ` + scope, from("192.0.2.9", "b", "/oauth2/token"), true},
		{"out of scope", `"AggregateKeyType": "CONSTANT", ` + scope, from("192.0.2.9", "b", "/"), false},
		{"by mapped address", `"AggregateKeyType": "IP"`, from("::ffff:192.0.2.1", "b", "/"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			acl := limited(t, `"Limit": 10, `+test.settings)
			if got := passed(acl, 10, full, time.Unix(0, 0)); got != 10 {
				t.Fatalf("%d of 10 passed", got)
			}
			if d := acl.Evaluate(test.request, fakeSets{}, time.Unix(0, 0)); d.Blocked != test.blocked {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestRate_limitTracksTenThousandInstances(t *testing.T) {
	acl := limited(t, `"Limit": 10, "AggregateKeyType": "IP", "EvaluationWindowSec": 60`)
	start := time.Unix(0, 0)
	for i := range 10_000 {
		passed(acl, 1, from(fmt.Sprintf("10.0.%d.%d", i/250, i%250), "", "/"), start)
	}
	surplus := from("192.0.2.1", "", "/")
	if got := passed(acl, 20, surplus, start); got != 20 {
		t.Errorf("the 10,001st address: %d of 20 passed, want all, since it is not tracked", got)
	}
	if got := passed(acl, 20, surplus, start.Add(time.Minute)); got != 10 {
		t.Errorf("once there is room: %d of 20 passed, want 10", got)
	}
}
