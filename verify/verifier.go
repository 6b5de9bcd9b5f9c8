package verify

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"
	"time"
)

// algorithmName is that of the only algorithm by which user pools sign.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
const algorithmName = "RS256"

// Verifier verifies the access tokens of one user pool. It is safe for concurrent use; make one and keep it, since it has the keys.
type Verifier struct {
	config Config
	keys   *keyring
	cache  *cache // nil: none
}

// New returns a verifier, or every mistake in the configuration. It reads no keys: Prefetch does, or the first token.
func New(c Config) (*Verifier, error) {
	c, err := c.checked()
	if err != nil {
		return nil, err
	}
	v := &Verifier{config: c, keys: newKeyring(&c)}
	if c.CacheSize > 0 {
		v.cache = newCache(c.CacheSize)
	}
	return v, nil
}

// Prefetch reads the user pool's keys unless they were read before, so that the first token need not wait.
func (v *Verifier) Prefetch(ctx context.Context) error {
	if err := v.keys.prefetch(ctx); err != nil {
		return err
	}
	return nil
}

// Verify returns what the token says if it is an access token that the user pool issued to an allowed client, is valid now, and meets every
// requirement. The error is an *Error.
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
			event.Tenant = t.Tenant
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
	// From here on nothing comes from a cache: a token that was good may have expired, or its client may no longer be allowed.
	if refusal := verified.checkTime(now, v.config.Leeway); refusal != nil {
		return nil, hit, refusal
	}
	tenant, ok := v.tenant(ctx, verified.clientID)
	if !ok {
		return nil, hit, refuse(ErrClient, "the token is of a client that is not allowed here")
	}
	if refusal := unmet(required, verified.scopes); refusal != nil {
		return nil, hit, refusal
	}
	return &Token{
		ClientID: verified.clientID, Tenant: tenant, Scopes: slices.Clone(verified.scopes), ID: verified.id, Issuer: verified.issuer,
		IssuedAt: time.Unix(verified.issued, 0), ExpiresAt: time.Unix(verified.expires, 0), Version: int(verified.version),
	}, hit, nil
}

// scratch is what a verification needs room for, and nothing that outlives it.
type scratch struct {
	token  []byte
	parsed compact
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// authentic returns the claims of a token which the user pool signed for a client.
func (v *Verifier) authentic(ctx context.Context, token string, now time.Time) (c *claims, hit bool, refusal *Error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.token = append(s.token[:0], token...)
	var digest [sha256.Size]byte
	if v.cache != nil {
		digest = sha256.Sum256(s.token)
		if c := v.cache.get(digest, v.keys); c != nil {
			return c, true, nil
		}
	}
	if refusal := s.parsed.parse(s.token); refusal != nil {
		return nil, false, refusal
	}
	k, refusal := v.keys.lookup(ctx, s.parsed.keyID)
	if refusal != nil {
		return nil, false, refusal
	}
	if !k.signed(s.parsed.signed, s.parsed.signature) {
		return nil, false, refuse(ErrSignature, "the signature is not of this token by the user pool's key")
	}
	if c, refusal = parseClaims(s.parsed.payload); refusal != nil {
		return nil, false, refusal
	}
	if refusal := c.check(v.config.Issuer, v.config.Audience); refusal != nil {
		return nil, false, refusal
	}
	if v.cache != nil && c.checkTime(now, v.config.Leeway) == nil {
		v.cache.put(digest, c, k)
	}
	return c, false, nil
}

func (v *Verifier) tenant(ctx context.Context, clientID string) (string, bool) {
	switch {
	case v.config.Tenant != nil:
		return v.config.Tenant(ctx, clientID)
	case v.config.Clients != nil:
		tenant, ok := v.config.Clients[clientID]
		return tenant, ok
	}
	return clientID, true
}
