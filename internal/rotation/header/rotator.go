package header

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// Rotator runs the rotation steps, the reconciler and the break-glass actions. It keeps no state between calls: it can be reused for any
// number of invocations, and invocations may overlap.
type Rotator struct {
	Secret  Secret
	Set     PatternSet
	Stage   Stage
	Prober  Prober
	Clock   Clock
	Metrics Metrics
	Log     *slog.Logger
	Config  Config
}

// accept adds the values and the stage's value to the accepted ones, with the given plan. It returns the stage and a time since which the
// set is known to hold all of them. If the stage's value was not accepted, requests were refused and the refusals cached: a flush becomes
// due. It is recorded before the repair, so that a crash does not lose it.
func (r *Rotator) accept(ctx context.Context, plan planner, flush *FlushState, values ...Value) (StageState, time.Time, error) {
	stage, err := r.Stage.Get(ctx)
	if err != nil {
		return StageState{}, time.Time{}, fmt.Errorf("reading the stage variable: %w", err)
	}
	if err := stage.Value.Check(); err == nil {
		values = append(values, stage.Value)
	} else {
		r.Log.WarnContext(ctx, "not accepting the value of the stage variable", "reason", err)
	}
	since, err := r.update(ctx, func(set AcceptedSet) (AcceptedSet, error) {
		if !flush.Due && !set.has(stage.Value) {
			flush.Due = true
			if err := r.saveFlush(ctx, *flush); err != nil {
				// At worst, cached errors stay until they expire. Without the repair, every request would fail.
				r.Log.ErrorContext(ctx, "a crash would lose the record that a flush is due", "error", err)
			}
		}
		return plan(set, values, !r.Clock.Now().Before(stage.Updated.Add(r.Config.StageBound)))
	})
	return stage, since, err
}

// lockAttempts is how often an update is tried if another writer is faster.
const lockAttempts = 5

// lockBackoff complies with WAF's limit of one update request a second.
const lockBackoff = 2 * time.Second

// update applies change to the present set. If the lock token is stale, the list is stale too, so it reads both again.
func (r *Rotator) update(ctx context.Context, change func(AcceptedSet) (AcceptedSet, error)) (time.Time, error) {
	for attempt := 1; ; attempt++ {
		set, err := r.Set.Get(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("reading the pattern set: %w", err)
		}
		since := r.Clock.Now() // not before the read: another writer may have been faster than the request
		next, err := change(set)
		if err != nil {
			return time.Time{}, err
		}
		if next.same(set) {
			return since, nil
		}
		err = r.Set.Update(ctx, next)
		if err == nil {
			r.Log.InfoContext(ctx, "wrote the pattern set", "values", len(next.Values), "foreign", len(next.Foreign))
			return r.Clock.Now(), nil
		}
		if !isStaleLock(err) || attempt == lockAttempts {
			return time.Time{}, fmt.Errorf("writing the pattern set (attempt %d of %d): %w", attempt, lockAttempts, err)
		}
		if err := r.wait(ctx, lockBackoff); err != nil {
			return time.Time{}, err
		}
	}
}

// awaitAccepted returns when no request can meet a version of the set without v, which has been in the set since the given time.
func (r *Rotator) awaitAccepted(ctx context.Context, v Value, since time.Time) error {
	if err := r.waitUntil(ctx, since.Add(r.Config.WAFBound)); err != nil {
		return err
	}
	set, err := r.Set.Get(ctx)
	if err != nil {
		return fmt.Errorf("reading the pattern set: %w", err)
	}
	if !set.has(v) {
		return fmt.Errorf("another writer dropped the value from the pattern set within %s of its acceptance", r.Config.WAFBound)
	}
	return nil
}

// probe returns when enough probes in a row have passed. It finds a broken setup early. It cannot prove that every WAF host knows the
// value: awaitAccepted does.
func (r *Rotator) probe(ctx context.Context, v Value) error {
	deadline := r.Clock.Now().Add(r.Config.ProbeDeadline)
	for passes := 0; ; {
		outcome := r.Prober.Domain(ctx, v)
		if outcome != Passed {
			passes = 0
		} else if passes++; passes >= r.Config.ProbePasses {
			return nil
		}
		if !r.Clock.Now().Before(deadline) {
			return fmt.Errorf("the Cognito domain let %d probes in a row pass within %s, want %d; the last one was %s",
				passes, r.Config.ProbeDeadline, r.Config.ProbePasses, outcome)
		}
		if err := r.wait(ctx, r.Config.ProbeInterval); err != nil {
			return err
		}
	}
}

// stageReadInterval is the time between two reads of a stage that does not show the written value yet.
const stageReadInterval = 10 * time.Second

// settle returns when the stage has held v, unchanged, for the stage bound: no request carries another value any more.
func (r *Rotator) settle(ctx context.Context, v Value) error {
	giveUp := r.Clock.Now().Add(r.Config.StageBound)
	for {
		stage, err := r.Stage.Get(ctx)
		if err != nil {
			return fmt.Errorf("reading the stage variable: %w", err)
		}
		if stage.Value != v {
			if !r.Clock.Now().Before(giveUp) {
				return fmt.Errorf("the stage variable did not show the injected value within %s: another writer changed it",
					r.Config.StageBound)
			}
			if err := r.wait(ctx, stageReadInterval); err != nil {
				return err
			}
			continue
		}
		settled := stage.Updated.Add(r.Config.StageBound)
		if !r.Clock.Now().Before(settled) {
			return nil
		}
		if err := r.waitUntil(ctx, settled); err != nil {
			return err
		}
	}
}

func (r *Rotator) waitUntil(ctx context.Context, t time.Time) error {
	return r.wait(ctx, t.Sub(r.Clock.Now()))
}

func (r *Rotator) wait(ctx context.Context, d time.Duration) error {
	return clock.Wait(ctx, r.Clock, d)
}
