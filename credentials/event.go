package credentials

import "time"

// EventKind is the kind of an Event.
type EventKind string

// The kinds of events.
const (
	// SecretRead is one call of GetSecretValue.
	SecretRead EventKind = "secret-read"
	// TokenRequest is one token request, answered or failed.
	TokenRequest EventKind = "token-request"
	// TokenReplaced means that a new token is in use. It is not sent when the gateway's cache returned the same token.
	TokenReplaced EventKind = "token-replaced"
	// Failed means that all retries ended without a new token.
	Failed EventKind = "failed"
)

// Event is one measurement. It contains no credentials.
type Event struct {
	Kind EventKind
	// Duration is the duration of the call. For TokenReplaced and Failed, it is the duration of all calls, retries included.
	Duration time.Duration
	// Status is the HTTP status of a TokenRequest, or 0 without a response.
	Status int
	// Err is the error of a failed call, or nil.
	Err error
	// Expires is the expiry of the new token of TokenReplaced.
	Expires time.Time
	// Background is true if no caller waits for the result because a valid token is still in use.
	Background bool
}

func (s *Source) observe(e Event) {
	if s.config.Observer != nil {
		s.config.Observer(e)
	}
}
