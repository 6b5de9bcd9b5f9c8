package verify

import "time"

// Reason says why a token was refused. It is an error for errors.Is, and its text is short and of a fixed set, fit for a metric's label.
type Reason string

// The reasons to refuse a token. All mean that the token is of no use, but ErrScope, where it lacks rights for this one request, and
// ErrKeysUnavailable, where nothing is known about it.
const (
	ErrMalformed       Reason = "malformed"        // no JWS in compact serialization, or not what Cognito puts into an M2M access token
	ErrTooLarge        Reason = "too_large"        // longer than Config.MaxTokenBytes
	ErrAlgorithm       Reason = "algorithm"        // not RS256
	ErrKeyUnknown      Reason = "key_unknown"      // signed with a key that is not the user pool's
	ErrSignature       Reason = "signature"        // the signature is not of this content by the user pool's key
	ErrIssuer          Reason = "issuer"           // of another issuer
	ErrTokenUse        Reason = "token_use"        // no access token, or that of a user
	ErrExpired         Reason = "expired"          // exp is over
	ErrNotYetValid     Reason = "not_yet_valid"    // nbf or iat is in the future
	ErrClient          Reason = "client"           // of an app client that is not allowed, or for another audience
	ErrScope           Reason = "scope"            // lacks a required scope
	ErrKeysUnavailable Reason = "keys_unavailable" // the user pool's keys could not be read: the token may be good
)

func (r Reason) Error() string { return string(r) }

// Error is what Verify returns. It has nothing of the token's content and may be shown to the client.
type Error struct {
	Reason Reason
	// Detail is in printable ASCII without quotes and backslashes, as RFC 6750 section 3 wants an error_description.
	Detail string
	// Required are the scopes of the requirement that was not met. Only for ErrScope.
	Required []string
	// RetryAfter says when to try again. Only for ErrKeysUnavailable.
	RetryAfter time.Duration

	cause error
}

func (e *Error) Error() string { return "token refused: " + string(e.Reason) + ": " + e.Detail }

// Unwrap gives the reason and, for ErrKeysUnavailable, what went wrong.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.cause}
}

func refuse(r Reason, detail string) *Error { return &Error{Reason: r, Detail: detail} }
