package conformance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// tokenClaims proves what resource servers with package verify rely on: the package refuses other tokens. AWS documents the claims of
// access tokens for users, but not which of them a client's token has.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
func (r *run) tokenClaims(context.Context) finding {
	tokens := 0
	for _, s := range r.seenTokens {
		if s.again {
			continue
		}
		tokens++
		if odd := oddities(s.token, r.target.Validity, r.keys); len(odd) > 0 {
			return fail("a token is not as resource servers expect: %s", strings.Join(odd, "; "))
		}
	}
	switch {
	case tokens == 0:
		return needs("gateway-token")
	case r.keys == nil:
		return needs("signing-key")
	case r.target.Validity == 0:
		return pass("%d tokens are as resource servers expect them; the client's validity is not set, so it was not compared", tokens)
	}
	return pass("%d tokens are as resource servers expect them, each valid for %v", tokens, r.target.Validity)
}

// oddities returns what is unexpected in a token, without its content. If validity is 0 or keys is nil, it is not compared.
func oddities(t *token, validity time.Duration, keys keySet) []string {
	header, claims := part(t.raw, 0), part(t.raw, 1)
	var odd []string
	expect := func(good bool, format string, args ...any) {
		if !good {
			odd = append(odd, fmt.Sprintf(format, args...))
		}
	}
	expect(text(header["alg"]) == "RS256", "its alg is not RS256")
	if keys != nil {
		expect(keys[text(header["kid"])] != nil, "its kid is none of the %d keys'", len(keys))
	}
	expect(text(claims["sub"]) == text(claims["client_id"]), "sub is not the client_id")
	for _, users := range []string{"username", "cognito:username"} {
		expect(claims[users] == nil, "it has the claim %s, which is for users", users)
	}
	expect(claims["aud"] == nil || text(claims["aud"]) == text(claims["client_id"]), "aud is not the client_id")
	expect(string(claims["version"]) == "2", "version is not the number 2")
	expect(text(claims["token_use"]) == "access", "token_use is not access")
	expires, err := strconv.ParseInt(string(claims["exp"]), 10, 64)
	expect(err == nil, "exp is no whole number")
	issued, err := strconv.ParseInt(string(claims["iat"]), 10, 64)
	expect(err == nil, "iat is no whole number")
	if got := time.Duration(expires-issued) * time.Second; validity > 0 && len(odd) == 0 {
		expect(got == validity, "exp is %v after iat, want the client's validity of %v", got, validity)
	}
	return odd
}

// part returns the members of a token's header (0) or claims (1), or nil if that is no JSON object.
func part(raw string, i int) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	parts := strings.Split(raw, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(parts[min(i, len(parts)-1)])
	if err != nil || json.Unmarshal(decoded, &members) != nil {
		return nil
	}
	return members
}

// text returns a JSON string's value, or "" for other JSON.
func text(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}
