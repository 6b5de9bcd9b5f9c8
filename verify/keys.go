package verify

import (
	"context"
	"crypto/rsa"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// maxMissed bounds how many unknown key ids are remembered.
const maxMissed = 256

// key is one of the user pool's. The same key is the same pointer for as long as the user pool has it.
type key struct {
	id     string
	public *rsa.PublicKey
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
	missed  map[string]bool // key ids that were unknown when the keys were last read, until blocked
}

// reading is one read of the keys, which all who need it wait for.
type reading struct {
	done chan struct{}
	err  error
}

func newKeyring(c *Config) *keyring {
	client := *c.HTTPClient
	// A redirect would let another host than the configured one say what the keys are.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &keyring{
		url: c.JWKSURL, client: &client, now: c.Now, observer: c.KeysObserver,
		refreshAfter: c.RefreshAfter, maxStale: c.MaxStale, missInterval: c.MissInterval, missed: map[string]bool{},
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
	return k.wait(ctx, k.start(false))
}

// lookup returns the key with this id. For an unknown one the keys are read again, if that was not done just before.
func (k *keyring) lookup(ctx context.Context, id string) (*key, *Error) {
	if refusal := k.prefetch(ctx); refusal != nil {
		return nil, refusal
	}
	if known := k.find(id); known != nil {
		return known, nil
	}
	if !k.hasMissed(id) {
		r := k.start(true)
		if r != nil {
			if refusal := k.wait(ctx, r); refusal != nil {
				return nil, refusal
			}
			if known := k.find(id); known != nil {
				return known, nil
			}
			k.miss(id)
		}
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
	return k.missed[id] && k.now().Before(k.blocked)
}

func (k *keyring) miss(id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.missed) < maxMissed {
		k.missed[id] = true
	}
}

// start joins the read that is going on, or begins one unless that is blocked; then it returns nil.
func (k *keyring) start(forUnknown bool) *reading {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reading != nil {
		return k.reading
	}
	now := k.now()
	if now.Before(k.blocked) && (forUnknown || k.failure != nil) {
		return nil
	}
	if forUnknown {
		k.blocked = now.Add(k.missInterval)
	}
	k.reading = &reading{done: make(chan struct{})}
	go k.read(k.reading)
	return k.reading
}

// wait returns when the keys were read, or the context is done. The read goes on without who started it: others wait for it.
func (k *keyring) wait(ctx context.Context, r *reading) *Error {
	if r == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.unavailable(k.failure)
	}
	var cause error
	select {
	case <-r.done:
		cause = r.err
	case <-ctx.Done():
		cause = ctx.Err()
	}
	if cause == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.unavailable(cause)
}

func (k *keyring) read(r *reading) {
	begin := time.Now()
	public, err := k.fetch(context.Background())
	if k.observer != nil {
		k.observer(KeysEvent{Err: err, Keys: len(public), Duration: time.Since(begin)})
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reading, k.failure, r.err = nil, err, err
	clear(k.missed)
	if err == nil {
		k.current.Store(k.merge(public))
	} else {
		k.blocked = k.now().Add(k.missInterval)
	}
	close(r.done)
}

// merge keeps those keys that are known already.
func (k *keyring) merge(public map[string]*rsa.PublicKey) *keySet {
	set := &keySet{keys: make(map[string]*key, len(public)), read: k.now()}
	before := k.current.Load()
	for id, p := range public {
		set.keys[id] = &key{id, p}
		if before != nil {
			if old := before.keys[id]; old != nil && old.public.Equal(p) {
				set.keys[id] = old
			}
		}
	}
	return set
}
