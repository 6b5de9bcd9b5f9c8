package simulator

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// Origin is the origin header: its secret, the stage variable that the gateway injects, and the set of values that the user pool's web ACL
// accepts.
type Origin struct{ system *System }

// Origin returns the origin header.
func (s *System) Origin() Origin { return Origin{s} }

// Header returns the header's name.
func (o Origin) Header() string { return o.system.origin.header }

// Accepted returns the number of values that the newest version of the set accepts: 1, or more during a rotation.
func (o Origin) Accepted() int {
	if o.system.origin.set == nil {
		return 0
	}
	content, _ := o.system.origin.set.content.Latest()
	return len(content.patterns)
}

// Rotate runs a complete rotation as Secrets Manager does, with the code of the Lambda function, and revokes the former value. It resumes a
// rotation that was interrupted. It takes as long as the bounds say, unless Options.Sleep is set.
//
// The rotation expects a change of the set to take wafBound, and one of the stage stageBound. Bounds below Options.WAFBound and
// Options.StageBound lead to refused requests. A value stays accepted until the requests that began before its removal have ended, so a
// slow machine makes no request fail.
func (o Origin) Rotate(ctx context.Context, wafBound, stageBound time.Duration) error {
	rotator, err := o.system.rotator(wafBound, stageBound)
	if err != nil {
		return err
	}
	state, err := rotator.Secret.Describe(ctx)
	if err != nil {
		return err
	}
	version := state.PendingID
	if version == "" || version == state.CurrentID {
		version = rand.Text()
	}
	for _, step := range []string{header.StepCreate, header.StepSet, header.StepTest, header.StepFinish} {
		if err := rotator.Step(ctx, step, version); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	// Former values stay accepted for the grace, which no run here outlasts; revoking does in one go what the reconciler does after it.
	_, err = rotator.RevokePrevious(ctx)
	return err
}

// SetFault makes the rotations' calls fail. fault gets a call's name, such as "PatternSet.Update", and returns the call's error or nil. It
// may also wait, to make a call slow. A nil fault ends the faults.
func (s *System) SetFault(fault func(call string) error) {
	if fault == nil {
		s.faults.Store(nil)
		return
	}
	s.faults.Store(&fault)
}

func (s *System) fault(call string) error {
	if fault := s.faults.Load(); fault != nil {
		return (*fault)(call)
	}
	return nil
}

func (s *System) rotator(wafBound, stageBound time.Duration) (*header.Rotator, error) {
	if s.origin.secret == nil || s.origin.set == nil {
		return nil, fmt.Errorf("a rotation needs a secret that the stage variable %q names, and a pattern set that names it too: found %t and %t",
			s.origin.variable, s.origin.secret != nil, s.origin.set != nil)
	}
	config := header.DefaultConfig()
	config.WAFBound, config.StageBound = wafBound, stageBound
	config.ProbeInterval, config.ProbeDeadline = wafBound/20, max(10*wafBound, time.Minute)
	return &header.Rotator{
		Secret: secretPort{s, s.origin.secret}, Set: setPort{s, s.origin.set},
		Stage: stagePort{s}, Prober: prober{s}, Clock: systemClock{&s.options}, Metrics: discard{},
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Config: config,
	}, nil
}
