package header

import (
	"context"
	"time"
)

// actor is someone who acts during the rotation.
type actor struct {
	name string
	act  func(*system)
	// overlaps: an invocation that stops half-way while the rotation goes on.
	overlaps func(*system, context.Context) error
	// Combinations of actors that must not occur: see excludes.
	updatesStack, movesCurrent, revokes, undoes bool
}

var (
	actors = append(stackUpdates(time.Second, 40*time.Second, 130*time.Second, 15*time.Minute, 59*time.Minute),
		actor{name: "reconcile", act: (*system).runReconcile},
		actor{name: "revoke-previous", revokes: true, act: func(s *system) {
			_ = s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RevokePrevious(ctx); return err })
		}},
		actor{name: "undo-rotation", undoes: true, act: func(s *system) {
			_ = s.Invoke(func(ctx context.Context) error { _, err := s.rotator.UndoRotation(ctx); return err })
		}},
		actor{name: "AWSCURRENT moved by hand", movesCurrent: true, act: func(s *system) { s.moveLabelByHand() }},
		actor{name: "AWSPENDING taken away by hand", undoes: true, act: func(s *system) {
			s.editSecret(func(next *secretRevision) { next.label("") })
		}},
	)
	overlappingReconcile = actor{
		name:     "overlapping reconcile",
		overlaps: func(s *system, ctx context.Context) error { return s.reconcile(ctx) },
	}
)

// overlappingRetry is the same rotation run a second time while the first run is still at it, as after a lost response.
var overlappingRetry = actor{
	name: "overlapping retry",
	overlaps: func(s *system, ctx context.Context) error {
		for _, step := range []string{StepCreate, StepSet, StepTest, StepFinish} {
			if err := s.step(ctx, step, "rotation-a"); err != nil {
				return err
			}
		}
		return nil
	},
}

func stackUpdates(durations ...time.Duration) (all []actor) {
	for _, d := range durations {
		all = append(all, actor{name: "stack update of " + d.String(), updatesStack: true, act: func(s *system) { s.stackUpdate(d) }})
	}
	return all
}
