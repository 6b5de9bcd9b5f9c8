package header

import (
	"context"
	"errors"
	"fmt"
)

// Report is the outcome of a reconcile or of a break-glass action.
type Report struct {
	Accepted int  `json:"accepted"` // values that were accepted when it began, less the removed ones
	Removed  int  `json:"removed"`  // values removed from the accepted ones
	Drift    bool `json:"drift"`    // the pattern set or the stage did not match the secret
	Stuck    bool `json:"stuck"`    // a stuck rotation was undone
	Flushed  bool `json:"flushed"`  // the stage cache was flushed
}

// Reconcile makes the pattern set and the stage match the secret: it repairs drift, undoes a stuck rotation, flushes the cache after
// requests were refused, and removes values that are no longer needed.
func (r *Rotator) Reconcile(ctx context.Context) (Report, error) {
	return r.reconcile(ctx, func(o observation) bool {
		return r.Clock.Now().Sub(o.secret.Changed) >= r.Config.StuckLimit
	})
}

func (r *Rotator) reconcile(ctx context.Context, giveUp func(observation) bool) (Report, error) {
	o, err := r.observe(ctx)
	if err != nil {
		return Report{}, err
	}
	undo := o.secret.PendingID != "" && giveUp(o)
	r.measure(o, undo)
	report := Report{Accepted: len(o.set.Values), Drift: o.drift(), Stuck: undo}
	if undo {
		// From here on only the current value may be injected.
		o.pending = Value{}
	}

	healed, err := r.repair(ctx, &o)
	if err != nil {
		return report, err
	}
	if undo {
		if err := r.Secret.DropPending(ctx, o.secret.PendingID); err != nil {
			return report, fmt.Errorf("removing AWSPENDING from version %s: %w", o.secret.PendingID, err)
		}
		r.Log.WarnContext(ctx, "undid the rotation", "version", o.secret.PendingID)
	}
	if o.secret.Flush.Due {
		report.Flushed, err = r.flush(ctx, o)
		return report, err
	}
	if healed || undo || r.Clock.Now().Before(o.lastNeeded().Add(r.Config.Grace)) {
		return report, nil
	}
	report.Removed, err = r.remove(ctx, o)
	report.Accepted -= report.Removed
	return report, err
}

// repair accepts the values in use and injects the current one, unless the rotation's pending one is injected. healed reports whether
// there was drift.
func (r *Rotator) repair(ctx context.Context, o *observation) (healed bool, err error) {
	if !o.drift() {
		return false, nil
	}
	r.Log.WarnContext(ctx, "drift", "current accepted", o.set.has(o.current), "injected accepted", o.set.has(o.stage.Value),
		"injected in use", o.injects(), "foreign patterns", len(o.set.Foreign))
	_, since, err := r.accept(ctx, unionEvicting, &o.secret.Flush, o.inUse()...)
	if err != nil || o.injects() {
		return true, err
	}
	if err := r.awaitAccepted(ctx, o.current, since); err != nil {
		return true, err
	}
	return true, r.inject(ctx, o.current)
}

// flush drops the cached errors when no request can add one: everything in the set has been there for the WAF bound, and the stage has held
// its value for the stage bound.
func (r *Rotator) flush(ctx context.Context, o observation) (bool, error) {
	if next := o.secret.Flush.Last.Add(r.Config.FlushInterval); r.Clock.Now().Before(next) {
		r.Log.InfoContext(ctx, "postponing the flush", "until", next)
		return false, nil
	}
	if err := r.awaitAccepted(ctx, o.repaired(), r.Clock.Now()); err != nil {
		return false, err
	}
	if err := r.settle(ctx, o.repaired()); err != nil {
		return false, err
	}
	if err := r.Stage.FlushCache(ctx); err != nil {
		return false, fmt.Errorf("flushing the stage cache: %w", err)
	}
	r.Metrics.Record(CacheFlushes, 1)
	r.Log.WarnContext(ctx, "flushed the stage cache")
	return true, r.saveFlush(ctx, FlushState{Last: r.Clock.Now()})
}

func (r *Rotator) saveFlush(ctx context.Context, s FlushState) error {
	if err := r.Secret.SaveFlush(ctx, s); err != nil {
		return fmt.Errorf("tagging the secret with the flush state: %w", err)
	}
	return nil
}

// remove removes the values that are not needed, with the lock token that was read before everything else: if a rotation accepted its value
// in the meantime, WAF refuses the update, and the next reconcile decides again.
func (r *Rotator) remove(ctx context.Context, o observation) (int, error) {
	next, removed := o.needed()
	if len(removed) == 0 {
		return 0, nil
	}
	if err := r.Set.Update(ctx, next); isStaleLock(err) {
		r.Log.InfoContext(ctx, "not removing values: the pattern set changed meanwhile")
		return 0, nil
	} else if err != nil {
		return 0, fmt.Errorf("removing %d values from the pattern set: %w", len(removed), err)
	}
	r.Log.InfoContext(ctx, "removed values", "values", len(removed))

	refused, err := r.refusedAfterRemoval(ctx)
	if err != nil || !refused {
		return len(removed), err
	}
	saved := r.saveFlush(ctx, FlushState{Due: true, Last: o.secret.Flush.Last})
	_, err = r.update(ctx, func(set AcceptedSet) (AcceptedSet, error) {
		return unionEvicting(set, withAll(next.Values, removed), true)
	})
	return 0, errors.Join(fmt.Errorf("WAF refused the gateway after %d values were removed: put them back", len(removed)), err, saved)
}

// refusedAfterRemoval reports whether WAF refuses a request through the gateway after the removal has reached every WAF host.
func (r *Rotator) refusedAfterRemoval(ctx context.Context) (bool, error) {
	if err := r.wait(ctx, r.Config.WAFBound); err != nil {
		return false, err
	}
	outcome := r.Prober.Gateway(ctx)
	r.Log.InfoContext(ctx, "probed the gateway after a removal", "outcome", outcome.String())
	return outcome == Refused, nil
}

func (r *Rotator) measure(o observation, stuck bool) {
	flag := map[bool]float64{true: 1}
	r.Metrics.Record(ValueAgeDays, r.Clock.Now().Sub(o.created).Hours()/24)
	r.Metrics.Record(DriftFound, flag[o.drift()])
	r.Metrics.Record(RotationStuck, flag[stuck])
}
