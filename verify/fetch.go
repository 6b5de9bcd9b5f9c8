package verify

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"
)

const (
	fetchTimeout = 5 * time.Second
	// maxSetBytes is the maximum length of a key set. Cognito's key sets, with two keys, have 800 bytes.
	maxSetBytes = 64 << 10
	// minKeyBits is from RFC 7518 section 3.3. maxKeyBits bounds the time of a verification.
	minKeyBits, maxKeyBits = 2048, 4096
)

// fetch reads the issuer's keys. It skips keys that it cannot use. A set without a usable key is an error.
func (k *keyring) fetch(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", k.url, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSetBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxSetBytes {
		return nil, fmt.Errorf("%s answered more than %d bytes", k.url, maxSetBytes)
	}
	keys, err := parseKeys(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.url, err)
	}
	return keys, nil
}

// parseKeys reads a JSON Web Key Set: RFC 7517 section 5.
func parseKeys(body []byte) (map[string]*rsa.PublicKey, error) {
	var list []json.RawMessage
	refusal := members(body, []string{"keys"}, func(name, value string) *Error {
		if name == "keys" && json.Unmarshal([]byte(value), &list) != nil {
			return refuse(ErrMalformed, "keys is not a list")
		}
		return nil
	})
	if refusal != nil {
		return nil, errors.New("the document is not a JSON Web Key Set")
	}
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range list {
		id, public := parseKey(raw)
		if public == nil {
			continue
		}
		if _, twice := keys[id]; twice {
			return nil, fmt.Errorf("duplicate key ID %q", id)
		}
		keys[id] = public
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("none of %d keys is an RSA key for RS256 signatures", len(list))
	}
	return keys, nil
}

// keyNames are the names that parseKey reads.
var keyNames = []string{"kty", "kid", "alg", "use", "n", "e", "d"}

// parseKey returns nil for a key that is not an RSA public key for RS256 signatures: RFC 7518 section 6.3.1. Cognito's keys have alg and
// use.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func parseKey(raw []byte) (string, *rsa.PublicKey) {
	texts := map[string]string{}
	if members(raw, keyNames, func(name, value string) *Error { texts[name], _ = unquote(value); return nil }) != nil {
		return "", nil
	}
	_, private := texts["d"]
	id := texts["kid"]
	if private || id == "" || len(id) > maxKeyIDBytes || texts["kty"] != "RSA" || texts["alg"] != algorithmName || texts["use"] != "sig" {
		return "", nil
	}
	n, nErr := strict.DecodeString(texts["n"])
	e, eErr := strict.DecodeString(texts["e"])
	if nErr != nil || eErr != nil || len(e) > 4 {
		return "", nil
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if bits := public.N.BitLen(); bits < minKeyBits || bits > maxKeyBits || public.E < 3 || public.E%2 == 0 {
		return "", nil
	}
	return id, public
}
