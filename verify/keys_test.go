package verify_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func want(t *testing.T, what string, err, reason error) {
	t.Helper()
	if !errors.Is(err, reason) || (reason == nil && err != nil) {
		t.Errorf("%s: got %v, want %v", what, err, reason)
	}
}

func TestKeyring_readsANewKeyOnce(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	before := s.Token()
	_, err := v.Verify(t.Context(), before)
	want(t, "before", err, nil)
	s.RotateKey()
	for range 3 {
		_, err = v.Verify(t.Context(), s.Token())
		want(t, "with the new key", err, nil)
		_, err = v.Verify(t.Context(), before)
		want(t, "with the former key", err, nil)
	}
	if got := s.Fetches(); got != 2 {
		t.Errorf("keys were read %d times, want 2", got)
	}
}

func TestKeyring_limitsReadsForUnknownKeys(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	stranger := verifytest.NewKey(t)
	unknown := func(id string) error {
		_, err := v.Verify(t.Context(), stranger.SignRaw(`{"alg":"RS256","kid":"`+id+`"}`, marshal(t, s.Claims())))
		return err
	}
	for _, id := range []string{"a", "b", "c", "a", "d", "e"} {
		want(t, id, unknown(id), verify.ErrKeyUnknown)
	}
	if got := s.Fetches(); got != 2 {
		t.Fatalf("keys were read %d times, want 2: the first time and for the first unknown key", got)
	}
	s.clock.advance(verify.DefaultMissInterval)
	want(t, "the same again", unknown("a"), verify.ErrKeyUnknown)
	if got := s.Fetches(); got != 2 {
		t.Errorf("keys were read %d times, want 2: nothing is new about this key", got)
	}
	want(t, "another", unknown("f"), verify.ErrKeyUnknown)
	if got := s.Fetches(); got != 3 {
		t.Errorf("keys were read %d times, want 3", got)
	}
	s.clock.advance(6 * verify.DefaultMissInterval)
	want(t, "the same much later", unknown("a"), verify.ErrKeyUnknown)
	if got := s.Fetches(); got != 4 {
		t.Errorf("keys were read %d times, want 4", got)
	}
}

func TestKeyring_ignoresImpossibleKeyIDs(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	for _, id := range []string{"", strings.Repeat("k", 129)} {
		_, err := v.Verify(t.Context(), s.Key().SignRaw(`{"alg":"RS256","kid":"`+id+`"}`, marshal(t, s.Claims())))
		want(t, id, err, verify.ErrKeyUnknown)
	}
	if got := s.Fetches(); got != 0 {
		t.Errorf("keys were read %d times, want none", got)
	}
}

func TestKeyring_findsANewKeyAfterTheMissInterval(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	_, err := v.Verify(t.Context(), verifytest.NewKey(t).SignRaw(`{"alg":"RS256","kid":"unknown"}`, marshal(t, s.Claims())))
	want(t, "unknown", err, verify.ErrKeyUnknown)
	s.RotateKey()
	token := s.Token()
	_, err = v.Verify(t.Context(), token)
	want(t, "within the interval", err, verify.ErrKeyUnknown)
	s.clock.advance(verify.DefaultMissInterval)
	_, err = v.Verify(t.Context(), token)
	want(t, "after it", err, nil)
}

func TestKeyring_recoversFromAnOutageAtStart(t *testing.T) {
	s := newStage(t)
	s.Fail(true)
	v := newVerifier(t, s.config)
	want(t, "prefetch", v.Prefetch(t.Context()), verify.ErrKeysUnavailable)
	for range 5 {
		_, err := v.Verify(t.Context(), s.Token())
		want(t, "in the outage", err, verify.ErrKeysUnavailable)
		var e *verify.Error
		if !errors.As(err, &e) || e.RetryAfter != verify.DefaultMissInterval {
			t.Errorf("in the outage: %#v, want a RetryAfter of %s", err, verify.DefaultMissInterval)
		}
	}
	if got := s.Fetches(); got != 1 {
		t.Errorf("keys were asked for %d times, want 1", got)
	}
	s.Fail(false)
	s.clock.advance(verify.DefaultMissInterval)
	_, err := v.Verify(t.Context(), s.Token())
	want(t, "afterwards", err, nil)
	want(t, "prefetch afterwards", v.Prefetch(t.Context()), nil)
	if got := s.Fetches(); got != 2 {
		t.Errorf("keys were asked for %d times, want 2", got)
	}
}

func TestKeyring_survivesAnOutageUntilMaxStale(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	<-s.read
	s.Fail(true)
	s.clock.advance(verify.DefaultMaxStale - time.Second)
	_, err := v.Verify(t.Context(), s.Token())
	want(t, "with keys read before", err, nil)
	if e := <-s.read; e.Err == nil {
		t.Error("the observer was told of no failure")
	}
	s.clock.advance(verify.DefaultMissInterval - time.Second)
	_, err = v.Verify(t.Context(), s.Token())
	want(t, "with keys that are too old", err, verify.ErrKeysUnavailable)
	s.Fail(false)
	s.clock.advance(verify.DefaultMissInterval)
	_, err = v.Verify(t.Context(), s.Token())
	want(t, "afterwards", err, nil)
}

// A token with a new key may be good: that nothing can be told about it in an outage is not the client's fault.
func TestKeyring_doesNotBlameTheClientInAnOutage(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	s.RotateKey()
	s.Fail(true)
	for range 2 {
		_, err := v.Verify(t.Context(), s.Token())
		want(t, "in the outage", err, verify.ErrKeysUnavailable)
	}
	s.Fail(false)
	s.clock.advance(verify.DefaultMissInterval)
	_, err := v.Verify(t.Context(), s.Token())
	want(t, "afterwards", err, nil)
}

func TestKeyring_refreshesInTheBackground(t *testing.T) {
	s := newStage(t)
	s.config.CacheSize = 8
	v := newVerifier(t, s.config)
	retired := s.Token()
	_, err := v.Verify(t.Context(), retired)
	want(t, "at first", err, nil)
	<-s.read
	s.RotateKey()
	s.RetireKeys()
	s.clock.advance(verify.DefaultRefreshAfter)
	_, err = v.Verify(t.Context(), retired)
	want(t, "while keys are read", err, nil)
	if e := <-s.read; e.Err != nil || e.Keys != 1 {
		t.Errorf("keys read in the background: %+v", e)
	}
	_, err = v.Verify(t.Context(), retired)
	want(t, "with a key that left the user pool", err, verify.ErrKeyUnknown)
}

// An id may be given to another key: what the former one signed is worth nothing then, remembered or not.
func TestKeyring_replacesAKeyUnderTheSameID(t *testing.T) {
	s := newStage(t)
	s.config.CacheSize = 8
	v := newVerifier(t, s.config)
	token := s.Token()
	_, err := v.Verify(t.Context(), token)
	want(t, "at first", err, nil)
	<-s.read
	other := verifytest.NewKey(t)
	other.ID = s.Key().ID
	body := document(t, other, nil)
	s.Serve(func() []byte { return body })
	s.clock.advance(verify.DefaultRefreshAfter)
	_, err = v.Verify(t.Context(), token)
	want(t, "while keys are read", err, nil)
	<-s.read
	_, err = v.Verify(t.Context(), token)
	want(t, "by the former key", err, verify.ErrSignature)
	_, err = v.Verify(t.Context(), other.SignRaw(`{"alg":"RS256","kid":"`+other.ID+`"}`, marshal(t, s.Claims())))
	want(t, "by the new key", err, nil)
}

func TestKeyring_readsOnceForAllCallers(t *testing.T) {
	s := newStage(t)
	asked, answer := make(chan bool, 100), make(chan bool)
	jwks := s.JWKS()
	s.Serve(func() []byte { asked <- true; <-answer; return jwks })
	v := newVerifier(t, s.config)
	token := s.Token()

	impatient, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { _, err := v.Verify(impatient, token); left <- err }()
	<-asked
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			_, err := v.Verify(t.Context(), token)
			want(t, "one of those that wait", err, nil)
		})
	}
	leave()
	err := <-left
	want(t, "who did not wait", err, verify.ErrKeysUnavailable)
	want(t, "who did not wait", err, context.Canceled)
	close(answer)
	all.Wait()
	if got := s.Fetches(); got != 1 {
		t.Errorf("keys were read %d times, want 1", got)
	}
}

// A read that began before the rotation does not say that there is no new key.
func TestKeyring_findsANewKeyDuringARead(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	before := s.Token()
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	<-s.read
	asked, answer := make(chan bool), make(chan bool)
	old := s.JWKS()
	var first atomic.Bool
	s.Serve(func() []byte {
		body := s.JWKS()
		if first.CompareAndSwap(false, true) {
			asked <- true
			<-answer
			body = old
		}
		return body
	})
	s.clock.advance(verify.DefaultRefreshAfter)
	_, err := v.Verify(t.Context(), before)
	want(t, "with keys read before", err, nil)
	<-asked
	s.RotateKey()
	after := s.Token()
	verified := make(chan error)
	go func() { _, err := v.Verify(t.Context(), after); verified <- err }()
	close(answer)
	want(t, "with the new key", <-verified, nil)
	_, err = v.Verify(t.Context(), s.Token())
	want(t, "with the new key again", err, nil)
}

// Lambda freezes a function between two requests, with whatever it does in the background. What comes of that later is too late.
func TestKeyring_ignoresAFrozenRead(t *testing.T) {
	for name, thawed := range map[string]func(old []byte) []byte{
		"answered": func(old []byte) []byte { return old },
		"failed":   func([]byte) []byte { return []byte("<html>") },
	} {
		t.Run(name, func(t *testing.T) { frozenRead(t, thawed) })
	}
}

func frozenRead(t *testing.T, thawed func(old []byte) []byte) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	frozen := s.Token()
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	<-s.read
	asked, thaw := make(chan bool), make(chan bool)
	old := s.JWKS()
	var first atomic.Bool
	s.Serve(func() []byte {
		body := s.JWKS()
		if first.CompareAndSwap(false, true) {
			asked <- true
			<-thaw
			body = thawed(old)
		}
		return body
	})
	s.clock.advance(verify.DefaultRefreshAfter)
	_, err := v.Verify(t.Context(), frozen)
	want(t, "before the function is frozen", err, nil)
	<-asked
	s.clock.advance(time.Hour)
	s.RotateKey()
	s.RetireKeys()
	_, err = v.Verify(t.Context(), s.Token())
	want(t, "with a new key, an hour later", err, nil)
	if e := <-s.read; e.Err != nil {
		t.Fatal(e.Err)
	}
	close(thaw)
	<-s.read
	_, err = v.Verify(t.Context(), frozen)
	want(t, "with the key that was there when the function was frozen", err, verify.ErrKeyUnknown)
	_, err = v.Verify(t.Context(), s.Token())
	want(t, "with the new key", err, nil)
}

// TestKeyring_servesTrafficDuringRotation has many goroutines verify tokens while keys are rotated and the issuer fails in between.
func TestKeyring_servesTrafficDuringRotation(t *testing.T) {
	s := newStage(t)
	s.config.CacheSize = 4
	v := newVerifier(t, s.config)
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	for range 3 {
		var all sync.WaitGroup
		tokens := []string{s.Token("orders/read")}
		s.Fail(true)
		for range 8 {
			all.Go(func() {
				for range 20 {
					_, err := v.Verify(t.Context(), tokens[0], verify.AllScopes("orders/read"))
					want(t, "in the outage, with a known key", err, nil)
				}
			})
		}
		s.clock.advance(verify.DefaultRefreshAfter)
		all.Wait()
		s.Fail(false)
		s.RotateKey()
		tokens = append(tokens, s.Token("orders/read"), s.Token("orders/read"), s.Token("orders/read"), s.Token("orders/read"))
		s.clock.advance(verify.DefaultMissInterval)
		for n := range 16 {
			all.Go(func() {
				for round := range 20 {
					_, err := v.Verify(t.Context(), tokens[(n+round)%len(tokens)], verify.AllScopes("orders/read"))
					want(t, "with keys old and new", err, nil)
				}
			})
		}
		all.Wait()
	}
}
