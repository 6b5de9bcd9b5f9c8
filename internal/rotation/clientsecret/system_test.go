package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// system is the function under test in its world. The variants that must be caught replace parts of it.
type system struct {
	*world
	rotator *Rotator
	step    func(ctx context.Context, step, token string) error
	sweep   func(ctx context.Context) error
	report  SweepReport // of the last sweep
	// broken are the times when somebody did what tenants notice, and nothing here can prevent, and until when its effects may begin.
	broken []struct{ at, until time.Duration }
	// foreign: somebody else changed client secrets or took a label away. A person may have to help out.
	foreign    bool
	overlapped bool
	helped     int // how often a person had to
}

func newSystem(w *world) *system {
	config := DefaultConfig()
	config.Interval = 31 * 24 * time.Hour
	r := &Rotator{
		Secrets: worldSecrets{w}, Clients: worldClients{w}, Tokens: worldTokens{w}, Cache: worldCache{w}, Clock: w.Clock(),
		Metrics: noMetrics{}, Log: slog.New(slog.DiscardHandler), Config: config, GatewayURL: testGateway,
	}
	s := &system{world: w, rotator: r}
	s.step = func(ctx context.Context, step, token string) error {
		return s.rotator.Step(ctx, testSecret, step, token)
	}
	s.sweep = func(ctx context.Context) (err error) { s.report, err = s.rotator.Sweep(ctx); return err }
	return s
}

var errRotationInProgress = errors.New("a previous rotation is not complete")

// rotate is Secrets Manager's schedule.
func (s *system) rotate(token string) error {
	if s.secretAt(s.Now).blocked() {
		return errRotationInProgress
	}
	s.begin(token)
	return s.attempt(token)
}

const rotationAttempts = 5

// attempt runs the steps, all of them again after a failure.
func (s *system) attempt(token string) (err error) {
	for range rotationAttempts {
		if err = s.runSteps(token); err == nil {
			s.edit(func(next *secretRevision) { next.rotated, next.hasRotated = s.Now, true })
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

// runSweep is one sweep, and then the rotations that were started.
func (s *system) runSweep() {
	_ = s.Invoke(s.sweep)
	s.runQueued()
}

func (s *system) runQueued() {
	for len(s.queued) > 0 {
		token := s.queued[0]
		s.queued = s.queued[1:]
		_ = s.attempt(token)
	}
}

// after lets time pass and sweeps then.
func (s *system) after(d time.Duration) {
	s.Advance(d)
	s.runSweep()
}

// rest lets the schedule run without faults until everything is as it must be. A person helps out after two days if somebody else
// has interfered.
func (s *system) rest() error {
	s.GoOn()
	s.Faults, s.Hook = nil, nil
	s.runQueued()
	var err error
	for n := range 40 {
		s.after(5 * time.Hour)
		if err = s.converged(); err == nil && !s.Due() {
			return nil
		}
		if n%12 == 11 && (s.foreign || len(s.broken) > 0) {
			s.help()
		}
	}
	return fmt.Errorf("%w: %w", errNotConverged, err)
}

// help is what the runbook says: delete the client secret that is not in use, or any if both are the current one; rotate if the current
// credentials were deleted.
func (s *system) help() {
	s.helped++
	secret := s.secretAt(s.Now)
	current, ok := secret.credentials(LabelCurrent)
	active := s.apps[secret.client].active(s.Now)
	noticed := s.report.Unsure > 0 || ParseSettled(secret.settled).Done // or would be by the next rotation
	for i, other := range active {
		if len(active) == maxSecrets && noticed && (i == 1 || !ok || other.value != current.secret) {
			s.deleteSecret(secret.client, other.id, true)
			return
		}
	}
	if !s.authenticates() {
		_ = s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RotateNow(ctx, testSecret, false); return err })
		s.runQueued()
	}
}

var (
	errViolation    = errors.New("violation of the invariant")
	errNotConverged = errors.New("not converged")
)

// excuse is how long after what somebody did an invocation may go on by what it read before.
const excuse = 16 * time.Minute

// verdict is what went wrong, if anything. What somebody broke is excused until it is healed, and no longer: whatever the function
// itself makes current has to authenticate.
func (s *system) verdict() error {
	var excused violation
	for _, v := range s.check() {
		ok := v.from == excused.to && v.credentials.same(excused.credentials)
		if a := s.apps[v.credentials.clientID]; a != nil {
			ok = ok || v.from >= a.deleted-excuse
			for _, one := range a.secrets { // a person deleted it while it was about to become the current one
				ok = ok || (one.byHand && one.value == v.credentials.secret && one.deleted <= v.from && v.from <= one.deleted+excuse)
			}
		}
		for _, b := range s.broken {
			ok = ok || (b.at <= v.from && v.from <= b.until)
		}
		if !ok {
			return fmt.Errorf("%w: %s", errViolation, v)
		}
		if !v.former {
			excused = v
		}
	}
	return nil
}
