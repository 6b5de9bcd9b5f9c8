package verify

import (
	"strings"
	"time"
)

const (
	// maxLifetime is the longest validity of an access token.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
	maxLifetime = 24 * time.Hour
	// version is that of the tokens that the token endpoint issues.
	version = 2
	// maxClientIDBytes is from https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
	maxClientIDBytes = 128
)

// claims are what matters of the payload. Those of a token that was verified are never changed.
type claims struct {
	issuer, tokenUse, subject, clientID, id, scope string
	audience                                       string
	expires, issued, notBefore, version            int64
	user, hasAudience                              bool
	scopes                                         []string
}

// parseClaims reads a payload whose signature is good, and says nothing about what it claims. Numbers are whole: Cognito's are, and RFC 7519's fractions
// of seconds would be of no use.
func parseClaims(payload []byte) (*claims, *Error) {
	c := &claims{expires: -1, issued: -1, notBefore: -1, version: -1}
	refusal := members(payload, func(name, value string) *Error {
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
			c.audience, _ = unquote(value) // empty for a list, which is nobody's
		case "username", "cognito:username":
			c.user = true
		}
		if text != nil {
			var ok bool
			if *text, ok = unquote(value); !ok {
				return refuse(ErrMalformed, "the claim "+name+" is no text")
			}
		}
		if number != nil {
			var ok bool
			if *number, ok = wholeNumber(value); !ok {
				return refuse(ErrMalformed, "the claim "+name+" is no whole number")
			}
		}
		return nil
	})
	if refusal != nil {
		return nil, refusal
	}
	var ok bool
	if c.scopes, ok = parseScopes(c.scope); !ok {
		return nil, refuse(ErrMalformed, "the claim scope is no list of scopes")
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

// check says whether the claims are those of an access token that this issuer gave to a client, and not to a user.
func (c *claims) check(issuer, audience string) *Error {
	switch {
	case c.issuer != issuer:
		return refuse(ErrIssuer, "the token is of another issuer")
	case c.tokenUse != "access":
		return refuse(ErrTokenUse, "the token is no access token")
	case !isClientID(c.clientID):
		return refuse(ErrMalformed, "the claim client_id is no client id")
	// A client's token has its own id as its subject; a user's has the user's, and a name.
	case c.user || c.subject != c.clientID:
		return refuse(ErrTokenUse, "the token is that of a user")
	case c.version != version:
		return refuse(ErrMalformed, "the token is of another version than 2")
	case c.expires < 0 || c.issued < 0:
		return refuse(ErrMalformed, "the token lacks one of the claims exp and iat")
	case c.expires <= c.issued || c.expires-c.issued > int64(maxLifetime/time.Second):
		return refuse(ErrMalformed, "the token is valid for longer than Cognito issues them, or not at all")
	}
	return c.checkAudience(audience)
}

// checkAudience follows RFC 7519 section 4.1.3: a token that is for somebody else is refused.
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
