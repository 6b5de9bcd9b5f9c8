package header

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// world is AWS as far as the rotation sees it, in virtual time. Every version of the stage, of the pattern set and of the secret
// is kept with the time since when it has been there: stale reads return an older one, and check asks whether any request, meeting
// any version of the stage and any version of the set that propagation still allows, is refused.
type world struct {
	*virtual.Time
	stage   []stageRevision
	set     []setRevision
	secret  []secretRevision
	flushes int

	wafBound, stageBound time.Duration
	pessimisticProbes    bool
}

type stageRevision struct {
	at    time.Duration
	value Value
}

type setRevision struct {
	at      time.Duration
	values  []Value
	foreign []Value
}

type secretRevision struct {
	at       time.Duration
	versions []storedVersion
	changed  time.Duration
	flush    FlushState
}

type storedVersion struct {
	id                         string
	value                      Value
	hasValue, current, pending bool
	previous                   bool
	created                    time.Duration
}

func newWorld(current Value) *world {
	return &world{
		Time:  virtual.New(DefaultConfig().FunctionTimeout, 2*time.Minute-time.Millisecond),
		stage: []stageRevision{{virtual.LongAgo, current}},
		set:   []setRevision{{at: virtual.LongAgo, values: []Value{current}}},
		secret: []secretRevision{{at: virtual.LongAgo, changed: virtual.LongAgo, versions: []storedVersion{
			{id: "version-1", value: current, hasValue: true, current: true, created: virtual.LongAgo},
		}}},
		wafBound: 2 * time.Minute, stageBound: 2 * time.Minute,
	}
}

func (w *world) stageAt(t time.Duration) stageRevision {
	return virtual.At(w.stage, func(r stageRevision) time.Duration { return r.at }, t)
}

func (w *world) setAt(t time.Duration) setRevision {
	return virtual.At(w.set, func(r setRevision) time.Duration { return r.at }, t)
}

func (w *world) secretAt(t time.Duration) secretRevision {
	return virtual.At(w.secret, func(r secretRevision) time.Duration { return r.at }, t)
}

func (w *world) writeStage(v Value) { w.stage = append(w.stage, stageRevision{w.Now, v}) }

func (w *world) writeSet(values, foreign []Value) {
	w.set = append(w.set, setRevision{w.Now, slices.Clone(values), slices.Clone(foreign)})
}

// editSecret makes a new revision; change may edit its versions.
func (w *world) editSecret(change func(*secretRevision)) {
	next := w.secretAt(w.Now)
	next.at, next.changed = w.Now, w.Now
	next.versions = slices.Clone(next.versions)
	change(&next)
	w.secret = append(w.secret, next)
}

func (s *secretRevision) version(id string) *storedVersion {
	for i := range s.versions {
		if s.versions[i].id == id {
			return &s.versions[i]
		}
	}
	return nil
}

func (s *secretRevision) current() *storedVersion {
	for i := range s.versions {
		if s.versions[i].current {
			return &s.versions[i]
		}
	}
	panic("a secret always has AWSCURRENT")
}

func (s *secretRevision) pendingVersion() *storedVersion {
	for i := range s.versions {
		if s.versions[i].pending {
			return &s.versions[i]
		}
	}
	return nil
}

// label moves AWSPENDING to the version, or takes it away when id is "".
func (s *secretRevision) label(id string) {
	for i := range s.versions {
		s.versions[i].pending = s.versions[i].id == id
	}
}

func (s *secretRevision) promote(id string) {
	for i := range s.versions {
		v := &s.versions[i]
		v.previous = v.current
		v.current = v.id == id
	}
}

// refusal is a request that WAF may have refused.
type refusal struct {
	stage stageRevision
	set   setRevision
	from  time.Duration
}

func (r refusal) String() string {
	return fmt.Sprintf("from %s on a request may carry the value injected at %s and meet the %d accepted values of %s",
		r.from, r.stage.at, len(r.set.values), r.set.at)
}

// check looks at every pair of a stage version and a set version that a request may meet at the same time, from the given time on.
// A version is visible from when it is written until its bound after the next one was.
func (w *world) check(from time.Duration) *refusal {
	const forever = 1 << 62
	for i, stage := range w.stage {
		stageEnd := time.Duration(forever)
		if i+1 < len(w.stage) {
			stageEnd = w.stage[i+1].at + w.stageBound
		}
		for j, set := range w.set {
			setEnd := time.Duration(forever)
			if j+1 < len(w.set) {
				setEnd = w.set[j+1].at + w.wafBound
			}
			start := max(stage.at, set.at, from)
			if start < min(stageEnd, setEnd) && !slices.Contains(set.values, stage.value) {
				return &refusal{stage, set, start}
			}
		}
	}
	return nil
}

// converged says what is not yet as it must be when everything has come to rest.
func (w *world) converged() error {
	secret, set, stage := w.secretAt(w.Now), w.setAt(w.Now), w.stageAt(w.Now)
	current := secret.current()
	switch pending := secret.pendingVersion(); {
	case stage.value != current.value:
		return errors.New("the injected value is not the current one")
	case len(set.values) != 1 || set.values[0] != current.value:
		return fmt.Errorf("%d values are accepted, want the current one alone", len(set.values))
	case len(set.foreign) != 0:
		return fmt.Errorf("%d foreign patterns are accepted", len(set.foreign))
	case pending != nil && !pending.current:
		return errors.New("AWSPENDING is on another version than AWSCURRENT")
	case secret.flush.Due:
		return errors.New("a flush is due")
	}
	return nil
}
