package header

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// brokenVariants are the mistakes that the exploration must catch. Each one is the real code with one part replaced from outside.
var brokenVariants = []struct {
	name string
	want error
	wrap func(*system)
}{
	{"inject before accept", errViolation, func(s *system) {
		s.step = func(ctx context.Context, step, token string) error {
			if secret := s.secretAt(s.Now); step == StepSet && secret.version(token).hasValue {
				if err := s.rotator.inject(ctx, secret.version(token).value); err != nil {
					return err
				}
			}
			return s.rotator.Step(ctx, step, token)
		}
	}},
	{"assign instead of union", errViolation, func(s *system) {
		// The assigned list even has the value that the stage is read to hold: what is lost are the former ones.
		assigning := *s.rotator
		assigning.Set = forgetful{worldSet{s.world}, s.world}
		s.step = assigning.Step
	}},
	{"drop previous at promote", errViolation, func(s *system) {
		s.step = func(ctx context.Context, step, token string) error {
			err := s.rotator.Step(ctx, step, token)
			if secret := s.secretAt(s.Now); err == nil && step == StepFinish {
				_, err = s.rotator.update(ctx, func(set AcceptedSet) (AcceptedSet, error) {
					set.Values = []Value{secret.current().value}
					return set, nil
				})
			}
			return err
		}
	}},
	{"lock-token retry with the stale list", errViolation, func(s *system) {
		s.rotator.Set = stubborn{s.rotator.Set}
	}},
	{"dwell zero", errViolation, func(s *system) {
		s.rotator.Config.WAFBound = 0
	}},
	{"grace from CreatedDate", errViolation, func(s *system) {
		created := *s.rotator
		created.Secret = createdDate{created.Secret}
		created.Stage = dateless{created.Stage}
		s.reconcile = func(ctx context.Context) error { _, err := created.Reconcile(ctx); return err }
	}},
	{"no grace", errViolation, func(s *system) {
		s.rotator.Config.Grace = 0
	}},
	{"stuck rotation never undone", errNotConverged, func(s *system) {
		s.rotator.Config.StuckLimit = 1 << 62
	}},
}

// forgetful hides the values that no label calls for, so that a union with what it shows assigns the labelled ones.
type forgetful struct {
	PatternSet
	w *world
}

func (f forgetful) Get(ctx context.Context) (AcceptedSet, error) {
	set, err := f.PatternSet.Get(ctx)
	secret := f.w.secretAt(f.w.Now)
	set.Values = slices.DeleteFunc(set.Values, func(v Value) bool {
		return !slices.ContainsFunc(secret.versions, func(stored storedVersion) bool {
			return stored.value == v && (stored.current || stored.pending)
		})
	})
	return set, err
}

// stubborn answers a stale lock token by fetching a new one for the old list.
type stubborn struct{ PatternSet }

func (s stubborn) Update(ctx context.Context, set AcceptedSet) error {
	err := s.PatternSet.Update(ctx, set)
	if !errors.Is(err, ErrStaleLock) {
		return err
	}
	fresh, err := s.Get(ctx)
	if err != nil {
		return err
	}
	set.LockToken = fresh.LockToken
	return s.PatternSet.Update(ctx, set)
}

// createdDate passes the current version's CreatedDate off as the time of the last change.
type createdDate struct{ Secret }

func (c createdDate) Describe(ctx context.Context) (SecretState, error) {
	state, err := c.Secret.Describe(ctx)
	if err != nil {
		return state, err
	}
	current, err := c.Value(ctx, state.CurrentID)
	state.Changed = current.Created
	return state, err
}

// dateless has no lastUpdatedDate.
type dateless struct{ Stage }

func (d dateless) Get(ctx context.Context) (StageState, error) {
	state, err := d.Stage.Get(ctx)
	state.Updated = time.Time{}
	return state, err
}

func TestExploration_catchesBrokenVariants(t *testing.T) {
	for _, variant := range brokenVariants {
		t.Run(variant.name, func(t *testing.T) {
			t.Parallel()
			explored := 0
			for _, family := range families {
				for sc := range family.schedules {
					explored++
					s := newSystem(newWorld(testValue(1)))
					variant.wrap(s)
					if err := sc.run(s); errors.Is(err, variant.want) {
						t.Logf("caught by schedule %d: %s: %v", explored, sc, err)
						return
					}
				}
			}
			t.Errorf("not caught by any of %d schedules", explored)
		})
	}
}
