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

// missFor is for how many MissIntervals the keys are not read again for the same unknown key: a client that keeps sending tokens of another user
// pool must not be why they are always being read.
const missFor = 6

// maxMissed bounds how many unknown key ids are remembered: those of all requests that waited for one read.
const maxMissed = 256

// key is one of the user pool's. The same key is the same pointer for as long as the user pool has it.
type key struct {
	id     string
	public *rsa.PublicKey
}

// signed says whether the signature is of this content with RS256. The algorithm is never taken from the token.
func (k *key) signed(content, signature []byte) bool {
	digest := sha256.Sum256(content)
	return rsa.VerifyPKCS1v15(k.public, crypto.SHA256, digest[:], signature) == nil
}

// keySet is never changed once it is made, so that tokens are verified without a lock.
type keySet struct {
	keys map[string]*key
	read time.Time
}

// keyring has the user pool's keys and decides when they are read.
type keyring struct {
	url                                  string
	client                               *http.Client
	now                                  func() time.Time
	observer                             func(KeysEvent)
	refreshAfter, maxStale, missInterval time.Duration

	current atomic.Pointer[keySet]

	mu      sync.Mutex
	reading *reading // nil: none is going on
	failure error    // of the last read
	// blocked is until when keys are not read again for an unknown key or after a failure.
	blocked time.Time
	// missed are key ids for which the keys were read in vain, until when that counts.
	missed map[string]time.Time
}

func newKeyring(c *Config) *keyring {
	client := *c.HTTPClient
	// A redirect would let another host than the configured one say what the keys are.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &keyring{
		url: c.JWKSURL, client: &client, now: c.Now, observer: c.KeysObserver,
		refreshAfter: c.RefreshAfter, maxStale: c.MaxStale, missInterval: c.MissInterval, missed: map[string]time.Time{},
	}
}

// usable returns the keys unless they are too old, and has them read in the background when they are getting so.
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

// has says whether the user pool still has the key.
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

// lookup returns the key with this id. For an unknown one the keys are read again, if that was not done just before.
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
		// One that was going on before may have been answered when the key was not there yet: only one of its own says that there is none.
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

// unknown says that the user pool has no such key, or that this cannot be told since the keys could not be read lately.
func (k *keyring) unknown() *Error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failure != nil {
		return k.unavailable(k.failure)
	}
	return refuse(ErrKeyUnknown, "the token is signed with a key that is not the user pool's")
}

func (k *keyring) unavailable(cause error) *Error {
	e := refuse(ErrKeysUnavailable, "the user pool's keys cannot be read at present")
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
