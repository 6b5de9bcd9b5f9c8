package header

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// observation is one reading of everything that the reconciler depends on.
type observation struct {
	set     AcceptedSet
	stage   StageState
	secret  SecretState
	current Value
	created time.Time // of the current version
	pending Value     // zero: none that can be injected
}

// observe reads the lock token before anything else: see remove.
func (r *Rotator) observe(ctx context.Context) (o observation, err error) {
	if o.set, err = r.Set.Get(ctx); err != nil {
		return o, fmt.Errorf("reading the pattern set: %w", err)
	}
	if o.stage, err = r.Stage.Get(ctx); err != nil {
		return o, fmt.Errorf("reading the stage variable: %w", err)
	}
	if o.secret, err = r.Secret.Describe(ctx); err != nil {
		return o, fmt.Errorf("describing the secret: %w", err)
	}
	current, err := r.Secret.Value(ctx, o.secret.CurrentID)
	if err == nil {
		err = current.Value.Check()
	}
	if err != nil {
		return o, fmt.Errorf("reading the current version: %w", err)
	}
	o.current, o.created = current.Value, current.Created
	if o.secret.PendingID == "" || o.secret.PendingID == o.secret.CurrentID {
		o.secret.PendingID = ""
		return o, nil
	}
	o.pending, err = r.value(ctx, o.secret.PendingID)
	if errors.Is(err, ErrNoValue) || errors.Is(err, ErrMalformed) {
		return o, nil // such a value cannot have been injected
	}
	if err != nil {
		return o, fmt.Errorf("reading the pending version: %w", err)
	}
	return o, nil
}

// injects reports whether the stage holds the current value, or the pending one of a rotation.
func (o observation) injects() bool {
	return slices.Contains(o.inUse(), o.stage.Value)
}

// repaired returns the value that the stage injects after a repair.
func (o observation) repaired() Value {
	if o.injects() {
		return o.stage.Value
	}
	return o.current
}

// inUse returns the values of the versions that are AWSCURRENT and AWSPENDING.
func (o observation) inUse() []Value {
	if o.pending == (Value{}) {
		return []Value{o.current}
	}
	return []Value{o.current, o.pending}
}

func (o observation) drift() bool {
	return !o.injects() || !o.set.has(o.current) || !o.set.has(o.stage.Value) || len(o.set.Foreign) > 0
}

// lastNeeded returns the latest time at which a value that is not in use may have been needed. A version's CreatedDate does not show this:
// a version that was created long ago may have been current until a second ago.
func (o observation) lastNeeded() time.Time {
	latest := o.secret.Changed
	for _, t := range []time.Time{o.stage.Updated, o.secret.Flush.Last} {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}

// needed splits the accepted values into those in use and the others. Without drift, the stage's value is in use.
func (o observation) needed() (next AcceptedSet, removed []Value) {
	next = o.set
	next.Values, next.Foreign = nil, nil
	for _, v := range o.set.Values {
		if slices.Contains(o.inUse(), v) {
			next.Values = append(next.Values, v)
		} else {
			removed = append(removed, v)
		}
	}
	return next, removed
}
