package cognito

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// Verify returns the claims of a token that the pool signed with a key that is published still, and that has not expired.
func (p *Pool) Verify(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("the token does not have three parts")
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return nil, err
		}
	}
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	var claims map[string]any
	if err := errors.Join(json.Unmarshal(decoded[0], &header), json.Unmarshal(decoded[1], &claims)); err != nil {
		return nil, err
	}
	if header.Algorithm != "RS256" || !p.signed(parts[0]+"."+parts[1], decoded[2], header.KeyID) {
		return nil, errors.New("the signature is not by a published key with RS256")
	}
	expires, _ := claims["exp"].(float64)
	switch {
	case claims["iss"] != p.Issuer():
		return nil, errors.New("the token is another issuer's")
	case float64(p.config.Clock().Unix()) >= expires:
		return nil, errors.New("the token has expired")
	}
	return claims, nil
}

// signed says whether the signature is by the published key with this id.
func (p *Pool) signed(content string, signature []byte, keyID string) bool {
	digest := sha256.Sum256([]byte(content))
	for _, k := range p.published() {
		if k.ID == keyID {
			return rsa.VerifyPKCS1v15(k.rsa, crypto.SHA256, digest[:], signature) == nil
		}
	}
	return false
}
