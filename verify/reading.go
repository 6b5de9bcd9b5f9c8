package verify

import (
	"context"
	"crypto/rsa"
	"time"
)

// reading is one read of the keys. All callers that need it wait for it.
type reading struct {
	began time.Time
	done  chan struct{}
	err   error
}

// abandonedAfter is the age at which callers stop waiting for a read. Lambda freezes background work between two requests for any time.
const abandonedAfter = 2 * fetchTimeout

// start joins the read in progress or begins one. It returns nil if reads are blocked.
func (k *keyring) start(forUnknown bool) (r *reading, joined bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if k.reading != nil && now.Sub(k.reading.began) < abandonedAfter {
		return k.reading, true
	}
	if now.Before(k.blocked) && (forUnknown || k.failure != nil) {
		return nil, false
	}
	if forUnknown {
		k.blocked = now.Add(k.missInterval)
	}
	k.reading = &reading{began: now, done: make(chan struct{})}
	go k.read(k.reading)
	return k.reading, false
}

// wait returns when the read ends or the context is done. A read continues without its first caller, because others may wait for it.
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
	k.finish(r, public, err)
	if k.observer != nil {
		k.observer(KeysEvent{JWKSURL: k.url, Err: err, Keys: len(public), Duration: time.Since(begin)})
	}
}

// finish stores the result of a read, unless a later read has stored its own.
func (k *keyring) finish(r *reading, public map[string]*rsa.PublicKey, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.reading == r {
		k.reading, k.failure = nil, err
		if err != nil {
			k.blocked = k.now().Add(k.missInterval)
		}
	}
	before := k.current.Load()
	if err == nil && (before == nil || !r.began.Before(before.read)) {
		k.current.Store(merge(before, public, r.began))
	}
	r.err = err
	close(r.done)
}

// merge keeps the pointers of known keys.
func merge(before *keySet, public map[string]*rsa.PublicKey, read time.Time) *keySet {
	set := &keySet{keys: make(map[string]*key, len(public)), read: read}
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
