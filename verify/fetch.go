package verify

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

const (
	fetchTimeout = 5 * time.Second
	// maxSetBytes is that of the document with the keys. Cognito's, with two keys, has 800.
	maxSetBytes = 64 << 10
	// minKeyBits is RFC 7518 section 3.3's, maxKeyBits bounds the time that a signature takes.
	minKeyBits, maxKeyBits = 2048, 4096
)

// fetch reads the user pool's keys. What it cannot use it leaves out; a document without any key that it can use is an error.
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

func parseKeys(body []byte) (map[string]*rsa.PublicKey, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, errors.New("no JSON Web Key Set")
	}
	keys := map[string]*rsa.PublicKey{}
	for _, raw := range set.Keys {
		id, public := parseKey(raw)
		if public == nil {
			continue
		}
		if _, twice := keys[id]; twice {
			return nil, errors.New("two keys with one id")
		}
		keys[id] = public
	}
	if len(keys) == 0 {
		return nil, errors.New("no key for RS256 signatures")
	}
	return keys, nil
}

// parseKey returns nil for a key that is not exactly for RS256 signatures. Cognito's keys say what they are for.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func parseKey(raw []byte) (string, *rsa.PublicKey) {
	parsed, err := jwk.ParseKey(raw)
	if err != nil {
		return "", nil
	}
	id, _ := parsed.KeyID()
	algorithm, _ := parsed.Algorithm()
	use, _ := parsed.KeyUsage()
	if id == "" || len(id) > maxKeyIDBytes || algorithm != jwa.RS256() || use != jwk.ForSignature.String() {
		return "", nil
	}
	var public rsa.PublicKey
	if jwk.Export(parsed, &public) != nil { // no RSA key, or a private one
		return "", nil
	}
	if bits := public.N.BitLen(); bits < minKeyBits || bits > maxKeyBits || public.E < 3 || public.E%2 == 0 {
		return "", nil
	}
	return id, &public
}
