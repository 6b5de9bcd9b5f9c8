package verify

import (
	"strings"
	"time"
)

const (
	// maxLifetime is the longest validity of an access token.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
	maxLifetime = 24 * time.Hour
	// version is the version of the tokens that the token endpoint issues.
	version = 2
	// maxClientIDBytes is from https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
	maxClientIDBytes = 128
)

// claims are the claims that are checked. The claims of a verified token are never changed.
type claims struct {
	issuer, tokenUse, subject, clientID, id, scope string
	audience                                       string
	expires, issued, notBefore, version            int64
	user, hasAudience                              bool
	scopes                                         []string
}

// claimNames are the names that parseClaims reads.
var claimNames = []string{
	"iss", "token_use", "sub", "client_id", "jti", "scope", "exp", "iat", "nbf", "version", "aud", "username", "cognito:username",
}

// parseClaims reads a payload and does not check what it claims. Numbers are whole, as in Cognito's tokens, although RFC 7519 allows
// fractions of seconds.
func parseClaims(payload []byte) (*claims, *Error) {
	c := &claims{expires: -1, issued: -1, notBefore: -1, version: -1}
	refusal := members(payload, claimNames, func(name, value string) *Error {
		var text *string
		var number *int64
		switch name {
		case "iss":
			text = &c.issuer
		case "token_use":
			text = &c.tokenUse
		case "sub":
			text = &c.subject
		case "client_id":
			text = &c.clientID
		case "jti":
			text = &c.id
		case "scope":
			text = &c.scope
		case "exp":
			number = &c.expires
		case "iat":
			number = &c.issued
		case "nbf":
			number = &c.notBefore
		case "version":
			number = &c.version
		case "aud":
			c.hasAudience = true
			c.audience, _ = unquote(value) // empty for a list, which is refused
		case "username", "cognito:username":
			c.user = true
		}
		if text != nil {
			var ok bool
			if *text, ok = unquote(value); !ok {
				return refuse(ErrMalformed, "the claim "+name+" is not a string")
			}
		}
		if number != nil {
			var ok bool
			if *number, ok = wholeNumber(value); !ok {
				return refuse(ErrMalformed, "the claim "+name+" is not a whole number")
			}
		}
		return nil
	})
	if refusal != nil {
		return nil, refusal
	}
	var ok bool
	if c.scopes, ok = parseScopes(c.scope); !ok {
		return nil, refuse(ErrMalformed, "the claim scope is not a list of scopes")
	}
	return c, nil
}

// wholeNumber takes up to eleven digits: seconds until the year 5138.
func wholeNumber(text string) (int64, bool) {
	if len(text) == 0 || len(text) > 11 {
		return 0, false
	}
	var n int64
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// parseScopes splits by single spaces: RFC 6749 section 3.3.
func parseScopes(list string) ([]string, bool) {
	if list == "" {
		return nil, true
	}
	scopes := strings.Split(list, " ")
	for _, scope := range scopes {
		if scope == "" || !quotable(scope) {
			return nil, false
		}
	}
	return scopes, true
}

// check refuses claims that are not those of an access token for a client.
func (c *claims) check(audience string) *Error {
	switch {
	case c.tokenUse != "access":
		return refuse(ErrTokenUse, "the token is not an access token")
	case !isClientID(c.clientID):
		return refuse(ErrMalformed, "the claim client_id is not a client ID")
	// The subject of a client's token is the client. A user's token has the user as its subject, and a username.
	case c.user || c.subject != c.clientID:
		return refuse(ErrTokenUse, "the token belongs to a user")
	case c.version != version:
		return refuse(ErrMalformed, "the version of the token is not 2")
	case c.expires < 0 || c.issued < 0:
		return refuse(ErrMalformed, "the token lacks one of the claims exp and iat")
	case c.expires <= c.issued || c.expires-c.issued > int64(maxLifetime/time.Second):
		return refuse(ErrMalformed, "the validity of the token is longer than that of Cognito, or not positive")
	}
	return c.checkAudience(audience)
}

// checkAudience refuses a token for another audience: RFC 7519 section 4.1.3.
func (c *claims) checkAudience(audience string) *Error {
	if audience == "" && !c.hasAudience {
		return nil
	}
	if audience == "" {
		audience = c.clientID
	}
	if c.audience != audience {
		return refuse(ErrClient, "the token is for another audience")
	}
	return nil
}

func (c *claims) checkTime(now time.Time, leeway time.Duration) *Error {
	switch {
	case !now.Add(-leeway).Before(time.Unix(c.expires, 0)):
		return refuse(ErrExpired, "the token has expired")
	case now.Add(leeway).Before(time.Unix(max(c.notBefore, c.issued), 0)):
		return refuse(ErrNotYetValid, "the token is not valid yet")
	}
	return nil
}

func isClientID(id string) bool {
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '_' && c != '+' {
			return false
		}
	}
	return id != "" && len(id) <= maxClientIDBytes
}
