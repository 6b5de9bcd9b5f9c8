package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// token is a token response with the unverified claims of its access token.
type token struct {
	raw                             string
	kind                            string // token_type of the response
	promised                        time.Duration
	id, client, use, issuer, scopes string // claims; scopes are separated by spaces
	issued, expires                 time.Time
}

func parseToken(body []byte) (*token, error) {
	var response struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
		TokenType   string `json:"token_type"`
	}
	if json.Unmarshal(body, &response) != nil || response.AccessToken == "" {
		return nil, errors.New("the body is no token response of RFC 6749 section 5.1")
	}
	claims := part(response.AccessToken, 1)
	if claims == nil || strings.Count(response.AccessToken, ".") != 2 {
		return nil, errors.New("the access token is no JSON Web Token")
	}
	t := &token{raw: response.AccessToken, kind: response.TokenType, promised: time.Duration(response.ExpiresIn) * time.Second}
	for claim, to := range map[string]*string{
		"jti": &t.id, "client_id": &t.client, "iss": &t.issuer, "scope": &t.scopes, "token_use": &t.use,
	} {
		if claims[claim] == nil || json.Unmarshal(claims[claim], to) != nil {
			return nil, fmt.Errorf("the access token's claim %s is missing or no string", claim)
		}
	}
	t.issued, t.expires = numericDate(claims["iat"]), numericDate(claims["exp"])
	if t.issued.IsZero() || t.expires.IsZero() || t.id == "" {
		return nil, errors.New("the access token lacks one of the claims iat, exp and jti")
	}
	return t, nil
}

// numericDate returns the zero time for anything but a positive number of seconds. It drops fractions.
func numericDate(value json.RawMessage) time.Time {
	var seconds float64
	if json.Unmarshal(value, &seconds) != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

func (t *token) validity() time.Duration { return t.expires.Sub(t.issued) }

// hasScopes reports whether the token has exactly the scopes of a scope parameter, in any order: RFC 6749 section 3.3.
func (t *token) hasScopes(parameter string) bool {
	return slices.Equal(scopeSet(t.scopes), scopeSet(parameter))
}

func scopeSet(parameter string) []string {
	scopes := strings.Fields(parameter)
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
