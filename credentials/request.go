package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// request sends one token request.
func (s *Source) request(ctx context.Context, with secret, background bool) (response, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	start := time.Now()
	status, r, err := s.post(ctx, with)
	s.observe(Event{Kind: TokenRequest, Duration: time.Since(start), Status: status, Err: err, Background: background})
	return r, err
}

func (s *Source) post(ctx context.Context, with secret) (status int, r response, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, with.tokenURL, strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		return 0, r, &Error{Kind: ErrSecret, detail: "token_url is not a URL"}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// RFC 6749 section 2.3.1 requires form encoding before Base64. Cognito documents plain Base64
	// (https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html) and, according to reports, refuses form
	// encoding (https://github.com/ramosbugs/oauth2-rs/issues/64). Of the characters of a client secret, [\w+], form encoding would
	// change only "+", which the rotation does not use.
	request.SetBasicAuth(with.clientID, with.clientSecret.Plaintext())
	answer, err := s.http.Do(request)
	if err != nil {
		return 0, r, &Error{Kind: ErrUnavailable, detail: "asking " + request.URL.Host, cause: with.redact(request, withoutURL(err))}
	}
	defer func() { _ = answer.Body.Close() }()
	status = answer.StatusCode
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxResponse+1))
	if err != nil {
		return status, r, &Error{Kind: ErrUnavailable, Status: status, detail: "reading the answer", cause: with.redact(request, err)}
	}
	if status != http.StatusOK {
		return status, r, s.refusal(answer, body)
	}
	if len(body) > maxResponse {
		return status, r, &Error{Kind: ErrResponse, Status: status, detail: fmt.Sprintf("it is longer than %d bytes", maxResponse)}
	}
	if r, err = parseResponse(body); err != nil {
		return status, r, &Error{Kind: ErrResponse, Status: status, detail: err.Error()}
	}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		r.date = date
	}
	return status, r, nil
}

// refusal returns the error of a response that is not 200. Its Kind is ErrUnavailable if a retry can succeed.
func (s *Source) refusal(answer *http.Response, body []byte) error {
	e := &Error{Kind: ErrRefused, Status: answer.StatusCode, Code: errorCode(body)}
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		e.detail = "redirects are not followed, because they would send the credentials to another host"
	case answer.StatusCode == http.StatusRequestTimeout || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		e.Kind = ErrUnavailable
		e.RetryAfter = parseRetryAfter(answer.Header.Get("Retry-After"), s.config.Now())
	}
	return e
}

// redact removes the credentials from an error of the transport. A transport of the caller may put headers into its errors.
func (s secret) redact(request *http.Request, err error) error {
	_, basic, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	return sensitive.RedactError(err, s.clientSecret, sensitive.ValueOf(basic))
}

// withoutURL removes the method and the URL from an error, because the Error already names the host.
func withoutURL(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
