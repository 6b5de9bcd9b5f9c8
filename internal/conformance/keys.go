package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// wellKnown is where a resource server finds the pool's public documents.
func (r *run) wellKnown(document string) string {
	base := r.target.WellKnownURL
	if base == "" {
		base = r.issuer()
	}
	return strings.TrimSuffix(base, "/") + "/.well-known/" + document
}

func (r *run) issuer() string {
	if r.target.Issuer != "" {
		return r.target.Issuer
	}
	return r.first.token.issuer
}

// discovery proves that the pool's web ACL, which blocks everything else, lets resource servers read the discovery document. Whether AWS WAF sees
// these requests at all is not documented.
func (r *run) discovery(ctx context.Context) finding {
	if r.first == nil {
		return needs("gateway-token")
	}
	a, err := r.get(ctx, r.wellKnown("openid-configuration"))
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.status != http.StatusOK:
		return fail("answered %v, want 200", a)
	}
	var document struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	switch {
	case json.Unmarshal(a.body, &document) != nil:
		return fail("answered 200 with a body that is no JSON object")
	case document.Issuer != r.first.token.issuer:
		return fail("it is of issuer %q, the tokens of %q", document.Issuer, r.first.token.issuer)
	case document.JWKSURI == "":
		return fail("it has no jwks_uri")
	}
	return pass("answered 200, with the issuer of the tokens")
}

// signingKey proves the same for the keys, and that a token from the gateway is one that a resource server accepts.
func (r *run) signingKey(ctx context.Context) finding {
	if r.first == nil {
		return needs("gateway-token")
	}
	a, err := r.get(ctx, r.wellKnown("jwks.json"))
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.status != http.StatusOK:
		return fail("answered %v, want 200", a)
	}
	keys, err := jwk.Parse(a.body)
	if err != nil {
		return fail("answered 200 with a body that is no JSON Web Key Set")
	}
	signed, err := jws.ParseString(r.first.token.raw)
	if err != nil {
		return fail("the token has no signature")
	}
	header := signed.Signatures()[0].ProtectedHeaders()
	id, _ := header.KeyID()
	key, found := keys.LookupKeyID(id)
	if !found {
		return fail("the token's key id %q is none of the %d keys", id, keys.Len())
	}
	_, err = jwt.ParseString(r.first.token.raw, jwt.WithKey(jwa.RS256(), key), jwt.WithIssuer(r.issuer()),
		jwt.WithAcceptableSkew(time.Minute))
	if err != nil {
		return fail("key %q does not verify the token: %v", id, err)
	}
	r.keys = keys
	return pass("one of %d keys verifies the token", keys.Len())
}
