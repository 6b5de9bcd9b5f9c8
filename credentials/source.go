package credentials

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Source gets tokens and keeps the current one. It is safe for concurrent use. A workload should have one Source for each set of
// scopes. The zero value is INVALID: use New. Printing or logging a Source shows the name of its secret and nothing else.
type Source struct {
	config Config
	http   *http.Client
	random func() float64

	// secret is used only by the attempt in progress. There is at most one.
	secret secret

	mu      sync.Mutex
	held    held
	running *attempt
	// After a failure no request is sent until resume, and callers get lastErr.
	failures int
	resume   time.Time
	lastErr  error
	// renewed is the time of the last token request that a 401 of a resource server caused, see renew.
	renewed time.Time
}

var (
	_ oauth2.TokenSource = (*Source)(nil)
	_ fmt.Formatter      = (*Source)(nil)
	_ slog.LogValuer     = (*Source)(nil)
)

// held is a token in memory.
type held struct {
	value sensitive.Value
	lifetime
}

// attempt is one attempt to get a token, shared by all callers that wait. Its results are valid after done is closed.
type attempt struct {
	done  chan struct{}
	token held
	err   error
}

// Token returns a token. It is TokenContext without a deadline other than Config.Timeout.
func (s *Source) Token() (*oauth2.Token, error) { return s.TokenContext(context.Background()) }

// TokenContext returns the current token, or waits for a new one until ctx is done or Config.Timeout ends. All callers share one
// request. It continues for the other callers when ctx ends.
//
// The token's Expiry is its real expiry, without Config.Margin. Call TokenContext for each use instead of keeping the token. Do not
// wrap a Source in [oauth2.ReuseTokenSource], or in [oauth2.NewClient], which does so: they keep a token until its last seconds and
// never replace it early.
func (s *Source) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.token(ctx)
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: token.value.Plaintext(), TokenType: "Bearer", Expiry: token.expires}, nil
}

func (s *Source) token(ctx context.Context) (held, error) {
	if err := ctx.Err(); err != nil {
		return held{}, &Error{Kind: ErrUnavailable, cause: err}
	}
	s.mu.Lock()
	now := s.config.Now()
	has, valid := s.held, now.Before(s.held.expires)
	paused := now.Before(s.resume)
	fresh := now.Before(has.end)
	if s.running == nil && !paused && (!fresh || !now.Before(has.refresh)) {
		s.start(fresh)
	}
	running, err := s.running, s.lastErr
	s.mu.Unlock()
	switch {
	case fresh:
		return has, nil
	case running != nil:
		return s.wait(ctx, running, has)
	case valid:
		return has, nil
	}
	return held{}, err
}

// wait returns the result of an attempt. If it fails, wait returns the current token as long as it is valid, even within its margin.
func (s *Source) wait(ctx context.Context, a *attempt, has held) (held, error) {
	select {
	case <-a.done:
	case <-ctx.Done():
		return held{}, &Error{Kind: ErrUnavailable, detail: "waiting for a token", cause: ctx.Err()}
	}
	if a.err != nil && s.config.Now().Before(has.expires) {
		return has, nil
	}
	return a.token, a.err
}

// start begins an attempt. The caller holds mu.
func (s *Source) start(background bool) {
	a := &attempt{done: make(chan struct{})}
	s.running = a
	go func() {
		start := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), s.config.Timeout)
		defer cancel()
		r, err := s.fetch(ctx, background)
		replaced := s.finish(a, r, err)
		switch {
		case err != nil:
			s.observe(Event{Kind: Failed, Duration: time.Since(start), Err: err, Background: background})
		case replaced:
			s.observe(Event{Kind: TokenReplaced, Duration: time.Since(start), Expires: a.token.expires, Background: background})
		}
	}()
}

// finish stores the result of an attempt and releases its callers. It reports whether the token is a different one.
func (s *Source) finish(a *attempt, r response, err error) (replaced bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(a.done)
	s.running = nil
	now := s.config.Now()
	if err != nil {
		s.failures++
		s.lastErr = err
		s.resume = now.Add(max(pause(s.failures, s.random()), retryAfter(err)))
		a.err = err
		return false
	}
	s.failures, s.lastErr, s.resume = 0, nil, time.Time{}
	replaced = s.held.value != r.token
	s.held = held{value: r.token, lifetime: r.lifetimeOf(now, s.config.Margin, s.random())}
	a.token = s.held
	return replaced
}

// fetch sends token requests until one succeeds, a retry cannot succeed, or ctx is done.
func (s *Source) fetch(ctx context.Context, background bool) (response, error) {
	with, err := s.currentSecret(ctx)
	if err != nil {
		return response{}, err
	}
	for again, n := false, 0; ; {
		r, err := s.request(ctx, with, background)
		switch {
		case err == nil && r.left(s.config.Now()) > 0:
			return r, nil
		case err == nil && !r.expires.IsZero():
			return r, &Error{Kind: ErrResponse, Status: http.StatusOK, detail: "the token has already expired"}
		case err == nil:
			return r, nil
		case isRetryable(err):
			if !sleep(ctx, retryAfter(err)+backoff(n, s.random())) {
				return r, err
			}
			n++
		case isRefused(err) && !again:
			again = true
			read, readErr := s.readSecret(ctx)
			if readErr != nil || read.sends(with) {
				return r, err
			}
			with = read
		default:
			return r, err
		}
	}
}

// String names the secret.
func (s *Source) String() string { return "credentials.Source(" + s.config.SecretID + ")" }

// Format implements fmt.Formatter. Every verb prints the text of String.
func (s *Source) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue implements slog.LogValuer with the text of String.
func (s *Source) LogValue() slog.Value { return slog.StringValue(s.String()) }
