package verify

import (
	"encoding/base64"
	"strings"
)

const (
	// maxHeaderBytes is that of the encoded header. Cognito's has 88.
	maxHeaderBytes = 1024
	// maxKeyIDBytes is that of kid. Cognito's has 44.
	maxKeyIDBytes = 128
	// maxSignatureBytes is that of the encoded signature by an RSA key of 4096 bits.
	maxSignatureBytes = 683
)

// compact is a JWS in compact serialization: RFC 7515 section 7.1. Nothing in it is to be trusted before its signature is verified.
type compact struct {
	keyID     string
	signed    []byte // what the signature is of
	payload   []byte
	signature []byte
}

// strict refuses encodings with bits that mean nothing, by which one signature could be written in several ways.
var strict = base64.RawURLEncoding.Strict()

func parseCompact(token string) (*compact, *Error) {
	// The decoder skips line breaks, which RFC 7515 section 2 does not allow.
	if strings.IndexByte(token, '\n') >= 0 || strings.IndexByte(token, '\r') >= 0 {
		return nil, refuse(ErrMalformed, "the token has a line break")
	}
	header, rest, ok := strings.Cut(token, ".")
	payload, signature, more := strings.Cut(rest, ".")
	if !ok || !more || strings.IndexByte(signature, '.') >= 0 {
		return nil, refuse(ErrMalformed, "the token has not three parts")
	}
	if len(header) > maxHeaderBytes || len(signature) > maxSignatureBytes {
		return nil, refuse(ErrTooLarge, "the header or the signature of the token is too long")
	}
	if signature == "" {
		return nil, refuse(ErrSignature, "the token is not signed")
	}
	raw := []byte(token)
	decoded := make([]byte, 0, strict.DecodedLen(len(token)))
	var parts [3][]byte
	for i, part := range [3][]byte{raw[:len(header)], raw[len(header)+1 : len(header)+1+len(payload)], raw[len(token)-len(signature):]} {
		begin := len(decoded)
		var err error
		if decoded, err = strict.AppendDecode(decoded, part); err != nil {
			return nil, refuse(ErrMalformed, "a part of the token is no base64url without padding")
		}
		parts[i] = decoded[begin:]
	}
	keyID, refusal := parseHeader(parts[0])
	if refusal != nil {
		return nil, refusal
	}
	return &compact{keyID, raw[:len(header)+1+len(payload)], parts[1], parts[2]}, nil
}

// parseHeader returns the key id of a header that asks for nothing but RS256.
func parseHeader(header []byte) (string, *Error) {
	var keyID, algorithm []byte
	refusal := members(header, func(name, value []byte) *Error {
		ok := true
		switch string(name) {
		case "alg":
			algorithm, ok = unquote(value)
		case "kid":
			keyID, ok = unquote(value)
		case "crit", "b64", "zip":
			// Extensions that change how the token is to be read: RFC 7515 section 4.1.11, RFC 7797, RFC 7516 section 4.1.3.
			return refuse(ErrMalformed, "the header has an extension that is not supported")
		case "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256":
			// Keys come from the user pool alone: RFC 8725 section 3.10.
			return refuse(ErrMalformed, "the header brings its own key")
		}
		if !ok {
			return refuse(ErrMalformed, "the header has an alg or kid that is no text")
		}
		return nil
	})
	switch {
	case refusal != nil:
		return "", refusal
	case string(algorithm) != algorithmName:
		return "", refuse(ErrAlgorithm, "the token is not signed with RS256")
	case len(keyID) == 0 || len(keyID) > maxKeyIDBytes:
		return "", refuse(ErrKeyUnknown, "the header names no key")
	}
	return string(keyID), nil
}
