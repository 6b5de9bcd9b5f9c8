package clientsecret

import (
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// TestRotator_keepsInvariantsInRandomSchedules goes where the exhaustive families do not: several faults and several actors at once, and a
// Cognito that lags by any time.
func TestRotator_keepsInvariantsInRandomSchedules(t *testing.T) {
	const schedules = 10_000
	if err := flag.Set("rapid.checks", strconv.Itoa(schedules)); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		sc := drawSchedule(t)
		s := sc.system()
		s.listLag = time.Duration(rapid.Int64Range(0, int64(s.bound-time.Millisecond)).Draw(t, "list lag"))
		s.authLag = time.Duration(rapid.Int64Range(0, int64(s.bound-time.Millisecond)).Draw(t, "auth lag"))
		s.Staleness = time.Duration(rapid.Int64Range(0, int64(s.Staleness)).Draw(t, "staleness"))
		s.taggedQuietly = rapid.Bool().Draw(t, "tagged quietly")
		t.Log(sc)
		if err := sc.run(s); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d random schedules", schedules)
}

func drawSchedule(t *rapid.T) schedule {
	const calls = 70
	sc := schedule{start: rapid.SampledFrom(starts).Draw(t, "start"), between: between(rapid.IntRange(0, int(betweens)-1).Draw(t, "between"))}
	for range rapid.IntRange(0, 4).Draw(t, "faults") {
		sc.faults = append(sc.faults, virtual.Fault{
			At:   rapid.IntRange(0, calls).Draw(t, "at"),
			Kind: rapid.SampledFrom(append(virtual.Kinds(true), virtual.Stale)).Draw(t, "kind"),
		})
	}
	candidates := append([]actor{overlappingSweep, overlappingRetry}, actors...)
	for range rapid.IntRange(0, 4).Draw(t, "actors") {
		a := act{
			actor:  rapid.SampledFrom(candidates).Draw(t, "actor"),
			at:     rapid.IntRange(0, calls).Draw(t, "before call"),
			stopAt: rapid.IntRange(0, 14).Draw(t, "stops at its call"),
		}
		a.goOnAt = a.at + rapid.IntRange(1, calls).Draw(t, "for calls")
		if !sc.excludes(a) {
			sc.acts = append(sc.acts, a)
		}
	}
	return sc
}

// excludes tells what breaks the invariant by its nature; docs/runbook.md warns of it: a label that is moved back and forth between two
// sweeps, which no record shows; and two placeholders, one over the other, which leave no label on the live credentials.
func (sc schedule) excludes(a act) bool {
	twice := func(is func(actor) bool, already bool) bool {
		return is(a.actor) && (already || slices.ContainsFunc(sc.acts, func(b act) bool { return is(b.actor) }))
	}
	return twice(func(a actor) bool { return a.movesCurrent }, sc.start.byHand) ||
		twice(func(a actor) bool { return a.overwrites }, sc.start.overwritten)
}
