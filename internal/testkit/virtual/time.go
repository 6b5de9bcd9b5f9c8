// Package virtual runs a function under test in virtual time: every request that it makes takes time, may be struck by a fault, and
// lets others act first. It is for tests of state machines that have to converge from any state.
package virtual

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// Epoch is the virtual time's zero. Tests begin long after it, so that their start states can have a past.
var Epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// LongAgo is a time at which nothing but the start state began.
const LongAgo = -1000 * time.Hour

// ErrInjected is what a request that is struck by a fault returns, unless the test says otherwise.
var ErrInjected = errors.New("injected failure")

const latency = 200 * time.Millisecond

// Time is virtual time, and the requests that the function makes in it. New makes one.
type Time struct {
	Now time.Duration
	// Timeout is how long an invocation may take.
	Timeout time.Duration
	// Staleness is how far back a stale read looks.
	Staleness time.Duration
	// Faults strike requests by index; Failure is what they return.
	Faults  []Fault
	Failure error
	// Hook is told of every request before it is made, if not nil. It may let others act.
	Hook func(call int)
	// Trace is told the name of every request, if not nil.
	Trace func(name string)
	// Writes has for each request so far whether it was a write.
	Writes []bool

	due      []event // by time
	deadline time.Duration
	aside    *aside
}

type event struct {
	at time.Duration
	do func()
}

// New returns a virtual time in which nothing goes wrong.
func New(timeout, staleness time.Duration) *Time {
	return &Time{Timeout: timeout, Staleness: staleness, Failure: ErrInjected, deadline: 1 << 62}
}

// Advance lets time pass and everything happen that is due.
func (t *Time) Advance(d time.Duration) {
	end := t.Now + d
	for len(t.due) > 0 && t.due[0].at <= end {
		next := t.due[0]
		t.due = t.due[1:]
		t.Now = max(t.Now, next.at)
		next.do()
	}
	t.Now = end
}

// After lets something happen later.
func (t *Time) After(d time.Duration, do func()) {
	t.due = append(t.due, event{t.Now + d, do})
	slices.SortStableFunc(t.due, func(a, b event) int { return int(a.at - b.at) })
}

// Due says whether something is to happen yet.
func (t *Time) Due() bool { return len(t.due) > 0 }

// crash ends an invocation without letting it do anything more.
type crash struct{}

// Invoke runs one invocation of the function, which a crash or its timeout may end.
func (t *Time) Invoke(f func(context.Context) error) (err error) {
	outer := t.deadline
	t.deadline = t.Now + t.Timeout
	defer func() {
		t.deadline = outer
		if p := recover(); p != nil {
			if _, ok := p.(crash); !ok {
				panic(p)
			}
			err = errors.New("crashed")
		}
	}()
	return f(invocation{context.Background(), t})
}

// invocation is a context whose deadline is in virtual time.
type invocation struct {
	context.Context
	t *Time
}

func (i invocation) Deadline() (time.Time, bool) { return Epoch.Add(i.t.deadline), true }

// Call is a request: it takes time, may be struck by a fault, and may let others act first. The effect is told as of when it reads.
func (t *Time) Call(name string, write bool, effect func(asOf time.Duration) error) error {
	t.Advance(latency)
	if t.aside.running() {
		t.aside.pause(t)
		t.kill()
		return effect(t.Now)
	}
	if t.Trace != nil {
		t.Trace(name)
	}
	index := len(t.Writes)
	t.Writes = append(t.Writes, write)
	if t.Hook != nil {
		t.Hook(index)
	}
	kind := t.faultAt(index)
	if kind == Slow {
		t.Advance(6 * time.Minute)
	}
	t.kill()
	asOf := t.Now
	switch kind {
	case FailBefore, Throttled:
		return t.Failure
	case CrashBefore:
		panic(crash{})
	case Stale:
		asOf -= t.Staleness
	}
	err := effect(asOf)
	switch kind {
	case FailAfter:
		return t.Failure
	case CrashAfter:
		panic(crash{})
	}
	return err
}

func (t *Time) kill() {
	if t.Now > t.deadline {
		panic(crash{})
	}
}

// Clock is the function's clock.
func (t *Time) Clock() clock.Clock { return virtualClock{t} }

type virtualClock struct{ t *Time }

func (c virtualClock) Now() time.Time { return Epoch.Add(c.t.Now) }

func (c virtualClock) Sleep(_ context.Context, d time.Duration) error {
	t, end := c.t, c.t.Now+d
	if t.aside.running() {
		t.aside.pause(t)
	}
	if t.Now < end {
		t.Advance(end - t.Now)
	}
	t.kill()
	return nil
}

// At returns the revision that was the newest at time t; revisions are in order, and the first one has always been there.
func At[R any](revisions []R, since func(R) time.Duration, t time.Duration) R {
	for _, r := range slices.Backward(revisions) {
		if since(r) <= t {
			return r
		}
	}
	return revisions[0]
}
