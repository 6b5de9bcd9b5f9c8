package conformance

import (
	"strings"
	"testing"
	"time"
)

func TestExpiresIn_isAtMostRemainingLife(t *testing.T) {
	issued := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		promised, age, ttl time.Duration
		again              bool
		want               Verdict
		reason             string
	}{
		"a miss, all of it":            {promised: time.Hour, want: Pass, reason: "1 answers, 0 of them hits"},
		"a miss, a second late":        {promised: time.Hour, age: time.Second, want: Pass},
		"a miss, more than it has":     {promised: time.Hour + 2*time.Second, want: Fail, reason: "with 1h0m0s of the token's life left"},
		"a hit at once, all of it":     {promised: time.Hour, again: true, want: Fail, reason: "all of the token's life"},
		"a hit, less":                  {promised: 50 * time.Minute, again: true, want: Pass, reason: "1 of them hits; the cache TTL is not set"},
		"an old hit, less":             {promised: 50 * time.Minute, age: 9 * time.Minute, want: Pass, reason: "1 of them hits"},
		"an old hit, not less enough":  {promised: 50 * time.Minute, age: 11 * time.Minute, want: Fail, reason: "on a hit, with 49m0s"},
		"TTL known, a miss, all of it": {promised: time.Hour, ttl: 45 * time.Minute, want: Fail, reason: "can be 45m0s old"},
		"TTL known, lowered by it":     {promised: 15 * time.Minute, ttl: 45 * time.Minute, want: Pass, reason: "all of the cache TTL of 45m0s"},
		"nothing promised":             {want: Fail, reason: "expires_in is 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			token := &token{promised: test.promised, issued: issued, expires: issued.Add(time.Hour)}
			r := newRun(&Target{CacheTTL: test.ttl})
			r.seenTokens = []seenToken{{answer: &answer{token: token, at: issued.Add(test.age)}, again: test.again}}
			got := r.expiresIn(t.Context())
			if got.verdict != test.want || !strings.Contains(got.reason, test.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.verdict, got.reason, test.want, test.reason)
			}
		})
	}
}
