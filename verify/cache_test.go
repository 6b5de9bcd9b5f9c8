package verify_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// A remembered token passes only with what a new token would pass with.
func TestCache_checksTimeClientAndScopesAgain(t *testing.T) {
	s := newStage(t)
	var last verify.Event
	allowed := map[string]string{verifytest.ClientID: "billing"}
	s.config.Clients = nil
	s.config.Tenant = func(_ context.Context, _, id string) (string, bool) { tenant, ok := allowed[id]; return tenant, ok }
	s.config.CacheSize = 2
	s.config.Observer = func(e verify.Event) { last = e }
	v := newVerifier(t, s.config)
	token := s.Token("orders/read")
	verified := func(reason error, hit bool, required ...verify.Requirement) *verify.Token {
		t.Helper()
		got, err := v.Verify(t.Context(), token, required...)
		want(t, "verify", err, reason)
		if last.CacheHit != hit {
			t.Errorf("the observer was told CacheHit %t, want %t", last.CacheHit, hit)
		}
		return got
	}
	verified(nil, false).Scopes[0] = "changed by the caller"
	verified(nil, true, verify.AllScopes("orders/read"))
	verified(verify.ErrScope, true, verify.AllScopes("orders/write"))
	verified(verify.ErrScope, true, verify.AllScopes("changed by the caller"))
	allowed[verifytest.ClientID] = "sales"
	if got := verified(nil, true); got.Tenant != "sales" {
		t.Errorf("tenant %q, want the one of now", got.Tenant)
	}
	delete(allowed, verifytest.ClientID)
	verified(verify.ErrClient, true)
	allowed[verifytest.ClientID] = "billing"
	s.clock.advance(time.Hour + verify.DefaultLeeway)
	verified(verify.ErrExpired, true)
}

func TestCache_dropsTheLeastRecentlyUsed(t *testing.T) {
	s := newStage(t)
	s.config.CacheSize = 3
	hits := map[string]bool{}
	var token string
	s.config.Observer = func(e verify.Event) { hits[token] = e.CacheHit }
	v := newVerifier(t, s.config)
	tokens := []string{s.Token(), s.Token(), s.Token(), s.Token()}
	for _, n := range []int{0, 1, 2, 0, 3, 0, 1} { // 3 displaces 1, which was not used for longest.
		token = tokens[n]
		_, err := v.Verify(t.Context(), token)
		want(t, "verify", err, nil)
	}
	for token = range maps.Keys(hits) {
		if want := token == tokens[0]; hits[token] != want {
			t.Errorf("the last verification of token %.8s was a hit: %t, want %t", token[len(token)-8:], hits[token], want)
		}
	}
}

func TestCache_isOffByDefault(t *testing.T) {
	s := newStage(t)
	hits := 0
	s.config.Observer = func(e verify.Event) {
		if e.CacheHit {
			hits++
		}
	}
	v := newVerifier(t, s.config)
	token := s.Token()
	for range 3 {
		_, err := v.Verify(t.Context(), token)
		want(t, "verify", err, nil)
	}
	if hits != 0 {
		t.Errorf("%d hits, want none", hits)
	}
}

func TestCache_outlivesAReadOfTheSameKeys(t *testing.T) {
	s := newStage(t)
	s.config.CacheSize = 8
	var hit bool
	s.config.Observer = func(e verify.Event) { hit = e.CacheHit }
	v := newVerifier(t, s.config)
	token := s.Token()
	for range 3 {
		_, err := v.Verify(t.Context(), token)
		want(t, "verify", err, nil)
		<-s.read
		s.clock.advance(verify.DefaultRefreshAfter)
		_, err = v.Verify(t.Context(), token)
		want(t, "while keys are read", err, nil)
		if !hit {
			t.Error("the token was forgotten")
		}
	}
}
