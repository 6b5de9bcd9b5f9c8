package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The former client secret is revoked while the workload still holds it: the request that is refused leads to the new one.
func TestSource_readsTheSecretAgainAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.source(t, func(c *Config) { c.SecretTTL = 24 * time.Hour })
		wantToken(t, s, "1")
		w.rotate("B-second-client-secret-of-the-tenant")
		w.revoke("A-first-client-secret-of-the-tenant")
		time.Sleep(time.Hour)
		wantToken(t, s, "2")
		w.wantCounts(t, 2, 3)
	})
}

// Whatever of the request the rotation or the sweep has changed in the meantime, a refusal leads to it.
func TestSource_sendsARewrittenRequestAtOnce(t *testing.T) {
	const former = "A-first-client-secret-of-the-tenant"
	for name, rewrite := range map[string]*strings.Replacer{
		"another secret": strings.NewReplacer(former, "another-client-secret"),
		"another client": strings.NewReplacer(`"`+clientID+`"`, `"another_client"`),
		"another URL":    strings.NewReplacer("tokens.example.com", "other.example.com"),
		"fewer scopes":   strings.NewReplacer("%20orders%2Fwrite", "", " orders/write", ""),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				s := w.source(t, nil)
				wantToken(t, s, "1")
				sent := w.requests[0]
				w.set(func() {
					w.secretString = rewrite.Replace(w.secretString)
					w.valid["another-client-secret"] = true
					w.answer = func(r *http.Request, _ int) (*http.Response, error) {
						if r.URL.String() == sent.URL.String() && r.Header.Get("Authorization") == sent.Header.Get("Authorization") {
							return answer(400, `{"error":"invalid_request"}`), nil
						}
						return nil, nil
					}
				})
				time.Sleep(59*time.Minute + 30*time.Second)
				wantToken(t, s, "2")
				w.wantCounts(t, 2, 3)
			})
		})
	}
}

// One request of an attempt reads the secret again: refusals of what is new are not followed for ever.
func TestSource_readsTheSecretAgainOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = func(_ *http.Request, n int) (*http.Response, error) {
			w.secretString = document(fmt.Sprintf("another-client-secret-%d", n)) // RoundTrip holds mu
			return answer(400, `{"error":"invalid_client"}`), nil
		}
		if _, err := w.source(t, nil).Token(); !errors.Is(err, ErrRefused) {
			t.Errorf("got %v", err)
		}
		w.wantCounts(t, 2, 2)
	})
}

// The secret is read again in time to miss no rotation whose grace is longer than that.
func TestSource_readsTheSecretAfterItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.source(t, func(c *Config) { c.SecretTTL = 90 * time.Minute })
		for hour, want := range []int{1, 1, 2, 2, 3} {
			token(t, s)
			if reads, _ := w.counts(); reads != want {
				t.Errorf("after %d hours the secret was read %d times, want %d", hour, reads, want)
			}
			time.Sleep(time.Hour)
		}
		// An outage of Secrets Manager stops nobody who has a secret.
		w.set(func() { w.readErr = errors.New("no answer") })
		time.Sleep(2 * time.Hour)
		token(t, s)
	})
}

// Callers at once, tokens of five minutes, and a rotation every hour whose grace ends soon: nobody gets an error.
func TestSource_failsNoCallWhileSecretsRotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.validity, w.slow = 5*time.Minute, 300*time.Millisecond
		s := w.source(t, func(c *Config) { c.SecretTTL = 24 * time.Hour })
		end := time.Now().Add(10 * time.Hour)
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				for time.Now().Before(end) {
					got, err := s.TokenContext(t.Context())
					if err != nil {
						t.Errorf("at %s: %v", time.Now(), err)
						return
					}
					if left := time.Until(got.Expiry); left < time.Minute {
						t.Errorf("a token with %s left is served", left)
					}
					time.Sleep(time.Duration(1+i) * time.Second)
				}
			})
		}
		former := "A-first-client-secret-of-the-tenant"
		for n := 0; time.Now().Before(end.Add(-time.Hour)); n++ {
			time.Sleep(time.Hour - 17*time.Second)
			next := fmt.Sprintf("another-client-secret-of-the-tenant-%d", n)
			w.rotate(next)
			time.Sleep(17 * time.Second)
			w.revoke(former)
			former = next
		}
		wg.Wait()
		if reads, _ := w.counts(); reads < 9 || reads > 11 {
			t.Errorf("the secret was read %d times, want once for each of 9 rotations, and at first", reads)
		}
	})
}

// An invalid_client from the gateway's cache stays while the secret is right: it is asked for again and again, but ever more
// slowly, and is over when the cache is flushed.
func TestSource_slowsDownAtCachedErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		stale := true
		w.answer = func(*http.Request, int) (*http.Response, error) {
			if stale {
				return answer(http.StatusBadRequest, `{"error":"invalid_client"}`), nil
			}
			return nil, nil
		}
		s := w.source(t, nil)
		start := time.Now()
		calls := 0
		for ; time.Since(start) < 45*time.Minute; calls++ {
			if _, err := s.Token(); !errors.Is(err, ErrRefused) {
				t.Fatalf("got %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		// 45 minutes with pauses of 22.5 seconds.
		if reads, requests := w.counts(); requests < 100 || requests > 125 || reads > requests+1 {
			t.Errorf("%d calls led to %d token requests and %d reads of the secret", calls, requests, reads)
		}
		w.set(func() { stale = false })
		time.Sleep(pauseCap)
		wantToken(t, s, "1")
	})
}

// Before the first rotation there is nothing to send, and the error says so; afterwards there is.
func TestSource_reportsThePlaceholder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		rotated := w.secretString
		w.secretString = `{"placeholder":true}`
		s := w.source(t, nil)
		_, err := s.Token()
		want := "credentials: the tenant's secret is not usable: not rotated yet: m2m/prod/tenants/billing: " +
			"it still has the placeholder; the sweep starts the first rotation, see docs/credentials.md"
		if !errors.Is(err, ErrNotRotated) || !errors.Is(err, ErrSecret) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		w.wantCounts(t, 1, 0)
		w.set(func() { w.secretString = rotated })
		time.Sleep(time.Second)
		wantToken(t, s, "1")
	})
}
