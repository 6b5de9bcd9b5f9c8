package header

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// schedule is one course of events: two rotations with their reconciles, from a start state, with faults and with others acting in
// between.
type schedule struct {
	start   start
	between int // reconciles between the first rotation and the second one
	faults  []virtual.Fault
	acts    []act
}

// act is an actor's appearance before a call of the two rotations and their reconciles.
type act struct {
	actor
	at int
	// stopAt and goOnAt are for an overlapping invocation: its own call at which it stops, and the call before which it goes on.
	stopAt, goOnAt int
}

func (sc schedule) String() string {
	text := fmt.Sprintf("start %q, %d reconciles between the rotations", sc.start.name, sc.between)
	for _, f := range sc.faults {
		text += fmt.Sprintf(", %s at call %d", f.Kind, f.At)
	}
	for _, a := range sc.acts {
		text += fmt.Sprintf(", %s before call %d", a.name, a.at)
		if a.overlaps != nil {
			text += fmt.Sprintf(" (stops at its call %d until call %d)", a.stopAt, a.goOnAt)
		}
	}
	return text
}

// start is a state that the world may be in before the first rotation.
type start struct {
	name    string
	prepare func(*system)
	// leftover: Secrets Manager retries the rotation of version "leftover" instead of beginning one.
	leftover bool
	// byHand: AWSCURRENT was moved to a value that is not accepted. A stack update that resolves it before the reconciler has accepted
	// it breaks the invariant, and nothing here can prevent that: the two are not combined.
	byHand bool
}

// aboutToBeStuck leaves time for one reconcile before the stuck limit.
const aboutToBeStuck = -(3*time.Hour - 20*time.Minute)

// leaveBehind adds a version "leftover" that is AWSPENDING, with a value unless v is zero.
func leaveBehind(s *system, v Value) {
	s.editSecret(func(next *secretRevision) {
		next.at, next.changed = aboutToBeStuck, aboutToBeStuck
		next.versions = append(next.versions, storedVersion{id: "leftover", value: v, hasValue: v != Value{}, created: virtual.LongAgo})
		next.label("leftover")
	})
}

func acceptSince(s *system, at time.Duration, values ...Value) {
	s.set = append(s.set, setRevision{at: at, values: append([]Value{testValue(1)}, values...)})
}

var (
	startClean   = start{name: "clean", prepare: func(*system) {}}
	startInGrace = start{name: "a rotation has just ended", prepare: func(s *system) {
		acceptSince(s, -10*time.Minute, testValue(2))
		s.stage = append(s.stage, stageRevision{-6 * time.Minute, testValue(2)})
		s.editSecret(func(next *secretRevision) {
			next.at, next.changed = -time.Minute, -time.Minute
			next.versions = append(next.versions, storedVersion{id: "version-2", value: testValue(2), hasValue: true, created: virtual.LongAgo})
			next.promote("version-2")
		})
	}}
	startRemovable = start{name: "a former value's grace is over", prepare: func(s *system) {
		acceptSince(s, virtual.LongAgo, testValue(2))
	}}
	startInjected = start{name: "abandoned pending value, injected", prepare: func(s *system) {
		acceptSince(s, aboutToBeStuck, testValue(2))
		s.stage = append(s.stage, stageRevision{aboutToBeStuck + 5*time.Minute, testValue(2)})
		leaveBehind(s, testValue(2))
	}}
	startUnlabelled = start{name: "injected value whose AWSPENDING was taken away", prepare: func(s *system) {
		startInjected.prepare(s)
		s.editSecret(func(next *secretRevision) { next.label("") })
	}}
	startEmpty = start{name: "abandoned empty pending version", prepare: func(s *system) { leaveBehind(s, Value{}) }}
	startMoved = start{name: "label moved by hand", byHand: true, prepare: func(s *system) { s.moveLabelByHand() }}
	startFull  = start{name: "full pattern set", prepare: func(s *system) {
		var values []Value
		for n := 2; n <= MaxPatterns; n++ {
			values = append(values, testValue(n))
		}
		acceptSince(s, virtual.LongAgo, values...)
	}}
	startRetried = start{name: "old rotation retried", leftover: true, prepare: func(s *system) {
		acceptSince(s, aboutToBeStuck, testValue(2))
		leaveBehind(s, testValue(2))
	}}
	startRetriedEmpty = start{name: "old empty rotation retried", leftover: true, prepare: startEmpty.prepare}
)

var starts = []start{
	startClean, startInGrace, startRemovable, startInjected, startUnlabelled, startEmpty, startMoved, startFull, startRetried,
	startRetriedEmpty,
}

var (
	errViolation    = errors.New("violation of the invariant")
	errNotConverged = errors.New("not converged")
)

// run plays the schedule and says what went wrong, if anything.
func (sc schedule) run(s *system) error {
	sc.start.prepare(s)
	s.Faults = sc.faults
	acting := false
	s.Hook = func(call int) {
		if acting { // the actor's own calls
			return
		}
		acting = true
		for _, a := range sc.acts {
			a.appear(s, call)
		}
		acting = false
	}
	sc.play(s)
	if err := s.rest(); err != nil {
		return err
	}
	if refused := s.check(virtual.LongAgo); refused != nil {
		return fmt.Errorf("%w: %s", errViolation, refused)
	}
	return nil
}

func (a act) appear(s *system, call int) {
	switch {
	case a.overlaps != nil && call == a.at:
		s.Overlap(a.stopAt, func(ctx context.Context) error { return a.overlaps(s, ctx) })
	case a.overlaps != nil && call == a.goOnAt:
		s.GoOn()
	case a.act != nil && call == a.at:
		a.act(s)
	}
}

// play is the course of events that faults and actors disturb.
func (sc schedule) play(s *system) {
	if sc.start.leftover {
		_ = s.attempt("leftover")
	} else {
		_ = s.rotate("rotation-a")
	}
	s.runReconcile() // started by the label's event
	s.quarterHours(sc.between)
	_ = s.rotate("rotation-b")
	s.runReconcile()
}

// calls returns for each call of the undisturbed course whether it is a write.
func (sc schedule) calls() []bool {
	s := newSystem(newWorld(testValue(1)))
	sc.start.prepare(s)
	sc.play(s)
	return s.Writes
}

// families are the exhaustive families of schedules.
var families = []struct {
	name      string
	schedules iter.Seq[schedule]
}{
	{"single faults", singleFaults()},
	{"overlaps", overlaps()},
	{"actors", actorsAlone()},
	{"pairs of faults", faultPairs()},
	{"actors and faults", actorsAndFaults()},
}

// singleFaults strikes every call of both rotations and their reconciles, from every start state, with every kind of fault.
func singleFaults() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for _, st := range starts {
			for _, between := range []int{0, 5} {
				sc := schedule{start: st, between: between}
				for call, write := range sc.calls() {
					for _, kind := range virtual.Kinds(write) {
						sc.faults = []virtual.Fault{{At: call, Kind: kind}}
						if !yield(sc) {
							return
						}
					}
				}
			}
		}
	}
}

// actorsAlone lets every actor act before every call, from every start state.
func actorsAlone() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for _, st := range starts {
			for _, between := range []int{0, 5} {
				sc := schedule{start: st, between: between}
				for call := range sc.calls() {
					for _, who := range actors {
						sc.acts = []act{{actor: who, at: call}}
						if (!st.byHand || !who.updatesStack) && !yield(sc) {
							return
						}
					}
				}
			}
		}
	}
}

// actorsAndFaults lets every actor act before every call, together with every fault.
func actorsAndFaults() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		sc := schedule{start: startClean}
		calls := sc.calls()
		for at := range calls {
			for _, who := range actors {
				sc.acts = []act{{actor: who, at: at}}
				for call, write := range calls {
					for _, kind := range virtual.Kinds(write) {
						sc.faults = []virtual.Fault{{At: call, Kind: kind}}
						if !yield(sc) {
							return
						}
					}
				}
			}
		}
	}
}

// overlaps starts a reconcile, or the rotation once more, before every call, stops it before each of its own and lets it go on
// before every later call.
func overlaps() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for _, family := range []struct {
			actor    actor
			ownCalls int // and waits
			starts   []start
		}{
			{overlappingReconcile, 9, []start{startClean, startRemovable, startInjected, startUnlabelled, startMoved}},
			{overlappingRetry, 24, []start{startClean}},
		} {
			for _, st := range family.starts {
				sc := schedule{start: st}
				calls := len(sc.calls())
				for at := range calls {
					for stopAt := range family.ownCalls {
						for goOnAt := at + 1; goOnAt <= calls; goOnAt++ {
							sc.acts = []act{{family.actor, at, stopAt, goOnAt}}
							if !yield(sc) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// faultPairs strikes every two calls of the rotations and their reconciles.
func faultPairs() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		sc := schedule{start: startClean}
		calls := sc.calls()
		for a, aWrites := range calls {
			for b := a + 1; b < len(calls); b++ {
				for _, kindA := range virtual.Kinds(aWrites) {
					for _, kindB := range virtual.Kinds(calls[b]) {
						sc.faults = []virtual.Fault{{At: a, Kind: kindA}, {At: b, Kind: kindB}}
						if !yield(sc) {
							return
						}
					}
				}
			}
		}
	}
}

// TestRotator_keepsInvariantInEverySchedule explores every schedule when LONG_TESTS is set, and otherwise one of every three.
func TestRotator_keepsInvariantInEverySchedule(t *testing.T) {
	began, stride := time.Now(), 3
	if os.Getenv("LONG_TESTS") != "" {
		stride = 1
	}
	var total, failed atomic.Int64
	t.Run("families", func(t *testing.T) {
		for _, family := range families {
			t.Run(family.name, func(t *testing.T) {
				t.Parallel()
				explored, seen := 0, 0
				for sc := range family.schedules {
					if seen++; seen%stride != 0 {
						continue
					}
					explored++
					if err := sc.run(newSystem(newWorld(testValue(1)))); err != nil {
						t.Errorf("%s: %v", sc, err)
						if failed.Add(1) >= 10 {
							t.Fatal("giving up")
						}
					}
				}
				if explored == 0 {
					t.Error("the family is empty")
				}
				total.Add(int64(explored))
				t.Logf("%s: %d schedules", family.name, explored)
			})
		}
	})
	if total.Load() < 20_000 {
		t.Errorf("%d schedules explored, want 20,000 at least", total.Load())
	}
	t.Logf("%d schedules explored, %d violations, %s", total.Load(), failed.Load(), time.Since(began).Round(time.Millisecond))
}
