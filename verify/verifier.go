package verify

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"
	"time"
)

// algorithmName is the only algorithm of user pools.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
const algorithmName = "RS256"

// Verifier verifies the access tokens of one or more issuers. It is safe for concurrent use. It holds the keys: create one and keep it.
type Verifier struct {
	config  Config
	issuers map[string]*issuer // by the exact value of iss
	cache   *cache             // nil if there is none
}

// issuer has the keys that verify its tokens, and no others.
type issuer struct {
	keys    *keyring
	clients map[string]string // tenants by client ID; nil if there is no list
}

// New returns a verifier, or an error with all mistakes in the configuration. It does not read keys: see Prefetch.
func New(c Config) (*Verifier, error) {
	c, err := c.checked()
	if err != nil {
		return nil, err
	}
	v := &Verifier{config: c, issuers: map[string]*issuer{}}
	keyrings := map[string]*keyring{}
	for _, i := range c.Issuers {
		if keyrings[i.JWKSURL] == nil {
			keyrings[i.JWKSURL] = newKeyring(&c, i.JWKSURL)
		}
		v.issuers[i.URL] = &issuer{keyrings[i.JWKSURL], i.Clients}
	}
	if c.CacheSize > 0 {
		v.cache = newCache(c.CacheSize)
	}
	return v, nil
}

// Prefetch reads the keys of the first issuer, unless they have been read, so that its first token does not wait for them. The keys of
// the other issuers are read when a token names them: an issuer in Config.Issuers need not exist yet. The error is an *Error.
func (v *Verifier) Prefetch(ctx context.Context) error {
	if err := v.issuers[v.config.Issuers[0].URL].keys.prefetch(ctx); err != nil {
		return err
	}
	return nil
}

// Verify returns the content of a token if the token passes all checks of this package and meets every requirement. The error is an
// *Error.
func (v *Verifier) Verify(ctx context.Context, token string, required ...Requirement) (*Token, error) {
	var begin time.Time
	if v.config.Observer != nil {
		begin = time.Now()
	}
	t, hit, refusal := v.verify(ctx, token, required)
	if v.config.Observer != nil {
		event := Event{CacheHit: hit, Duration: time.Since(begin)}
		if refusal != nil {
			event.Reason = refusal.Reason
		} else {
			event.Tenant, event.Issuer = t.Tenant, t.Issuer
		}
		v.config.Observer(event)
	}
	if refusal != nil {
		return nil, refusal
	}
	return t, nil
}

func (v *Verifier) verify(ctx context.Context, token string, required []Requirement) (t *Token, hit bool, refusal *Error) {
	if len(token) > v.config.MaxTokenBytes {
		return nil, false, refuse(ErrTooLarge, "the token has more than "+strconv.Itoa(v.config.MaxTokenBytes)+" bytes")
	}
	now := v.config.Now()
	verified, hit, refusal := v.authentic(ctx, token, now)
	if refusal != nil {
		return nil, hit, refusal
	}
	// These checks are never cached: the token may have expired since, or its client may no longer be accepted.
	if refusal := verified.checkTime(now, v.config.Leeway); refusal != nil {
		return nil, hit, refusal
	}
	tenant, ok := v.tenant(ctx, verified)
	if !ok {
		return nil, hit, refuse(ErrClient, "the client of the token is not accepted here")
	}
	if refusal := unmet(required, verified.scopes); refusal != nil {
		return nil, hit, refusal
	}
	return &Token{
		ClientID: verified.clientID, Tenant: tenant, Scopes: slices.Clone(verified.scopes), ID: verified.id, Issuer: verified.issuer,
		IssuedAt: time.Unix(verified.issued, 0), ExpiresAt: time.Unix(verified.expires, 0), Version: int(verified.version),
	}, hit, nil
}

// scratch is the memory of one verification. Nothing in it outlives the verification.
type scratch struct {
	token  []byte
	parsed compact
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// authentic returns the claims of a token that one of the issuers signed for a client.
func (v *Verifier) authentic(ctx context.Context, token string, now time.Time) (c *claims, hit bool, refusal *Error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.token = append(s.token[:0], token...)
	var digest [sha256.Size]byte
	if v.cache != nil {
		digest = sha256.Sum256(s.token)
		if c := v.cache.get(digest); c != nil {
			return c, true, nil
		}
	}
	if refusal := s.parsed.parse(s.token); refusal != nil {
		return nil, false, refusal
	}
	// The payload is not authentic yet. Until its signature is verified, only iss is used, to select the keys.
	if c, refusal = parseClaims(s.parsed.payload); refusal != nil {
		return nil, false, refusal
	}
	i := v.issuers[c.issuer]
	if i == nil {
		return nil, false, refuse(ErrIssuer, "the issuer of the token is not accepted here")
	}
	k, refusal := i.keys.lookup(ctx, s.parsed.keyID)
	if refusal != nil {
		return nil, false, refusal
	}
	if !k.signed(s.parsed.signed, s.parsed.signature) {
		return nil, false, refuse(ErrSignature, "the issuer's key did not sign this token")
	}
	if refusal := c.check(v.config.Audience); refusal != nil {
		return nil, false, refusal
	}
	if v.cache != nil && c.checkTime(now, v.config.Leeway) == nil {
		v.cache.put(&entry{digest, c, k, i.keys})
	}
	return c, false, nil
}

func (v *Verifier) tenant(ctx context.Context, c *claims) (string, bool) {
	if v.config.Tenant != nil {
		return v.config.Tenant(ctx, c.issuer, c.clientID)
	}
	if clients := v.issuers[c.issuer].clients; clients != nil {
		tenant, ok := clients[c.clientID]
		return tenant, ok
	}
	return c.clientID, true
}
