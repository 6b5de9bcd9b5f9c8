package verify

import (
	"context"
	"crypto/rsa"
	"time"
)

// reading is one read of the keys, which all who need it wait for.
type reading struct {
	done chan struct{}
	err  error
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
	k.finish(r, public, err)
	if k.observer != nil {
		k.observer(KeysEvent{Err: err, Keys: len(public), Duration: time.Since(begin)})
	}
}

func (k *keyring) finish(r *reading, public map[string]*rsa.PublicKey, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reading, k.failure, r.err = nil, err, err
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
