package header

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

func TestRevokePrevious_removesOldValues(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*system)
		calls   []string
		want    Report
		wantErr string
		takes   time.Duration // at least
		check   func(*testing.T, *system)
	}{
		{
			name: "a moment after a rotation", prepare: func(s *system) { promoted(s, -time.Minute) },
			calls: []string{getSet, getStage, describe, getValue, getStage, getSet, getStage, describe, getValue, updateSet, probeGate},
			want:  Report{Accepted: 1, Removed: 1},
			check: func(t *testing.T, s *system) { wantAccepted(t, s, pending) },
		},
		{
			name: "the previous value is still injected: inject the current one, dwell, remove",
			prepare: func(s *system) {
				promoted(s, -time.Minute)
				s.writeStage(current)
			},
			want: Report{Accepted: 1, Removed: 1, Drift: true}, takes: 4 * time.Minute,
			check: func(t *testing.T, s *system) { wantAccepted(t, s, pending); wantInjected(t, s, pending) },
		},
		{
			name: "a rotation in progress goes on",
			prepare: func(s *system) {
				promoted(s, -time.Minute)
				s.addVersion("next", other)
				s.setPending("next")
				s.writeSet([]Value{current, pending, other}, nil)
				s.writeStage(other)
			},
			want: Report{Accepted: 2, Removed: 1},
			check: func(t *testing.T, s *system) {
				wantAccepted(t, s, pending, other)
				wantInjected(t, s, other)
				wantPending("next")(t, s)
			},
		},
		{
			name: "nothing to revoke", prepare: func(*system) {},
			want: Report{Accepted: 1},
		},
		{
			name: "someone changes the set once: read again, then remove",
			prepare: func(s *system) {
				promoted(s, -time.Minute)
				once := &rivalOnce{PatternSet: s.rotator.Set, w: s.world}
				s.rotator.Set = once
			},
			want:  Report{Accepted: 1, Removed: 2},
			check: func(t *testing.T, s *system) { wantAccepted(t, s, pending) },
		},
		{
			name: "a stack update rewrites the stage meanwhile",
			prepare: func(s *system) {
				promoted(s, -time.Minute)
				s.stage[1].at = -time.Minute // so that there is something to wait for
				s.After(30*time.Second, func() { s.writeStage(current) })
			},
			want: Report{Accepted: 2}, wantErr: "another writer changed it",
			check: func(t *testing.T, s *system) { wantAccepted(t, s, current, pending) },
		},
		{
			name: "the gateway is refused afterwards: nothing is put back",
			prepare: func(s *system) {
				promoted(s, -time.Minute)
				s.rotator.Prober = prober{gateway: Refused}
			},
			want: Report{Accepted: 1, Removed: 1}, wantErr: "WAF refuses the gateway after 1 values were revoked",
			check: func(t *testing.T, s *system) { wantAccepted(t, s, pending) },
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(newWorld(current))
			tt.prepare(s)
			calls := s.record()
			began := s.Now
			var report Report
			err := s.Invoke(func(ctx context.Context) (err error) { report, err = s.rotator.RevokePrevious(ctx); return err })
			wantError(t, err, tt.wantErr)
			if diff := cmp.Diff(tt.want, report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			if tt.calls != nil {
				if diff := cmp.Diff(tt.calls, *calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			}
			if took := s.Now - began; took < tt.takes {
				t.Errorf("took %s, want at least %s", took, tt.takes)
			}
			if tt.check != nil {
				tt.check(t, s)
			}
		})
	}
}

// rivalOnce changes the set just before the first update.
type rivalOnce struct {
	PatternSet
	w    *world
	done bool
}

func (r *rivalOnce) Update(ctx context.Context, set AcceptedSet) error {
	if !r.done {
		r.done = true
		r.w.writeSet([]Value{current, pending, other}, nil)
	}
	return r.PatternSet.Update(ctx, set)
}

func TestUndoRotation_doesNotWaitForStuckLimit(t *testing.T) {
	s := newSystem(newWorld(current))
	startEmpty.prepare(s)
	report, err := s.rotator.UndoRotation(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Report{Accepted: 1, Stuck: true}, report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	wantPending("")(t, s)
}

// TestRotator_rekeysCompletely follows the runbook after a leak of everything that was ever stored: undo what is in progress, rotate,
// revoke.
func TestRotator_rekeysCompletely(t *testing.T) {
	s := newSystem(newWorld(current))
	startInjected.prepare(s)
	began := s.Now
	if _, err := s.rotator.UndoRotation(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := s.rotate("rekey"); err != nil {
		t.Fatal(err)
	}
	report, err := s.rotator.RevokePrevious(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if report.Accepted != 1 || report.Removed != 2 {
		t.Errorf("report %+v, want 1 accepted and 2 removed", report)
	}
	if err := s.converged(); err != nil {
		t.Error(err)
	}
	if refused := s.check(virtual.LongAgo); refused != nil {
		t.Error(refused)
	}
	t.Logf("re-keyed in %s", s.Now-began)
}
