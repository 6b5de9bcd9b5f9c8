package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// renewInterval is the shortest time between two token requests that are caused by 401 responses of resource servers. A resource
// server that refuses every token must not cause a token request for each call.
const renewInterval = 30 * time.Second

// maxDrained limits how much of a 401 response is read so that its connection can be reused.
const maxDrained = 64 << 10

// Client returns an HTTP client that sends a token with each request. It uses the transport of the [oauth2.HTTPClient] in ctx, or
// http.DefaultTransport. The context of each request limits how long the request waits for a token.
//
// A request that is answered with 401 is repeated once with a new token, if the gateway returns a different one and the body can be
// sent again (GetBody is set, as http.NewRequest does for bodies in memory). The gateway's cache returns the same token until its
// TTL ends, so 401 responses cause at most one token request in 30 seconds.
//
// Tokens are sent only over https or to loopback. After a redirect to another origin, no token is sent, even if later redirects
// lead back.
func (s *Source) Client(ctx context.Context) *http.Client {
	var client http.Client
	if given, ok := ctx.Value(oauth2.HTTPClient).(*http.Client); ok && given != nil {
		client = *given
	}
	client.Transport = &transport{source: s, base: client.Transport}
	return &client
}

type transport struct {
	source *Source
	base   http.RoundTripper
}

var _ http.RoundTripper = (*transport)(nil)

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if isForeign(r) {
		return t.send(r, "")
	}
	if r.URL.Scheme != "https" && !isLoopback(r.URL.Hostname()) {
		return nil, errors.Join(
			fmt.Errorf("credentials: tokens are sent over https only, got %s://%s", r.URL.Scheme, r.URL.Host),
			closeBody(r),
		)
	}
	token, err := t.source.token(r.Context())
	if err != nil {
		return nil, errors.Join(err, closeBody(r))
	}
	answer, err := t.send(r, token.value.Plaintext())
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	again, ok := rewound(r)
	if !ok {
		return answer, nil
	}
	renewed, ok := t.source.renew(r.Context(), token)
	if !ok {
		_ = closeBody(again)
		return answer, nil
	}
	_, _ = io.CopyN(io.Discard, answer.Body, maxDrained)
	_ = answer.Body.Close()
	return t.send(again, renewed.value.Plaintext())
}

// send sends a copy of the request: a RoundTripper must not change the one that it gets.
func (t *transport) send(r *http.Request, token string) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token) // RFC 6750 section 2.1
	}
	base := t.base
	if base == nil {
		base = http.DefaultTransport
	}
	answer, err := base.RoundTrip(r)
	if answer != nil && answer.Request == nil {
		answer.Request = r // isForeign follows it.
	}
	return answer, err
}

// isForeign reports whether redirects left the origin of the first request, even if they led back: the other origin then chose this
// request.
func isForeign(r *http.Request) bool {
	for r.Response != nil && r.Response.Request != nil {
		before := r.Response.Request
		if before.URL.Host != r.URL.Host || before.URL.Scheme != r.URL.Scheme {
			return true
		}
		r = before
	}
	return false
}

// rewound returns the request with its body at the beginning.
func rewound(r *http.Request) (*http.Request, bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	again := *r
	again.Body = body
	return &again, true
}

func closeBody(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	return r.Body.Close()
}

// renew returns a token other than the refused one, if the gateway has one.
func (s *Source) renew(ctx context.Context, refused held) (held, bool) {
	s.mu.Lock()
	now := s.config.Now()
	if has := s.held; has.value != refused.value && now.Before(has.end) {
		s.mu.Unlock()
		return has, true
	}
	if s.running == nil && !now.Before(s.resume) && now.Sub(s.renewed) >= renewInterval {
		s.renewed = now
		s.start(false)
	}
	running := s.running
	s.mu.Unlock()
	if running == nil {
		return held{}, false
	}
	token, err := s.wait(ctx, running, held{})
	return token, err == nil && token.value != refused.value
}
