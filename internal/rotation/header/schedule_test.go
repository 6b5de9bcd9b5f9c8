package header

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

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
		Secret: worldSecret{w}, Set: worldSet{w}, Stage: worldStage{w}, Prober: worldProber{w}, Clock: w.Clock(),
		Metrics: noMetrics{}, Log: slog.New(slog.DiscardHandler), Config: DefaultConfig(),
	}
	s := &system{world: w, rotator: r, step: r.Step}
	s.reconcile = func(ctx context.Context) error { _, err := r.Reconcile(ctx); return err }
	return s
}

// rotate is Secrets Manager: it labels an empty version AWSPENDING and runs the steps, all of them again after a failure.
func (s *system) rotate(token string) error {
	secret := s.secretAt(s.Now)
	if pending := secret.pendingVersion(); pending != nil && !pending.current {
		return errRotationInProgress
	}
	s.editSecret(func(next *secretRevision) {
		next.versions = append(next.versions, storedVersion{id: token, created: s.Now})
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
		s.Advance(90 * time.Second)
	}
	return err
}

func (s *system) runSteps(token string) error {
	for _, step := range []string{StepCreate, StepSet, StepTest, StepFinish} {
		s.Advance(time.Second)
		if err := s.Invoke(func(ctx context.Context) error { return s.step(ctx, step, token) }); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

func (s *system) runReconcile() {
	began := s.Now
	if err := s.Invoke(s.reconcile); err == nil {
		s.reconciled = append(s.reconciled, reconcileRun{began, s.Now})
	}
}

// quarterHours lets the schedule run the reconciler n times.
func (s *system) quarterHours(n int) {
	for range n {
		s.Advance(15 * time.Minute)
		s.runReconcile()
	}
}

// rest lets the schedule run without faults until everything is as it must be.
func (s *system) rest() error {
	s.GoOn()
	s.Faults, s.Hook = nil, nil
	var err error
	for range 30 {
		s.quarterHours(1)
		if err = s.converged(); err == nil && !s.Due() {
			return nil
		}
	}
	return fmt.Errorf("%w after 30 reconciles: %w", errNotConverged, err)
}
