package virtual

import (
	"context"
	"iter"
)

// aside is a second invocation that overlaps the first: it stops at one of its own requests or waits and goes on when told. Nothing
// but reserved concurrency keeps two invocations apart, and not every account can have that.
type aside struct {
	stopAt int
	step   int
	yield  func(struct{}) bool
	next   func() (struct{}, bool)
	active bool
}

func (a *aside) running() bool { return a != nil && a.active }

func (a *aside) pause(t *Time) {
	if a.step == a.stopAt {
		deadline := t.deadline
		a.yield(struct{}{})
		t.deadline = deadline
	}
	a.step++
}

// Overlap starts an invocation that stops before its request or wait stopAt, unless one has been stopped already.
func (t *Time) Overlap(stopAt int, f func(context.Context) error) {
	if t.aside != nil {
		return
	}
	a := &aside{stopAt: stopAt}
	a.next, _ = iter.Pull(func(yield func(struct{}) bool) {
		a.yield = yield
		_ = t.Invoke(f)
	})
	t.aside = a
	t.GoOn()
}

// GoOn lets the overlapping invocation run until it stops or ends.
func (t *Time) GoOn() {
	if t.aside == nil || t.aside.active {
		return
	}
	deadline := t.deadline
	t.aside.active = true
	if _, stopped := t.aside.next(); !stopped {
		t.aside = nil
	} else {
		t.aside.active = false
	}
	t.deadline = deadline
}
