package conformance

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// wellKnown returns the URL of one of the pool's public documents, as resource servers derive it.
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

// discovery proves that the pool's web ACL, which blocks everything else, lets resource servers read the discovery document. AWS does not
// document whether AWS WAF sees these requests.
func (r *run) discovery(ctx context.Context) finding {
	a := r.get(ctx, r.wellKnown("openid-configuration"))
	var document struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	switch {
	case a.status != http.StatusOK:
		return fail("answered %v, want 200", a)
	case json.Unmarshal(a.body, &document) != nil:
		return fail("answered 200 with a body that is no JSON object")
	case document.Issuer != r.first.token.issuer:
		return fail("it is of issuer %q, the tokens of %q", document.Issuer, r.first.token.issuer)
	case document.JWKSURI == "":
		return fail("it has no jwks_uri")
	}
	return pass("answered 200, with the issuer of the tokens")
}

// signingKey proves the same for the keys, and that a resource server accepts a token from the gateway.
func (r *run) signingKey(ctx context.Context) finding {
	a := r.get(ctx, r.wellKnown("jwks.json"))
	if a.status != http.StatusOK {
		return fail("answered %v, want 200", a)
	}
	keys, err := parseKeys(a.body)
	if err != nil {
		return fail("answered 200 with a body that is no JSON Web Key Set: %v", err)
	}
	id := text(part(r.first.token.raw, 0)["kid"])
	key := keys[id]
	if key == nil {
		return fail("the token's key ID %q is none of the %d keys", id, len(keys))
	}
	if err := r.first.token.verify(key, r.issuer(), time.Now()); err != nil {
		return fail("key %q does not verify the token: %v", id, err)
	}
	r.keys = keys
	return pass("one of %d keys verifies the token", len(keys))
}

// keySet maps key IDs to a user pool's RSA keys.
type keySet map[string]*rsa.PublicKey

func parseKeys(document []byte) (keySet, error) {
	var set struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &set); err != nil {
		return nil, err
	}
	keys := keySet{}
	for _, jwk := range set.Keys {
		n, nErr := base64.RawURLEncoding.DecodeString(text(jwk["n"]))
		e, eErr := base64.RawURLEncoding.DecodeString(text(jwk["e"]))
		if text(jwk["kty"]) != "RSA" || nErr != nil || eErr != nil || len(e) > 4 {
			continue
		}
		keys[text(jwk["kid"])] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	return keys, nil
}

// verify checks a token without package verify, because the question is whether that package will find what it relies on.
func (t *token) verify(key *rsa.PublicKey, issuer string, now time.Time) error {
	dot := strings.LastIndexByte(t.raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(t.raw[dot+1:])
	if err != nil {
		return errors.New("the signature is not in base64url")
	}
	if text(part(t.raw, 0)["alg"]) != "RS256" {
		return errors.New("alg is not RS256")
	}
	digest := sha256.Sum256([]byte(t.raw[:dot]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
		return err
	}
	switch {
	case t.issuer != issuer:
		return fmt.Errorf("iss is %q, want %q", t.issuer, issuer)
	case now.Add(-maxSkew).After(t.expires):
		return errors.New("it has expired")
	case now.Add(maxSkew).Before(t.issued):
		return errors.New("iat is in the future")
	}
	return nil
}

// maxSkew is how far the clocks of this machine and of Cognito may differ.
const maxSkew = time.Minute
