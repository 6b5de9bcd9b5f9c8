package credentials

import "time"

// EventKind says what an Event is about.
type EventKind string

// The kinds of events.
const (
	// SecretRead: the secret was read from Secrets Manager.
	SecretRead EventKind = "secret-read"
	// TokenRequest: one request for a token was answered or failed.
	TokenRequest EventKind = "token-request"
	// TokenReplaced: there is a new token. It is not counted when the gateway's cache gave the one that is held.
	TokenReplaced EventKind = "token-replaced"
	// Failed: there is no new token, after all repetitions.
	Failed EventKind = "failed"
)

// Event is one measurement. It holds no credential.
type Event struct {
	Kind EventKind
	// Duration is that of the call, or of all of them for TokenReplaced and Failed.
	Duration time.Duration
	// Status is the HTTP status of a TokenRequest, 0 when there was no answer.
	Status int
	// Err is why it failed; nil when it did not.
	Err error
	// Expires is when the new token of TokenReplaced does.
	Expires time.Time
	// Background says that nobody waits for it: a valid token is being served.
	Background bool
}

func (s *Source) observe(e Event) {
	if s.config.Observer != nil {
		s.config.Observer(e)
	}
}
