package verify

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"maps"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// missFor is the number of MissIntervals during which the keys are not read again for the same unknown key. Otherwise a client that keeps
// sending tokens with a wrong key would cause a read per MissInterval.
const missFor = 6

// maxMissed is the maximum number of unknown key IDs that are remembered.
const maxMissed = 256

// key is a key of an issuer. It keeps its pointer as long as the issuer has the key.
type key struct {
	id     string
	public *rsa.PublicKey
}

// signed reports whether this key signed the content with RS256. The algorithm never comes from the token.
func (k *key) signed(content, signature []byte) bool {
	digest := sha256.Sum256(content)
	return rsa.VerifyPKCS1v15(k.public, crypto.SHA256, digest[:], signature) == nil
}

// keySet is immutable, so that tokens are verified without a lock.
type keySet struct {
	keys map[string]*key
	read time.Time
}

// keyring has the keys of an issuer and decides when to read them. Issuers of one user pool may share it.
type keyring struct {
	url                                  string
	client                               *http.Client
	now                                  func() time.Time
	observer                             func(KeysEvent)
	refreshAfter, maxStale, missInterval time.Duration

	current atomic.Pointer[keySet]

	mu      sync.Mutex
	reading *reading // nil if no read is in progress
	failure error    // of the last read
	// blocked is the time before which keys are not read again for an unknown key or after a failure.
	blocked time.Time
	// missed has the key IDs that were not found, and until when they are not looked for again.
	missed map[string]time.Time
}

func newKeyring(c *Config, jwksURL string) *keyring {
	client := *c.HTTPClient
	// A redirect would let another host choose the keys.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &keyring{
		url: jwksURL, client: &client, now: c.Now, observer: c.KeysObserver,
		refreshAfter: c.RefreshAfter, maxStale: c.MaxStale, missInterval: c.MissInterval, missed: map[string]time.Time{},
	}
}

// usable returns the keys unless they are too old. It starts a read in the background when their age reaches refreshAfter.
func (k *keyring) usable() *keySet {
	set := k.current.Load()
	if set == nil {
		return nil
	}
	age := k.now().Sub(set.read)
	if age >= k.maxStale {
		return nil
	}
	if age >= k.refreshAfter {
		k.start(false)
	}
	return set
}

// has reports whether the issuer still has the key.
func (k *keyring) has(known *key) bool {
	set := k.usable()
	return set != nil && set.keys[known.id] == known
}

func (k *keyring) prefetch(ctx context.Context) *Error {
	if k.usable() != nil {
		return nil
	}
	r, _ := k.start(false)
	return k.wait(ctx, r)
}

// lookup returns the key with this ID. If there is none, it reads the keys again, at most once per missInterval.
func (k *keyring) lookup(ctx context.Context, id string) (*key, *Error) {
	if refusal := k.prefetch(ctx); refusal != nil {
		return nil, refusal
	}
	if known := k.find(id); known != nil {
		return known, nil
	}
	for range 2 {
		if k.find(id) != nil || k.hasMissed(id) {
			break
		}
		r, joined := k.start(true)
		if r == nil {
			break
		}
		if refusal := k.wait(ctx, r); refusal != nil {
			return nil, refusal
		}
		// A read that was already in progress may have been answered before the key existed. Only a read that began here proves
		// that there is no such key.
		if !joined {
			if k.find(id) == nil {
				k.miss(id)
			}
			break
		}
	}
	if known := k.find(id); known != nil {
		return known, nil
	}
	return nil, k.unknown()
}

func (k *keyring) find(id string) *key {
	if set := k.current.Load(); set != nil {
		return set.keys[id]
	}
	return nil
}

// unknown refuses a token with an unknown key. If the last read failed, the key may exist.
func (k *keyring) unknown() *Error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failure != nil {
		return k.unavailable(k.failure)
	}
	return refuse(ErrKeyUnknown, "the token names a key that the issuer does not have")
}

func (k *keyring) unavailable(cause error) *Error {
	e := refuse(ErrKeysUnavailable, "the keys of the issuer cannot be read at present")
	e.cause, e.RetryAfter = cause, max(time.Second, k.blocked.Sub(k.now()))
	return e
}

func (k *keyring) hasMissed(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now().Before(k.missed[id])
}

func (k *keyring) miss(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	maps.DeleteFunc(k.missed, func(_ string, until time.Time) bool { return !now.Before(until) })
	if len(k.missed) < maxMissed {
		k.missed[id] = now.Add(missFor * k.missInterval)
	}
}
