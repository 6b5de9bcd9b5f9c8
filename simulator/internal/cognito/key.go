package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"time"
)

// keyBits is the size of Cognito's RSA keys.
const keyBits = 2048

// keyring is never changed once it is made, so that tokens are signed without a lock.
type keyring struct {
	current signingKey
	next    *signingKey // published, but not signing yet; nil when no rotation is in progress
	former  []formerKey // newest first
}

type signingKey struct {
	private *rsa.PrivateKey
	public  publicKey
}

// formerKey verifies until its last token has expired.
type formerKey struct {
	public publicKey
	until  time.Time
}

// publicKey is a JSON Web Key with the members of Cognito's documents.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
type publicKey struct {
	Algorithm string `json:"alg"`
	Exponent  string `json:"e"`
	ID        string `json:"kid"`
	Type      string `json:"kty"`
	Modulus   string `json:"n"`
	Use       string `json:"use"`

	rsa *rsa.PublicKey
}

// ring is the keyring. Its first key is generated when one is needed: many a pool is loaded only to be refused.
func (p *Pool) ring() *keyring {
	p.first.Do(func() { p.keys.Store(&keyring{current: newSigningKey()}) })
	return p.keys.Load()
}

// RotateKey generates the key that signs tokens from now on. JWKS keeps the one before it until its tokens have expired, so that they still
// verify.
func (p *Pool) RotateKey() error {
	if err := p.PublishKey(); err != nil {
		return err
	}
	return p.UseKey(p.longestValidity())
}

// PublishKey generates the key that will sign and adds it to JWKS, so that whoever verifies can know it before the first token that it
// signs.
func (p *Pool) PublishKey() error {
	p.rotating.Lock()
	defer p.rotating.Unlock()
	k := *p.ring()
	if k.next != nil {
		return fmt.Errorf("user pool %s: a signing key is published that does not sign yet: use it first", p.config.ID)
	}
	next := newSigningKey()
	k.next = &next
	p.keys.Store(&k)
	return nil
}

// UseKey signs with the published key from now on. The former one stays in JWKS for keep.
func (p *Pool) UseKey(keep time.Duration) error {
	p.rotating.Lock()
	defer p.rotating.Unlock()
	k := p.ring()
	if k.next == nil {
		return fmt.Errorf("user pool %s: no signing key is published that does not sign yet: publish one first", p.config.ID)
	}
	now := p.config.Clock()
	former := []formerKey{{k.current.public, now.Add(keep)}}
	for _, f := range k.former {
		if now.Before(f.until) {
			former = append(former, f)
		}
	}
	p.keys.Store(&keyring{current: *k.next, former: former})
	return nil
}

// longestValidity is how long a token lives at most.
func (p *Pool) longestValidity() time.Duration {
	longest := minValidity
	for _, c := range p.Clients() {
		longest = max(longest, c.Validity)
	}
	return longest
}

func newSigningKey() signingKey {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		panic(err) // crypto/rand's reader never fails.
	}
	return signingKey{private, newPublicKey(&private.PublicKey)}
}

// newPublicKey names a key by its thumbprint (RFC 7638), in Base64 as Cognito's ids are.
func newPublicKey(k *rsa.PublicKey) publicKey {
	e, n := base64URL(big.NewInt(int64(k.E)).Bytes()), base64URL(k.N.Bytes())
	thumbprint := sha256.Sum256(fmt.Appendf(nil, `{"e":%q,"kty":"RSA","n":%q}`, e, n))
	id := base64.StdEncoding.EncodeToString(thumbprint[:])
	return publicKey{Algorithm: "RS256", Exponent: e, ID: id, Type: "RSA", Modulus: n, Use: "sig", rsa: k}
}

func base64URL(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// sign returns a token with the payload, signed with RS256.
func (k signingKey) sign(payload []byte) ([]byte, error) {
	signed := base64URL(fmt.Appendf(nil, `{"alg":"RS256","kid":%q}`, k.public.ID)) + "." + base64URL(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, digest[:])
	if err != nil {
		return nil, err
	}
	return []byte(signed + "." + base64URL(signature)), nil
}

// JWKS is the document at <issuer>/.well-known/jwks.json: the key that signs, one that will, and those whose tokens may still live.
func (p *Pool) JWKS() []byte {
	document, err := json.Marshal(map[string]any{"keys": p.published()})
	if err != nil {
		return nil // public keys always marshal
	}
	return document
}

func (p *Pool) published() []publicKey {
	k, now := p.ring(), p.config.Clock()
	public := []publicKey{k.current.public}
	if k.next != nil {
		public = append(public, k.next.public)
	}
	for _, f := range k.former {
		if now.Before(f.until) {
			public = append(public, f.public)
		}
	}
	return public
}

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
