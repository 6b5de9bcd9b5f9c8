package credentials

import (
	"errors"
	"fmt"
	"time"
)

// What an Error may be about, for errors.Is.
var (
	// ErrSecret: the secret cannot be read, or holds no credentials.
	ErrSecret = errors.New("the tenant's secret is not usable")
	// ErrNotRotated: the secret is there, but still without credentials. It gets them by its first rotation, soon after the tenant's deployment. It is
	// an ErrSecret, too.
	ErrNotRotated = fmt.Errorf("%w: not rotated yet", ErrSecret)
	// ErrScope: Config.Scopes has a scope that the tenant does not have.
	ErrScope = errors.New("the tenant does not have the scope")
	// ErrRefused: the gateway or Cognito refused the request: 3xx, or 4xx but 408 and 429. Error.Code says why. It may be an error from the gateway's cache.
	ErrRefused = errors.New("the token request was refused")
	// ErrUnavailable: no answer, or one that may be better later: 408, 429 and 5xx.
	ErrUnavailable = errors.New("the token service is not available")
	// ErrResponse: the answer has status 200 but no token that can be used.
	ErrResponse = errors.New("the token response is not usable")
)

// Error is why there is no token. It holds neither credentials nor tokens, nor anything else that a server sent but Code.
type Error struct {
	// Kind is one of the errors above.
	Kind error
	// Status is the HTTP status of the answer, 0 when there was none.
	Status int
	// Code is the OAuth error of the answer, such as "invalid_client" (RFC 6749 section 5.2); "" when there was none.
	Code string
	// RetryAfter is how long the server wants to be left alone; 0 when it did not say.
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

// Format keeps every verb of fmt from showing more than Error does.
func (e *Error) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }

// Unwrap returns the kind, and what went wrong below, such as an error of AWS's SDK or of ctx.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// isRetryable says whether the same request may succeed later.
func isRetryable(err error) bool { return errors.Is(err, ErrUnavailable) }

func retryAfter(err error) time.Duration {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

func isRefused(err error) bool { return errors.Is(err, ErrRefused) }
