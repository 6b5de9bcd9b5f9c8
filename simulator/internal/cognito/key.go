package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
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
	headers jws.Headers
	public  jwk.Key
}

// formerKey verifies until its last token has expired.
type formerKey struct {
	public jwk.Key
	until  time.Time
}

// RotateKey generates the key that signs tokens from now on. JWKS keeps the one before it until its tokens have expired, so that they still verify.
func (p *Pool) RotateKey() error {
	if err := p.PublishKey(); err != nil {
		return err
	}
	return p.UseKey(p.longestValidity())
}

// PublishKey generates the key that will sign and adds it to JWKS, so that whoever verifies can know it before the first token that it signs.
func (p *Pool) PublishKey() error {
	p.rotating.Lock()
	defer p.rotating.Unlock()
	k := *p.keys.Load()
	if k.next != nil {
		return fmt.Errorf("user pool %s: a signing key is published that does not sign yet: use it first", p.config.ID)
	}
	next, err := newSigningKey()
	if err != nil {
		return fmt.Errorf("user pool %s: signing key: %w", p.config.ID, err)
	}
	k.next = &next
	p.keys.Store(&k)
	return nil
}

// UseKey signs with the published key from now on. The former one stays in JWKS for keep.
func (p *Pool) UseKey(keep time.Duration) error {
	p.rotating.Lock()
	defer p.rotating.Unlock()
	k := p.keys.Load()
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

func newSigningKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return signingKey{}, err
	}
	public, kid, err := publicKey(private)
	if err != nil {
		return signingKey{}, err
	}
	k := signingKey{private: private, headers: jws.NewHeaders(), public: public}
	return k, k.headers.Set(jws.KeyIDKey, kid)
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

func (k signingKey) sign(payload []byte) ([]byte, error) {
	return jws.Sign(payload, jws.WithKey(jwa.RS256(), k.private, jws.WithProtectedHeaders(k.headers)))
}

// JWKS is the document at <issuer>/.well-known/jwks.json: the key that signs, one that will, and those whose tokens may still live.
func (p *Pool) JWKS() []byte {
	k, now := p.keys.Load(), p.config.Clock()
	public := []jwk.Key{k.current.public}
	if k.next != nil {
		public = append(public, k.next.public)
	}
	for _, f := range k.former {
		if now.Before(f.until) {
			public = append(public, f.public)
		}
	}
	document, err := json.Marshal(map[string]any{"keys": public})
	if err != nil {
		return nil // public keys always marshal
	}
	return document
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
