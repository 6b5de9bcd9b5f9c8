package originheader

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"
)

// faultKind is what can happen to one call.
type faultKind int

const (
	none faultKind = iota
	failBefore
	failAfter // the response is lost
	crashBefore
	crashAfter
	throttled // this call and the next three fail
	stale     // a read returns what was there almost a bound ago
	slow      // the call takes six minutes
	faultKinds
)

func (k faultKind) String() string {
	return [...]string{"none", "fail before", "fail after", "crash before", "crash after", "throttle burst", "stale read", "slow"}[k]
}

// worthwhile tells the kinds that differ for a read or a write.
func (k faultKind) worthwhile(write bool) bool {
	switch k {
	case failAfter, crashAfter:
		return write
	case stale:
		return !write
	}
	return true
}

type fault struct {
	at   int
	kind faultKind
}

const throttleBurst = 4

func (w *world) faultAt(call int) faultKind {
	for _, f := range w.faults {
		if call == f.at || (f.kind == throttled && call > f.at && call < f.at+throttleBurst) {
			return f.kind
		}
	}
	return none
}

// aside is a second invocation that overlaps the first: it stops at one of its own calls or waits and goes on when told. Nothing but
// reserved concurrency keeps two invocations apart, and not every account can have that.
type aside struct {
	stopAt int
	step   int
	yield  func(struct{}) bool
	next   func() (struct{}, bool)
	active bool
}

func (a *aside) running() bool { return a != nil && a.active }

func (a *aside) pause(w *world) {
	if a.step == a.stopAt {
		deadline := w.deadline
		a.yield(struct{}{})
		w.deadline = deadline
	}
	a.step++
}

// overlap starts an invocation that stops before its call stopAt.
func (w *world) overlap(stopAt int, f func(context.Context) error) {
	if w.aside != nil {
		return
	}
	a := &aside{stopAt: stopAt}
	a.next, _ = iter.Pull(func(yield func(struct{}) bool) {
		a.yield = yield
		_ = w.invoke(f)
	})
	w.aside = a
	w.goOn()
}

// goOn lets the overlapping invocation run until it stops or ends.
func (w *world) goOn() {
	if w.aside == nil || w.aside.active {
		return
	}
	deadline := w.deadline
	w.aside.active = true
	if _, stopped := w.aside.next(); !stopped {
		w.aside = nil
	} else {
		w.aside.active = false
	}
	w.deadline = deadline
}

// system is the function under test in its world. The variants that must be caught replace parts of it.
type system struct {
	*world
	step      func(ctx context.Context, step, token string) error
	reconcile func(ctx context.Context) error
	rotator   *Rotator
	// reconciled are the reconciles that ended without an error.
	reconciled []reconcileRun
}

type reconcileRun struct{ began, ended time.Duration }

func newSystem(w *world) *system {
	r := &Rotator{
		Secret: worldSecret{w}, Set: worldSet{w}, Stage: worldStage{w}, Prober: worldProber{w}, Clock: worldClock{w},
		Metrics: noMetrics{}, Log: slog.New(slog.DiscardHandler), Config: DefaultConfig(),
	}
	s := &system{world: w, rotator: r, step: r.Step}
	s.reconcile = func(ctx context.Context) error { _, err := r.Reconcile(ctx); return err }
	return s
}

// rotate is Secrets Manager: it labels an empty version AWSPENDING and runs the steps, all of them again after a failure.
func (s *system) rotate(token string) error {
	secret := s.secretAt(s.now)
	if pending := secret.pendingVersion(); pending != nil && !pending.current {
		return errRotationInProgress
	}
	s.editSecret(func(next *secretRevision) {
		next.versions = append(next.versions, storedVersion{id: token, created: s.now})
		next.label(token)
	})
	return s.attempt(token)
}

const rotationAttempts = 5

func (s *system) attempt(token string) (err error) {
	for range rotationAttempts {
		if err = s.runSteps(token); err == nil {
			return nil
		}
		s.advance(90 * time.Second)
	}
	return err
}

func (s *system) runSteps(token string) error {
	for _, step := range []string{StepCreate, StepSet, StepTest, StepFinish} {
		s.advance(time.Second)
		if err := s.invoke(func(ctx context.Context) error { return s.step(ctx, step, token) }); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

func (s *system) runReconcile() {
	began := s.now
	if err := s.invoke(s.reconcile); err == nil {
		s.reconciled = append(s.reconciled, reconcileRun{began, s.now})
	}
}

// quarterHours lets the schedule run the reconciler n times.
func (s *system) quarterHours(n int) {
	for range n {
		s.advance(15 * time.Minute)
		s.runReconcile()
	}
}

// rest lets the schedule run without faults until everything is as it must be.
func (s *system) rest() error {
	s.goOn()
	s.faults, s.hook = nil, nil
	var err error
	for range 30 {
		s.quarterHours(1)
		if err = s.converged(); err == nil && len(s.pending) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%w after 30 reconciles: %w", errNotConverged, err)
}
