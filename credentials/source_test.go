package credentials

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestSource_sendsTheDocumentedRequest(t *testing.T) {
	for name, c := range map[string]struct{ clientSecret, basic string }{
		// printf 1example23456789:SECRET | base64
		"letters and digits": {"ABCdef0123456789", "MWV4YW1wbGUyMzQ1Njc4OTpBQkNkZWYwMTIzNDU2Nzg5"},
		"a plus is itself":   {"A+B_C", "MWV4YW1wbGUyMzQ1Njc4OTpBK0JfQw=="},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.rotate(c.clientSecret)
			wantToken(t, w.source(t, nil), "1")
			r := w.requests[0]
			if r.Method != http.MethodPost || r.URL.String() != tokenURL {
				t.Errorf("%s %s, want POST %s", r.Method, r.URL, tokenURL)
			}
			if got, want := r.Header.Get("Authorization"), "Basic "+c.basic; got != want {
				t.Errorf("Authorization: got %s, want %s", got, want)
			}
			if got, want := r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"; got != want {
				t.Errorf("Content-Type: got %s, want %s", got, want)
			}
			if got, want := readBody(t, r), "grant_type=client_credentials"; got != want {
				t.Errorf("body: got %s, want %s", got, want)
			}
		})
	}
}

func TestSource_sendsOneRequestForManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.slow = time.Second
		s := w.source(t, nil)
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() { wantToken(t, s, "1") })
		}
		wg.Wait()
		w.wantCounts(t, 1, 1)
	})
}

// A token is served to the end of its margin, and replaced ahead by one request while everybody goes on getting the old one.
func TestSource_replacesTokensAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.source(t, nil)
		wantToken(t, s, "1")
		start := time.Now()
		// 59 minutes can be used; the middle of the last 80 to 90 % begins after 50 minutes and 9 seconds.
		time.Sleep(50 * time.Minute)
		wantToken(t, s, "1")
		synctest.Wait()
		w.wantCounts(t, 1, 1)
		w.slow = 10 * time.Second
		w.slow -= time.Second // less than one request's time
		time.Sleep(10 * time.Second)
		for range 100 {
			wantToken(t, s, "1")
		}
		time.Sleep(w.slow)
		synctest.Wait()
		wantToken(t, s, "2")
		w.wantCounts(t, 1, 2)
		if passed := time.Since(start); passed > 51*time.Minute {
			t.Errorf("replaced after %s", passed)
		}
	})
}

// Where nobody asks for tokens, nobody replaces them, and the next caller waits.
func TestSource_sendsNothingWhileIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		s := w.source(t, nil)
		wantToken(t, s, "1")
		time.Sleep(59*time.Minute - time.Second)
		synctest.Wait()
		w.wantCounts(t, 1, 1)
		time.Sleep(time.Second)
		wantToken(t, s, "2")
		w.wantCounts(t, 1, 2)
	})
}

// Behind the gateway the same token comes again until the cache's TTL is over. So it is not asked for before, and then once.
func TestSource_waitsForTheGatewaysCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.cacheTTL = 55 * time.Minute
		s := w.source(t, nil)
		end := time.Now().Add(10 * time.Hour)
		for time.Now().Before(end) {
			got, err := s.Token()
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(got.Expiry); left < time.Minute {
				t.Fatalf("a token with %s left is served", left)
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if _, requests := w.counts(); requests != w.issued || w.issued > 11 {
			t.Errorf("%d requests for %d tokens in ten hours: want one for each of 11 at most", requests, w.issued)
		}
	})
}

// Another workload's token comes from the cache with little time left: its own exp counts, and expires_in is a lower bound of it.
func TestSource_usesTheExpOfTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.cacheTTL = 45 * time.Minute
		wantToken(t, w.source(t, nil), "1")
		time.Sleep(40 * time.Minute)
		s := w.source(t, nil)
		got, err := s.Token()
		if err != nil {
			t.Fatal(err)
		}
		if left := time.Until(got.Expiry); left != 20*time.Minute {
			t.Errorf("%s left, want the 20 minutes of exp and not the 15 of expires_in", left)
		}
		// A gateway that passes Cognito's answer through tells an hour again and again.
		w.set(func() {
			for key, entry := range w.cache {
				entry.body = strings.Replace(entry.body, `"expires_in":900`, `"expires_in":3600`, 1)
				w.cache[key] = entry
			}
		})
		if got, err = w.source(t, nil).Token(); err != nil {
			t.Fatal(err)
		}
		if left := time.Until(got.Expiry); left != 20*time.Minute {
			t.Errorf("%s left, want the 20 minutes of exp and not the 60 of expires_in", left)
		}
	})
}

// A workload whose clock is behind uses no token for longer than it is valid.
func TestSource_usesTheClockOfTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.cacheTTL, w.date = 45*time.Minute, time.Now
		wantToken(t, w.source(t, nil), "1")
		time.Sleep(44 * time.Minute)
		behind := func() time.Time { return time.Now().Add(-40 * time.Minute) }
		got, err := w.source(t, func(c *Config) { c.Now = behind }).Token()
		if err != nil {
			t.Fatal(err)
		}
		if left := got.Expiry.Sub(behind()); left != 16*time.Minute {
			t.Errorf("%s left, want 16 minutes", left)
		}
	})
}

func TestSource_endsAWaitWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.slow = 3 * time.Second
		s := w.source(t, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if passed := time.Since(start); passed != time.Second {
			t.Errorf("waited %s", passed)
		}
		// The request goes on for those who come later.
		wantToken(t, s, "1")
		if passed := time.Since(start); passed != 3*time.Second {
			t.Errorf("waited %s", passed)
		}
		w.wantCounts(t, 1, 1)
		if _, err := s.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a context that is over: got %v", err)
		}
	})
}

func TestConfig_reportsEveryMistake(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                         asIs,
		"Config.SecretID is empty": func(c *Config) { c.SecretID = "" },
		"Config.SecretsManager is nil: use a client":     func(c *Config) { c.SecretsManager = nil },
		`Config.Scopes[1] is "b c": use one scope`:       func(c *Config) { c.Scopes = []string{"a", "b c"} },
		"Config.Margin is 5m0s: use 0 to less than 5m0s": func(c *Config) { c.Margin = 5 * time.Minute },
		"Config.Margin is -1s":                           func(c *Config) { c.Margin = -time.Second },
		"Config.SecretTTL is -1s":                        func(c *Config) { c.SecretTTL = -time.Second },
		"Config.Timeout is -1s":                          func(c *Config) { c.Timeout = -time.Second },
		"Config.HTTPClient is set together with TLS": func(c *Config) {
			c.HTTPClient, c.TLS = http.DefaultClient, insecure(false)
		},
		"Config.TLS has InsecureSkipVerify": func(c *Config) { c.HTTPClient, c.TLS = nil, insecure(true) },
	} {
		config := Config{SecretID: tenantSecret, SecretsManager: newWorld()}
		change(&config)
		_, err := New(config)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}
