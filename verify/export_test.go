package verify

import (
	"crypto/rsa"
	"errors"
)

// SignedBy reports whether the key of this JWK made the signature.
func SignedBy(jwk, signed, signature []byte) (bool, error) {
	id, public := parseKey(jwk)
	if public == nil {
		return false, errors.New("the key is not used")
	}
	return (&key{id, public}).signed(signed, signature), nil
}

// Members returns the members of a JSON object, of which some are read.
func Members(object []byte, read ...string) (map[string]string, error) {
	found := map[string]string{}
	if err := members(object, read, func(name, value string) *Error { found[name] = value; return nil }); err != nil {
		return nil, err
	}
	return found, nil
}

// KeySet returns the keys of a JSON Web Key Set by their IDs.
func KeySet(document []byte) (map[string]*rsa.PublicKey, error) { return parseKeys(document) }
