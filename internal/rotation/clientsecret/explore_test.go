package clientsecret

import (
	"context"
	"fmt"
	"iter"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// schedule is one course of events: two rotations with their sweeps, from a start state, with faults and with others acting in between.
type schedule struct {
	start   start
	between between
	lag     lag
	faults  []virtual.Fault
	acts    []act
}

// between is what happens between the two rotations.
type between int

const (
	graceEnds  between = iota // and the sweep runs before and after
	noSweep                   // the grace ends, and no sweep runs
	withinTime                // the second rotation comes within the grace
	betweens
)

func (b between) String() string {
	return [...]string{"the grace ends", "the grace ends without a sweep", "the grace goes on"}[b]
}

// lag is what of Cognito is as out of date as it may be.
type lag int

const (
	noLag lag = iota
	listsLag
	domainLags
	allLags
	lags
)

func (l lag) String() string {
	return [...]string{"", ", Cognito's lists lag", ", Cognito's domain lags", ", Cognito lags"}[l]
}

// act is an actor's appearance before a request of the two rotations and their sweeps.
type act struct {
	actor
	at int
	// stopAt and goOnAt are for an overlapping invocation: its own request at which it stops, and the one before which it goes on.
	stopAt, goOnAt int
}

func (sc schedule) String() string {
	text := fmt.Sprintf("start %q, then %s%s", sc.start.name, sc.between, sc.lag)
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

// system is the one that the schedule is for.
func (sc schedule) system() *system {
	w := sc.start.base.clone()
	if sc.lag == listsLag || sc.lag == allLags {
		w.listLag = w.bound - time.Millisecond
	}
	if sc.lag == domainLags || sc.lag == allLags {
		w.authLag = w.bound - time.Millisecond
	}
	return newSystem(w)
}

// run plays the schedule and says what went wrong, if anything.
func (sc schedule) run(s *system) error {
	sc.start.prepare(s)
	s.Writes = nil
	s.Faults = sc.faults
	acting := false
	s.Hook = func(call int) {
		if acting { // the actor's own requests
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
	return s.verdict()
}

func (a act) appear(s *system, call int) {
	switch {
	case a.overlaps != nil && call == a.at:
		s.overlapped = true
		s.Overlap(a.stopAt, func(ctx context.Context) error { return a.overlaps(s, ctx) })
	case a.overlaps != nil && call == a.goOnAt:
		s.GoOn()
	case a.act != nil && call == a.at:
		a.act(s)
	}
}

// play is the course of events that faults and actors disturb.
func (sc schedule) play(s *system) {
	s.runSweep()
	if sc.start.leftover {
		_ = s.attempt("leftover")
	} else {
		_ = s.rotate("rotation-a")
	}
	switch sc.between {
	case graceEnds:
		s.after(time.Hour)
		s.after(25 * time.Hour)
	case noSweep:
		s.Advance(26 * time.Hour)
	case withinTime:
		s.after(time.Hour)
	}
	_ = s.rotate("rotation-b")
	s.after(time.Hour)
	s.after(25 * time.Hour)
}

// calls returns for each request of the undisturbed course whether it is a write.
func (sc schedule) calls() []bool {
	s := sc.system()
	sc.start.prepare(s)
	s.Writes = nil
	sc.play(s)
	return s.Writes
}

// families are the families of schedules. The first one is always explored as a whole; of the others, one in thinned is, unless
// LONG_TESTS is set.
var families = []struct {
	name      string
	schedules iter.Seq[schedule]
	thinned   int
}{
	{"single faults", singleFaults(), 1},
	{"actors", actorsAlone(), 3},
	{"overlaps", overlaps(), 13},
	{"pairs of faults", faultPairs(), 13},
	{"actors and faults", actorsAndFaults(), 13},
}

func every(n int, all iter.Seq[schedule]) iter.Seq[schedule] {
	if os.Getenv("LONG_TESTS") != "" {
		return all
	}
	return func(yield func(schedule) bool) {
		i := 0
		for sc := range all {
			if i++; i%n == 0 && !yield(sc) {
				return
			}
		}
	}
}

// courses are the undisturbed courses of events.
func courses() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for i, st := range starts {
			for b := range betweens {
				for l := range lags {
					if thinned := int(l) != (i+int(b))%int(lags); thinned && os.Getenv("LONG_TESTS") == "" {
						continue
					}
					if !yield(schedule{start: st, between: b, lag: l}) {
						return
					}
				}
			}
		}
	}
}

// singleFaults strikes every request of both rotations and their sweeps, from every start state, with every kind of fault.
func singleFaults() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for sc := range courses() {
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

// actorsAlone lets every actor act before every request, from every start state.
func actorsAlone() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for sc := range courses() {
			for call := range sc.calls() {
				for _, who := range actors {
					a := act{actor: who, at: call}
					sc.acts = nil
					if sc.excludes(a) {
						continue
					}
					sc.acts = []act{a}
					if !yield(sc) {
						return
					}
				}
			}
		}
	}
}

// overlaps starts a sweep, or the rotation once more, before every request, stops it before each of its own and lets it go on before
// every later one.
func overlaps() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		for _, sc := range []schedule{
			{start: startNamed("grace is over")}, {start: startNamed("placeholder"), between: noSweep},
			{start: startNamed("client replaced"), between: withinTime, lag: domainLags},
			{start: startNamed("moved back after the grace"), between: withinTime, lag: domainLags},
		} {
			calls := len(sc.calls())
			for _, who := range []actor{overlappingSweep, overlappingRetry} {
				for at := range calls {
					for stopAt := range 14 {
						for goOnAt := at + 1; goOnAt <= calls; goOnAt += 1 + (goOnAt-at)/8 {
							sc.acts = []act{{who, at, stopAt, goOnAt}}
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

// faultPairs strikes every two requests of the rotations and their sweeps.
func faultPairs() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		sc := schedule{start: startNamed("settled"), between: noSweep}
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

// actorsAndFaults lets every actor act before every request, together with every later fault that soon follows.
func actorsAndFaults() iter.Seq[schedule] {
	return func(yield func(schedule) bool) {
		sc := schedule{start: startNamed("a rotation has just ended"), between: graceEnds}
		calls := sc.calls()
		for at := range calls {
			for _, who := range actors {
				sc.acts = []act{{actor: who, at: at}}
				for call := at; call < len(calls); call++ {
					for _, kind := range virtual.Kinds(calls[call]) {
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

func startNamed(name string) start {
	for _, st := range starts {
		if st.name == name {
			return st
		}
	}
	panic(name)
}

func TestRotator_keepsInvariantsInEverySchedule(t *testing.T) {
	began := time.Now()
	var total, failed, helped atomic.Int64
	t.Run("families", func(t *testing.T) {
		for _, family := range families {
			t.Run(family.name, func(t *testing.T) {
				t.Parallel()
				explored := 0
				for sc := range every(family.thinned, family.schedules) {
					explored++
					s := sc.system()
					if err := sc.run(s); err != nil {
						t.Errorf("%s: %v", sc, err)
						if failed.Add(1) >= 10 {
							t.Fatal("giving up")
						}
					}
					helped.Add(int64(min(s.helped, 1)))
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
	t.Logf("%d schedules explored, %d violations, %s; in %d of them somebody's interference had to be undone by a person",
		total.Load(), failed.Load(), time.Since(began).Round(time.Millisecond), helped.Load())
}
