package header

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// promoted is a rotation from current to pending that ended at the time.
func promoted(s *system, at time.Duration) {
	acceptSince(s, at-5*time.Minute, pending)
	s.stage = append(s.stage, stageRevision{at - 3*time.Minute, pending})
	s.editSecret(func(next *secretRevision) {
		next.at, next.changed = at, at
		next.versions = append(next.versions, storedVersion{id: token, value: pending, hasValue: true, created: at - 6*time.Minute})
		next.label(token)
		next.promote(token)
	})
}

func TestReconcile_convergesFromEveryState(t *testing.T) {
	const hour = time.Hour
	observed := []string{getSet, getStage, describe, getValue}
	then := func(calls ...string) []string { return append(observed[:len(observed):len(observed)], calls...) }

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
			name: "nothing to do", prepare: func(*system) {},
			calls: observed, want: Report{Accepted: 1},
		},
		{
			name: "within the grace, the former value stays", prepare: func(s *system) { promoted(s, -59*time.Minute) },
			calls: observed, want: Report{Accepted: 2},
		},
		{
			name: "after the grace, it goes, and a probe follows", prepare: func(s *system) { promoted(s, -hour) },
			calls: then(updateSet, probeGate), want: Report{Accepted: 1, Removed: 1}, takes: 2 * time.Minute,
			check: func(t *testing.T, s *system) { wantAccepted(t, s, pending) },
		},
		{
			name:    "a stage update within the grace keeps it",
			prepare: func(s *system) { promoted(s, -2*hour); s.stage[1].at = -59 * time.Minute },
			calls:   observed, want: Report{Accepted: 2},
		},
		{
			name: "a flush within the grace keeps it",
			prepare: func(s *system) {
				promoted(s, -2*hour)
				s.secret[1].flush.Last = virtual.Epoch.Add(-59 * time.Minute)
			},
			calls: observed, want: Report{Accepted: 2},
		},
		{
			name: "a former value that the stage injects stays, and the current one is injected",
			prepare: func(s *system) {
				promoted(s, -2*hour)
				s.stage = append(s.stage, stageRevision{-hour, current})
			},
			calls: then(getStage, getSet, getSet, updateStage), want: Report{Accepted: 2, Drift: true}, takes: 2 * time.Minute,
			check: func(t *testing.T, s *system) { wantAccepted(t, s, current, pending); wantInjected(t, s, pending) },
		},
		{
			name: "the value of a rotation in progress stays, accepted and injected",
			prepare: func(s *system) {
				acceptSince(s, -hour, pending)
				s.stage = append(s.stage, stageRevision{-hour, pending})
				s.addVersion(token, pending)
				s.setPending(token)
			},
			calls: then(getValue), want: Report{Accepted: 2},
		},
		{
			name: "someone else is faster than the removal",
			prepare: func(s *system) {
				promoted(s, -hour)
				s.rotator.Set = rival{s.rotator.Set, s.world}
			},
			want: Report{Accepted: 2}, check: func(t *testing.T, s *system) { wantAccepted(t, s, current, pending, other) },
		},
		{
			name: "the gateway is refused after the removal: put back, flush becomes due",
			prepare: func(s *system) {
				promoted(s, -hour)
				s.rotator.Prober = prober{gateway: Refused}
			},
			calls: then(updateSet, tag, getSet, updateSet), want: Report{Accepted: 2},
			wantErr: "WAF refused the gateway after 1 values were removed: put them back",
			check: func(t *testing.T, s *system) {
				wantAccepted(t, s, current, pending)
				if !s.secretAt(s.Now).flush.Due {
					t.Error("no flush is due")
				}
			},
		},
		{
			name:    "an inconclusive probe after the removal changes nothing",
			prepare: func(s *system) { promoted(s, -hour); s.rotator.Prober = prober{} },
			calls:   then(updateSet), want: Report{Accepted: 1, Removed: 1},
		},
		{
			name:    "drift: the injected value is not accepted: accept, wait, flush",
			prepare: func(s *system) { s.foreignRewrite() },
			calls:   then(getStage, getSet, tag, updateSet, getSet, getStage, flushCache, tag),
			want:    Report{Accepted: 1, Drift: true, Flushed: true}, takes: 2 * time.Minute,
			check: func(t *testing.T, s *system) { wantAccepted(t, s, testValue(99), current); wantFlushes(t, s, 1) },
		},
		{
			name:    "drift: the stage injects a stranger: accept, wait, inject, wait, flush",
			prepare: func(s *system) { s.writeStage(other) },
			calls:   then(getStage, getSet, tag, updateSet, getSet, updateStage, getSet, getStage, flushCache, tag),
			want:    Report{Accepted: 1, Drift: true, Flushed: true}, takes: 4 * time.Minute,
			check: func(t *testing.T, s *system) { wantInjected(t, s, current) },
		},
		{
			name:    "drift: the stage injects something malformed, which is never accepted",
			prepare: func(s *system) { s.writeStage(ValueOf(".*")) },
			want:    Report{Accepted: 1, Drift: true, Flushed: true},
			check:   func(t *testing.T, s *system) { wantInjected(t, s, current); wantAccepted(t, s, current) },
		},
		{
			name: "drift: foreign patterns go at once",
			prepare: func(s *system) {
				s.writeSet([]Value{current}, []Value{ValueOf(".*")})
				promoted(s, -time.Minute)
				s.writeSet([]Value{current, pending}, []Value{ValueOf(".*")})
			},
			calls: then(getStage, getSet, updateSet), want: Report{Accepted: 2, Drift: true},
			check: func(t *testing.T, s *system) {
				if n := len(s.setAt(s.Now).foreign); n != 0 {
					t.Errorf("%d foreign patterns left", n)
				}
				wantAccepted(t, s, current, pending)
			},
		},
		{
			name: "drift: a full set makes room for the value in use",
			prepare: func(s *system) {
				startFull.prepare(s)
				s.moveLabelByHand()
			},
			want:  Report{Accepted: 10, Drift: true},
			check: func(t *testing.T, s *system) { wantInjected(t, s, testValue(77)) },
		},
		{
			name: "drift: a full set cannot make room while requests may carry any former value",
			prepare: func(s *system) {
				startFull.prepare(s)
				s.moveLabelByHand()
				s.writeStage(testValue(5))
			},
			want: Report{Accepted: 10, Drift: true}, wantErr: "pattern set is full: it needs 11 patterns, WAF allows 10",
		},
		{
			name: "a flush is postponed when the last one was a moment ago",
			prepare: func(s *system) {
				s.foreignRewrite()
				s.secret[0].flush.Last = virtual.Epoch.Add(-14 * time.Minute)
			},
			want:  Report{Accepted: 1, Drift: true},
			check: func(t *testing.T, s *system) { wantFlushes(t, s, 0) },
		},
		{
			name:    "a flush that is due is made up for",
			prepare: func(s *system) { s.secret[0].flush.Due = true },
			calls:   then(getSet, getStage, flushCache, tag),
			want:    Report{Accepted: 1, Flushed: true}, takes: 2 * time.Minute,
			check: func(t *testing.T, s *system) {
				if s.secretAt(s.Now).flush.Due {
					t.Error("the flush is still due")
				}
			},
		},
		{
			name:    "an empty version is stuck: only its label goes",
			prepare: func(s *system) { startEmpty.prepare(s); s.secret[1].at, s.secret[1].changed = -3*hour, -3*hour },
			calls:   then(getValue, dropPending), want: Report{Accepted: 1, Stuck: true}, check: wantPending(""),
		},
		{
			name:    "an empty version is not stuck yet",
			prepare: func(s *system) { startEmpty.prepare(s) },
			calls:   then(getValue), want: Report{Accepted: 1},
		},
		{
			name:    "a stuck rotation's value is injected: inject the current one, then the label goes",
			prepare: func(s *system) { startInjected.prepare(s); s.secret[1].at, s.secret[1].changed = -3*hour, -3*hour },
			calls:   then(getValue, getStage, getSet, getSet, updateStage, dropPending),
			want:    Report{Accepted: 2, Stuck: true}, takes: 2 * time.Minute,
			check: func(t *testing.T, s *system) {
				wantInjected(t, s, current)
				wantAccepted(t, s, current, pending)
				wantPending("")(t, s)
			},
		},
		{
			name:    "the current value is malformed",
			prepare: func(s *system) { moveValue(s, "version-1", ValueOf("short")) },
			calls:   observed, wantErr: "reading the current version: malformed origin header value",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(newWorld(current))
			tt.prepare(s)
			calls := s.record()
			began := s.Now
			var report Report
			err := s.Invoke(func(ctx context.Context) (err error) { report, err = s.rotator.Reconcile(ctx); return err })
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

// rival changes the set just before the update.
type rival struct {
	PatternSet
	w *world
}

func (r rival) Update(ctx context.Context, set AcceptedSet) error {
	r.w.writeSet([]Value{current, pending, other}, nil)
	return r.PatternSet.Update(ctx, set)
}

func wantFlushes(t *testing.T, s *system, want int) {
	t.Helper()
	if s.flushes != want {
		t.Errorf("%d flushes, want %d", s.flushes, want)
	}
}

// TestReconcile_healsForeignRewrite lets someone replace the pattern set before every call of the rotations and from every start state:
// whatever the rotation made of it, one reconcile later every value in use is accepted, for good, and the cache gets flushed.
func TestReconcile_healsForeignRewrite(t *testing.T) {
	explored := 0
	for _, st := range starts {
		sc := schedule{start: st}
		for call := range sc.calls() {
			explored++
			s := newSystem(newWorld(testValue(1)))
			var rewritten time.Duration
			sc.acts = []act{{at: call, actor: actor{name: "foreign rewrite", act: func(s *system) {
				s.foreignRewrite()
				rewritten = s.Now
			}}}}
			err := sc.run(s)
			if err != nil && !errors.Is(err, errViolation) {
				t.Fatalf("%s: %v", sc, err)
			}
			healed := s.healedBy(t, rewritten)
			if refused := s.check(healed + s.wafBound); refused != nil {
				t.Fatalf("%s: healed at %s: %s", sc, healed, refused)
			}
			if s.flushes == 0 && s.check(rewritten) != nil {
				t.Fatalf("%s: requests were refused but the cache was not flushed", sc)
			}
		}
	}
	t.Logf("%d foreign rewrites healed", explored)
}

// healedBy is the end of the first reconcile that began after the rewrite.
func (s *system) healedBy(t *testing.T, rewritten time.Duration) time.Duration {
	t.Helper()
	for _, run := range s.reconciled {
		if run.began >= rewritten {
			return run.ended
		}
	}
	t.Fatal("no reconcile after the rewrite")
	return 0
}
