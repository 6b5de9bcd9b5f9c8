package credentials

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of errors, for use with errors.Is.
var (
	// ErrSecret means that the secret cannot be read or contains no valid credentials.
	ErrSecret = errors.New("the tenant's secret is not usable")
	// ErrNotRotated means that the secret exists but still contains its placeholder. The first rotation, which starts after the
	// tenant's deployment, writes the credentials. It wraps ErrSecret.
	ErrNotRotated = fmt.Errorf("%w: not rotated yet", ErrSecret)
	// ErrScope means that Config.Scopes contains a scope that the tenant does not have.
	ErrScope = errors.New("the tenant does not have the scope")
	// ErrRefused means that the gateway or Cognito refused the request: 3xx, or 4xx except 408 and 429. Error.Code has the reason.
	// The response may come from the gateway's cache.
	ErrRefused = errors.New("the token request was refused")
	// ErrUnavailable means that there was no response, or one that can be temporary: 408, 429 or 5xx.
	ErrUnavailable = errors.New("the token service is not available")
	// ErrResponse means that the response has status 200 but no usable token.
	ErrResponse = errors.New("the token response is not usable")
)

// Error describes why no token is available. It contains no credentials and no tokens. Code is the only part of a response that it
// contains.
type Error struct {
	// Kind is one of the errors above.
	Kind error
	// Status is the HTTP status of the response, or 0 without a response.
	Status int
	// Code is the OAuth error code of the response, such as "invalid_client" (RFC 6749 section 5.2), or empty.
	Code string
	// RetryAfter is the wait that the server asked for, at most 10 minutes, or 0.
	RetryAfter time.Duration

	detail string
	cause  error
}

var (
	_ error         = (*Error)(nil)
	_ fmt.Formatter = (*Error)(nil)
)

func (e *Error) Error() string {
	text := "credentials: " + e.Kind.Error()
	if e.Status != 0 {
		text += fmt.Sprintf(": status %d", e.Status)
	}
	if e.Code != "" {
		text += ", " + e.Code
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(", retry after %s", e.RetryAfter)
	}
	if e.detail != "" {
		text += ": " + e.detail
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Format implements fmt.Formatter. Every verb prints the text of Error.
func (e *Error) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }

// Unwrap returns Kind and the cause, such as an error of the AWS SDK or of the context.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// isRetryable reports whether the same request can succeed later.
func isRetryable(err error) bool { return errors.Is(err, ErrUnavailable) }

func retryAfter(err error) time.Duration {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

func isRefused(err error) bool { return errors.Is(err, ErrRefused) }
