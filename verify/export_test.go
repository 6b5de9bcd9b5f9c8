package verify

import "errors"

// SignedBy says whether a signature is by this JWK.
func SignedBy(jwk, signed, signature []byte) (bool, error) {
	id, public := parseKey(jwk)
	if public == nil {
		return false, errors.New("the key is not used")
	}
	return (&key{id, public}).signed(signed, signature), nil
}

// Members returns what members finds in a JSON object.
func Members(object []byte) (map[string]string, error) {
	found := map[string]string{}
	if err := members(object, func(name, value string) *Error { found[name] = value; return nil }); err != nil {
		return nil, err
	}
	return found, nil
}
