package header

import (
	"flag"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// TestRotator_keepsInvariantInRandomSchedules goes where the exhaustive families do not: several faults and several actors at once, stale
// reads of any age, and probes of either temper.
func TestRotator_keepsInvariantInRandomSchedules(t *testing.T) {
	const schedules = 20_000
	if err := flag.Set("rapid.checks", "20000"); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := newSystem(newWorld(testValue(1)))
		s.pessimisticProbes = rapid.Bool().Draw(t, "pessimistic probes")
		s.Staleness = time.Duration(rapid.IntRange(0, int(s.Staleness)).Draw(t, "staleness"))
		sc := drawSchedule(t)
		t.Log(sc)
		if err := sc.run(s); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d random schedules", schedules)
}

func drawSchedule(t *rapid.T) schedule {
	const calls = 60
	sc := schedule{start: rapid.SampledFrom(starts).Draw(t, "start"), between: rapid.IntRange(0, 6).Draw(t, "between")}
	for range rapid.IntRange(0, 5).Draw(t, "faults") {
		sc.faults = append(sc.faults, virtual.Fault{
			At:   rapid.IntRange(0, calls).Draw(t, "at"),
			Kind: rapid.SampledFrom(append(virtual.Kinds(true), virtual.Stale)).Draw(t, "kind"),
		})
	}
	candidates := append([]actor{overlappingReconcile, overlappingRetry}, actors...)
	for range rapid.IntRange(0, 4).Draw(t, "actors") {
		a := act{
			actor:  rapid.SampledFrom(candidates).Draw(t, "actor"),
			at:     rapid.IntRange(0, calls).Draw(t, "before call"),
			stopAt: rapid.IntRange(0, 12).Draw(t, "stops at its call"),
		}
		a.goOnAt = a.at + rapid.IntRange(1, calls).Draw(t, "for calls")
		if !slices.ContainsFunc(sc.acts, func(b act) bool { return a.excludes(b.actor) || b.excludes(a.actor) }) &&
			(!sc.start.byHand || !a.updatesStack) {
			sc.acts = append(sc.acts, a)
		}
	}
	return sc
}

// excludes tells the pairs that break the invariant by their nature; docs/runbook.md warns of them. A stack update may write a
// value that was never accepted, because it was made current by hand, or is accepted no more, because it was revoked. And revoking
// outruns an overlapping invocation that was entitled to inject the revoked value: reserved concurrency is what excludes that.
func (a actor) excludes(b actor) bool {
	return (a.movesCurrent && b.updatesStack) || (a.revokes && (b.updatesStack || b.overlaps != nil || b.undoes || b.movesCurrent))
}
