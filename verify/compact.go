package verify

import (
	"bytes"
	"encoding/base64"
	"slices"
)

const (
	// maxHeaderBytes is the maximum length of the encoded header. Cognito's header has 88 bytes.
	maxHeaderBytes = 1024
	// maxKeyIDBytes is the maximum length of kid. Cognito's kid has 44 bytes.
	maxKeyIDBytes = 128
	// maxSignatureBytes is the length of the encoded signature of an RSA key of 4,096 bits.
	maxSignatureBytes = 683
)

// compact is a JWS in compact serialization: RFC 7515 section 7.1. It is not trusted before its signature is verified. The next parse
// overwrites its slices.
type compact struct {
	keyID     string
	signed    []byte // the input of the signature
	payload   []byte
	signature []byte
	decoded   []byte // holds payload and signature
}

// strict refuses padding bits that are not zero. Otherwise one signature would have several spellings.
var strict = base64.RawURLEncoding.Strict()

func (c *compact) parse(token []byte) *Error {
	// The decoder skips line breaks, which RFC 7515 section 2 does not allow.
	if bytes.IndexByte(token, '\n') >= 0 || bytes.IndexByte(token, '\r') >= 0 {
		return refuse(ErrMalformed, "the token has a line break")
	}
	header, rest, ok := bytes.Cut(token, dot)
	payload, signature, more := bytes.Cut(rest, dot)
	if !ok || !more || bytes.IndexByte(signature, '.') >= 0 {
		return refuse(ErrMalformed, "the token does not have three parts")
	}
	if len(header) > maxHeaderBytes || len(signature) > maxSignatureBytes {
		return refuse(ErrTooLarge, "the header or the signature of the token is too long")
	}
	if len(signature) == 0 {
		return refuse(ErrSignature, "the token is not signed")
	}
	c.decoded = slices.Grow(c.decoded[:0], strict.DecodedLen(len(token)))
	var decodedHeader []byte
	if decodedHeader, ok = c.decode(header); !ok {
		return notEncoded()
	}
	if c.payload, ok = c.decode(payload); !ok {
		return notEncoded()
	}
	if c.signature, ok = c.decode(signature); !ok {
		return notEncoded()
	}
	c.signed = token[:len(header)+1+len(payload)]
	var refusal *Error
	c.keyID, refusal = parseHeader(decodedHeader)
	return refusal
}

var dot = []byte(".")

// decode appends to decoded, which has capacity for all parts.
func (c *compact) decode(part []byte) ([]byte, bool) {
	begin := len(c.decoded)
	var err error
	c.decoded, err = strict.AppendDecode(c.decoded, part)
	return c.decoded[begin:], err == nil
}

func notEncoded() *Error {
	return refuse(ErrMalformed, "a part of the token is not base64url without padding")
}

// headerNames are the names that parseHeader reads.
var headerNames = []string{"alg", "kid", "crit", "b64", "zip", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256"}

// parseHeader returns the key ID of a header that asks for RS256 and nothing else.
func parseHeader(header []byte) (string, *Error) {
	var keyID, algorithm string
	refusal := members(header, headerNames, func(name, value string) *Error {
		ok := true
		switch name {
		case "alg":
			algorithm, ok = unquote(value)
		case "kid":
			keyID, ok = unquote(value)
		case "crit", "b64", "zip":
			// Extensions that change how the token is read: RFC 7515 section 4.1.11, RFC 7797, RFC 7516 section 4.1.3.
			return refuse(ErrMalformed, "the header has an extension that is not supported")
		case "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256":
			// Keys come from the issuer only: RFC 8725 section 3.10.
			return refuse(ErrMalformed, "the header brings its own key")
		}
		if !ok {
			return refuse(ErrMalformed, "alg or kid in the header is not a string")
		}
		return nil
	})
	switch {
	case refusal != nil:
		return "", refusal
	case algorithm != algorithmName:
		return "", refuse(ErrAlgorithm, "the token is not signed with RS256")
	case keyID == "" || len(keyID) > maxKeyIDBytes:
		return "", refuse(ErrKeyUnknown, "the header names no key")
	}
	return keyID, nil
}
