package originheader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// world is AWS as far as the rotation sees it, in virtual time. Every version of the stage, of the pattern set and of the secret
// is kept with the time since when it has been there: stale reads return an older one, and check asks whether any request, meeting
// any version of the stage and any version of the set that propagation still allows, is refused.
type world struct {
	now     time.Duration
	stage   []stageRevision
	set     []setRevision
	secret  []secretRevision
	flushes int

	wafBound, stageBound time.Duration
	staleness            time.Duration // of a stale read
	pessimisticProbes    bool

	pending  []event // of CloudFormation and of people, by time
	deadline time.Duration
	calls    int
	writes   []bool // by call index: was it a write
	faults   []fault
	failure  error // what a failing call returns
	hook     func(call int)
	trace    func(name string) // told of every call, if not nil
	aside    *aside
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

type event struct {
	at time.Duration
	do func()
}

// epoch is the virtual time's zero. The world begins long after it, so that the start states can have a past.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	longAgo = -1000 * time.Hour
	latency = 200 * time.Millisecond
)

var errInjected = errors.New("injected failure")

// crash ends an invocation without letting it do anything more.
type crash struct{}

func newWorld(current Value) *world {
	return &world{
		stage: []stageRevision{{longAgo, current}},
		set:   []setRevision{{at: longAgo, values: []Value{current}}},
		secret: []secretRevision{{at: longAgo, changed: longAgo, versions: []storedVersion{
			{id: "version-1", value: current, hasValue: true, current: true, created: longAgo},
		}}},
		wafBound: 2 * time.Minute, stageBound: 2 * time.Minute, staleness: 2*time.Minute - time.Millisecond,
		deadline: 1 << 62, failure: errInjected,
	}
}

// advance lets time pass and everything happen that is due.
func (w *world) advance(d time.Duration) {
	end := w.now + d
	for len(w.pending) > 0 && w.pending[0].at <= end {
		next := w.pending[0]
		w.pending = w.pending[1:]
		w.now = max(w.now, next.at)
		next.do()
	}
	w.now = end
}

func (w *world) schedule(after time.Duration, do func()) {
	w.pending = append(w.pending, event{w.now + after, do})
	slices.SortStableFunc(w.pending, func(a, b event) int { return int(a.at - b.at) })
}

// invoke runs one Lambda invocation, which a crash or its timeout may end.
func (w *world) invoke(f func(context.Context) error) (err error) {
	outer := w.deadline
	w.deadline = w.now + DefaultConfig().FunctionTimeout
	defer func() {
		w.deadline = outer
		if p := recover(); p != nil {
			if _, ok := p.(crash); !ok {
				panic(p)
			}
			err = errors.New("crashed")
		}
	}()
	return f(invocation{context.Background(), w})
}

// invocation is a context whose deadline is in virtual time.
type invocation struct {
	context.Context
	w *world
}

func (i invocation) Deadline() (time.Time, bool) { return epoch.Add(i.w.deadline), true }

// call is every request to AWS: it takes time, may be struck by a fault, and may let others act first.
func (w *world) call(name string, write bool, effect func(asOf time.Duration) error) error {
	w.advance(latency)
	if w.aside.running() {
		w.aside.pause(w)
		w.kill()
		return effect(w.now)
	}
	if w.trace != nil {
		w.trace(name)
	}
	index := w.calls
	w.calls++
	w.writes = append(w.writes, write)
	if w.hook != nil {
		w.hook(index)
	}
	kind := w.faultAt(index)
	if kind == slow {
		w.advance(6 * time.Minute)
	}
	w.kill()
	asOf := w.now
	switch kind {
	case failBefore, throttled:
		return w.failure
	case crashBefore:
		panic(crash{})
	case stale:
		asOf -= w.staleness
	}
	err := effect(asOf)
	switch kind {
	case failAfter:
		return w.failure
	case crashAfter:
		panic(crash{})
	}
	return err
}

func (w *world) kill() {
	if w.now > w.deadline {
		panic(crash{})
	}
}

// worldClock implements Clock.
type worldClock struct{ w *world }

func (c worldClock) Now() time.Time { return epoch.Add(c.w.now) }

func (c worldClock) Sleep(_ context.Context, d time.Duration) error {
	w, end := c.w, c.w.now+d
	if w.aside.running() {
		w.aside.pause(w)
	}
	if w.now < end {
		w.advance(end - w.now)
	}
	w.kill()
	return nil
}

// lastAt returns the index of the revision that was the newest at time t.
func lastAt[R any](revisions []R, at func(R) time.Duration, t time.Duration) R {
	for _, r := range slices.Backward(revisions) {
		if at(r) <= t {
			return r
		}
	}
	return revisions[0]
}

func (w *world) stageAt(t time.Duration) stageRevision {
	return lastAt(w.stage, func(r stageRevision) time.Duration { return r.at }, t)
}

func (w *world) setAt(t time.Duration) setRevision {
	return lastAt(w.set, func(r setRevision) time.Duration { return r.at }, t)
}

func (w *world) secretAt(t time.Duration) secretRevision {
	return lastAt(w.secret, func(r secretRevision) time.Duration { return r.at }, t)
}

func (w *world) writeStage(v Value) { w.stage = append(w.stage, stageRevision{w.now, v}) }

func (w *world) writeSet(values, foreign []Value) {
	w.set = append(w.set, setRevision{w.now, slices.Clone(values), slices.Clone(foreign)})
}

// editSecret makes a new revision; change may edit its versions.
func (w *world) editSecret(change func(*secretRevision)) {
	next := w.secretAt(w.now)
	next.at, next.changed = w.now, w.now
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
	secret, set, stage := w.secretAt(w.now), w.setAt(w.now), w.stageAt(w.now)
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
