package credentials

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfter_isSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		"3":                              3 * time.Second,
		" 120 ":                          2 * time.Minute,
		"601":                            10 * time.Minute,
		"9223372036854775807":            10 * time.Minute,
		"9223372036854775808":            10 * time.Minute,
		"99999999999999999999999999":     10 * time.Minute,
		"-1":                             0,
		"1.5":                            0,
		"soon":                           0,
		"Sun, 22 Nov 2026 12:00:07 GMT":  7 * time.Second,
		"Sun, 22 Nov 2026 11:59:59 GMT":  0,
		"Mon, 23 Nov 2026 12:00:00 GMT":  10 * time.Minute,
		"Sunday, 22-Nov-26 12:00:07 GMT": 7 * time.Second,
		"Sun Nov 22 12:00:07 2026":       7 * time.Second,
	} {
		if got := parseRetryAfter(header, now); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestBackoff_isRandomWithinBounds(t *testing.T) {
	const most = 1 - 1e-9
	const ms, s = time.Millisecond, time.Second
	for n, want := range []time.Duration{200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5 * s, 5 * s} {
		if least, got := backoff(n, 0), backoff(n, most).Round(time.Millisecond); least != 0 || got != want {
			t.Errorf("repetition %d waits %s to %s, want 0 to %s", n, least, got, want)
		}
	}
	for n, want := range []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 30 * s, 30 * s} {
		if least, got := pause(n+1, 0), pause(n+1, most).Round(time.Millisecond); least != want/2 || got != want {
			t.Errorf("failure %d pauses %s to %s, want %s to %s", n+1, least, got, want/2, want)
		}
	}
	if got := doubled(time.Second, time.Hour, 1<<40); got != time.Hour {
		t.Errorf("doubled for ever: %s", got)
	}
}

// Temporary errors are retried, after Retry-After if the answer has it.
func TestSource_retriesTemporaryFailures(t *testing.T) {
	lost := errors.New("connection reset")
	for name, c := range map[string]struct {
		status           int
		body, retryAfter string
		err              error
		least            time.Duration
	}{
		"429":              {status: 429, body: `{"error":"temporarily_unavailable"}`},
		"429 with seconds": {status: 429, retryAfter: "7", least: 7 * time.Second},
		// The clock of a synctest bubble begins in 2000.
		"503 with a date":              {status: 503, retryAfter: "Sat, 01 Jan 2000 00:00:09 GMT", least: 9 * time.Second},
		"503 with a date that is over": {status: 503, retryAfter: "Sat, 01 Jan 2000 00:00:00 GMT"},
		"500":                          {status: 500},
		"502":                          {status: 502, body: `{"error":"server_error"}`},
		"408":                          {status: 408},
		"no answer":                    {err: lost},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.answer = func(_ *http.Request, n int) (*http.Response, error) {
					if n == 1 && c.err != nil {
						return nil, c.err
					}
					if n == 1 {
						return answer(c.status, c.body, "Retry-After", c.retryAfter), nil
					}
					return nil, nil
				}
				start := time.Now()
				wantToken(t, w.source(t, nil), "1")
				// The middle of 0 to 200 ms.
				if waited := time.Since(start); waited != c.least+100*time.Millisecond {
					t.Errorf("waited %s, want %s and 100ms", waited, c.least)
				}
				w.wantCounts(t, 1, 2)
			})
		})
	}
}

// Permanent errors are not retried: the secret is read again, once, and it is the same.
func TestSource_doesNotRetryRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		body, code string
	}{
		"400":         {400, `{"error":"invalid_scope","error_description":"text"}`, "invalid_scope"},
		"401":         {401, `{"error":"invalid_client"}`, "invalid_client"},
		"403":         {403, `{"error":"access_denied"}`, "access_denied"},
		"404":         {404, `not JSON`, ""},
		"a long code": {400, `{"error":"abcdefghijklmnopqrstuvwxyzabcdefghijklmno"}`, ""},
		"an odd code": {400, `{"error":"Invalid"}`, ""},
		"302":         {302, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.answer = func(*http.Request, int) (*http.Response, error) {
					return answer(c.status, c.body, "Location", "https://elsewhere.example.com/"), nil
				}
				_, err := w.source(t, nil).Token()
				var got *Error
				if !errors.As(err, &got) || !errors.Is(err, ErrRefused) || got.Status != c.status || got.Code != c.code {
					t.Errorf("got %v, want status %d, %s", err, c.status, c.code)
				}
				w.wantCounts(t, 2, 1)
			})
		})
	}
}

// A 200 without a token that can be used is neither repeated nor kept.
func TestSource_refusesUnusableResponses(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON":      "<html>",
		"no token":     `{"expires_in":60,"token_type":"Bearer"}`,
		"another type": `{"access_token":"a.b.c","expires_in":60,"token_type":"mac"}`,
		"a line feed":  `{"access_token":"a\nb","expires_in":60,"token_type":"Bearer"}`,
		"too long":     `{"access_token":"` + longText(maxResponse) + `","expires_in":60,"token_type":"Bearer"}`,
		"expired": `{"access_token":"` + jwt(time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC), time.Hour, 1) +
			`","expires_in":0,"token_type":"Bearer"}`,
		"a list instead": `[]`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.answer = func(*http.Request, int) (*http.Response, error) { return answer(200, body), nil }
				if _, err := w.source(t, nil).Token(); !errors.Is(err, ErrResponse) {
					t.Errorf("got %v", err)
				}
				w.wantCounts(t, 1, 1)
			})
		})
	}
}

// A server that wants to be left alone for longer than the caller can wait is left alone, and the callers are told at once.
func TestSource_pausesForALongRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = func(_ *http.Request, n int) (*http.Response, error) {
			if n == 1 {
				return answer(429, `{"error":"temporarily_unavailable"}`, "Retry-After", "300"), nil
			}
			return nil, nil
		}
		s := w.source(t, nil)
		start := time.Now()
		var got *Error
		if _, err := s.Token(); !errors.As(err, &got) || got.RetryAfter != 5*time.Minute || time.Since(start) != 0 {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
		for time.Since(start) < 5*time.Minute {
			if _, err := s.Token(); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("got %v after %s", err, time.Since(start))
			}
			time.Sleep(time.Second)
		}
		w.wantCounts(t, 1, 1)
		wantToken(t, s, "1")
	})
}

// An outage: repetitions end with the timeout, a pause follows, and a token that has not expired is served all the while, its
// margin included.
func TestSource_servesValidTokensInAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.source(t, func(c *Config) { c.Timeout = 10 * time.Second })
		wantToken(t, s, "1")
		end := time.Now().Add(time.Hour)
		w.set(func() {
			w.answer = func(*http.Request, int) (*http.Response, error) { return answer(503, ""), nil }
		})
		for time.Now().Before(end.Add(-time.Second)) {
			wantToken(t, s, "1")
			time.Sleep(time.Second)
		}
		time.Sleep(time.Until(end))
		synctest.Wait()
		if _, requests := w.counts(); requests > 400 {
			t.Errorf("%d requests in ten minutes of an outage", requests)
		}
		if _, err := s.Token(); !errors.Is(err, ErrUnavailable) {
			t.Errorf("with an expired token: got %v", err)
		}
		w.set(func() { w.answer = nil })
		time.Sleep(time.Minute)
		wantToken(t, s, "2")
	})
}

// Pauses double from failure to failure, and begin anew after a success.
func TestSource_doublesPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.validity = 5 * time.Minute
		refused := func(*http.Request, int) (*http.Response, error) { return answer(404, ""), nil }
		w.answer = refused
		s := w.source(t, nil)
		for range 2 {
			// Three quarters of 1, 2, 4 and 8 seconds.
			for _, want := range []time.Duration{750, 1500, 3000, 6000} {
				_, before := w.counts()
				for range 100 {
					if _, err := s.Token(); !errors.Is(err, ErrRefused) {
						t.Fatalf("got %v", err)
					}
				}
				time.Sleep(want*time.Millisecond - 1)
				if _, err := s.Token(); !errors.Is(err, ErrRefused) {
					t.Fatalf("got %v", err)
				}
				if _, after := w.counts(); after != before+1 {
					t.Fatalf("%d requests within %s", after-before, want*time.Millisecond)
				}
				time.Sleep(time.Nanosecond)
			}
			w.set(func() { w.answer = nil })
			token(t, s)
			w.set(func() { w.answer = refused })
			time.Sleep(w.validity)
		}
	})
}

// A connection that hangs leaves time for another one.
func TestSource_retriesAHangingRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		hangs := true
		s := w.source(t, func(c *Config) {
			c.HTTPClient = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if hangs {
					hangs = false
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return w.RoundTrip(r)
			})}
		})
		start := time.Now()
		wantToken(t, s, "1")
		if passed := time.Since(start); passed != 10*time.Second+100*time.Millisecond {
			t.Errorf("after %s", passed)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSource_endsRetriesWithTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.answer = func(*http.Request, int) (*http.Response, error) { return answer(503, ""), nil }
		start := time.Now()
		_, err := w.source(t, nil).Token()
		var got *Error
		if !errors.As(err, &got) || got.Status != 503 || time.Since(start) > 30*time.Second || time.Since(start) < 25*time.Second {
			t.Errorf("got %v after %s, want the 503 within 30s", err, time.Since(start))
		}
		// A connection that hangs does not take all of the time.
		w.slow = time.Hour
		start = time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err = w.source(t, nil).TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 30*time.Second {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
	})
}
