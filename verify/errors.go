package verify

import "time"

// Reason is why a token was refused. It is an error for errors.Is. Its text is a short word from a fixed set, fit for a metric's label.
type Reason string

// The reasons to refuse a token. ErrScope means that the token lacks a right for this request. ErrKeysUnavailable means that the token
// could not be verified: it may be valid. All others mean that the token is not acceptable.
const (
	ErrMalformed       Reason = "malformed"        // not a JWS in compact serialization, or not the content of an M2M access token
	ErrTooLarge        Reason = "too_large"        // longer than Config.MaxTokenBytes
	ErrAlgorithm       Reason = "algorithm"        // not RS256
	ErrKeyUnknown      Reason = "key_unknown"      // kid is not that of a key of the issuer
	ErrSignature       Reason = "signature"        // the issuer's key did not sign this content
	ErrIssuer          Reason = "issuer"           // iss is not in Config.Issuers
	ErrTokenUse        Reason = "token_use"        // not an access token, or the access token of a user
	ErrExpired         Reason = "expired"          // exp is in the past
	ErrNotYetValid     Reason = "not_yet_valid"    // nbf or iat is in the future
	ErrClient          Reason = "client"           // the app client is not accepted, or aud is another audience
	ErrScope           Reason = "scope"            // a required scope is missing
	ErrKeysUnavailable Reason = "keys_unavailable" // the keys of the issuer could not be read: the token may be valid
)

func (r Reason) Error() string { return string(r) }

// Error is the error of Verify. It contains nothing of the token and may be sent to the client.
type Error struct {
	Reason Reason
	// Detail explains Reason in printable ASCII without quotes and backslashes, as RFC 6750 section 3 requires of an error_description.
	Detail string
	// Required are the scopes of the requirement that was not met, for ErrScope.
	Required []string
	// RetryAfter is the time after which to try again, for ErrKeysUnavailable.
	RetryAfter time.Duration

	cause error
}

func (e *Error) Error() string { return "token refused: " + string(e.Reason) + ": " + e.Detail }

// Unwrap returns the reason and, for ErrKeysUnavailable, the cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.cause}
}

func refuse(r Reason, detail string) *Error { return &Error{Reason: r, Detail: detail} }
