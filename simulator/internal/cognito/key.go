package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// keyBits is the size of Cognito's RSA keys.
const keyBits = 2048

// keyring is never changed once it is made, so that tokens are signed without a lock.
type keyring struct {
	private *rsa.PrivateKey
	headers jws.Headers
	// public are the current and, after a rotation, the previous key.
	public []jwk.Key
	jwks   []byte
}

// RotateKey generates the key that signs tokens from now on. JWKS keeps one key before it, so that its tokens still verify.
func (p *Pool) RotateKey() error {
	p.rotating.Lock()
	defer p.rotating.Unlock()
	next, err := newKeyring(p.keys.Load())
	if err != nil {
		return fmt.Errorf("user pool %s: signing key: %w", p.config.ID, err)
	}
	p.keys.Store(next)
	return nil
}

func newKeyring(previous *keyring) (*keyring, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	public, kid, err := publicKey(private)
	if err != nil {
		return nil, err
	}
	k := &keyring{private: private, headers: jws.NewHeaders(), public: []jwk.Key{public}}
	if previous != nil {
		k.public = append(k.public, previous.public[0])
	}
	if err := k.headers.Set(jws.KeyIDKey, kid); err != nil {
		return nil, err
	}
	set := map[string]any{"keys": k.public}
	if k.jwks, err = json.Marshal(set); err != nil {
		return nil, err
	}
	return k, nil
}

// publicKey has the members of Cognito's documents: alg, e, kid, kty, n and use. The kid is in Base64, as Cognito's are.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func publicKey(private *rsa.PrivateKey) (jwk.Key, string, error) {
	public, err := jwk.Import(private.Public())
	if err != nil {
		return nil, "", err
	}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, "", err
	}
	kid := base64.StdEncoding.EncodeToString(thumbprint)
	for name, value := range map[string]any{jwk.KeyIDKey: kid, jwk.AlgorithmKey: jwa.RS256(), jwk.KeyUsageKey: jwk.ForSignature} {
		if err := public.Set(name, value); err != nil {
			return nil, "", err
		}
	}
	return public, kid, nil
}

func (k *keyring) sign(payload []byte) ([]byte, error) {
	return jws.Sign(payload, jws.WithKey(jwa.RS256(), k.private, jws.WithProtectedHeaders(k.headers)))
}

// JWKS is the document at <issuer>/.well-known/jwks.json.
func (p *Pool) JWKS() []byte { return append([]byte(nil), p.keys.Load().jwks...) }

// Discovery is the document at <issuer>/.well-known/openid-configuration. The issuer is the caller's to choose, since a simulation does not
// answer at Issuer; jwks_uri is below it.
func (p *Pool) Discovery(issuer string) []byte {
	document, err := json.Marshal(struct {
		SigningAlgorithms []string `json:"id_token_signing_alg_values_supported"`
		Issuer            string   `json:"issuer"`
		JWKSURI           string   `json:"jwks_uri"`
		ResponseTypes     []string `json:"response_types_supported"`
		Scopes            []string `json:"scopes_supported"`
		SubjectTypes      []string `json:"subject_types_supported"`
		AuthMethods       []string `json:"token_endpoint_auth_methods_supported"`
	}{
		SigningAlgorithms: []string{"RS256"},
		Issuer:            issuer,
		JWKSURI:           issuer + "/.well-known/jwks.json",
		ResponseTypes:     []string{"code", "token"},
		Scopes:            []string{"openid", "email", "phone", "profile"},
		SubjectTypes:      []string{"public"},
		AuthMethods:       []string{"client_secret_basic", "client_secret_post"},
	})
	if err != nil {
		return nil // strings and lists of strings always marshal
	}
	return document
}
