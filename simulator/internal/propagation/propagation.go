// Package propagation models values that a service changes neither at once nor everywhere at the same time.
package propagation

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Value is a value with its recent versions. Within the bound after a change, any reader may meet any version since, or the one before it:
// the worst that "eventually" allows. The zero Value is not usable.
type Value[T any] struct {
	clock func() time.Time
	bound time.Duration

	mu       sync.Mutex
	versions []version[T] // oldest first; the first one is what everyone saw when the second came
}

type version[T any] struct {
	value T
	since time.Time
}

// New returns a value that has been the same everywhere for ever.
func New[T any](value T, bound time.Duration, clock func() time.Time) *Value[T] {
	return &Value[T]{clock: clock, bound: bound, versions: []version[T]{{value: value}}}
}

// Set changes the value.
func (v *Value[T]) Set(value T) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.clock()
	v.forget(now)
	v.versions = append(v.versions, version[T]{value: value, since: now})
}

// Meet returns what one reader meets now: one of the versions that may still be somewhere, by chance.
func (v *Value[T]) Meet() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.forget(v.clock())
	return v.versions[rand.IntN(len(v.versions))].value
}

// Latest is the value as the service's own API shows it, and when it was set.
func (v *Value[T]) Latest() (T, time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	latest := v.versions[len(v.versions)-1]
	return latest.value, latest.since
}

// forget drops the versions that a later one has replaced everywhere.
func (v *Value[T]) forget(now time.Time) {
	for len(v.versions) > 1 && now.Sub(v.versions[1].since) >= v.bound {
		v.versions = v.versions[1:]
	}
}
