package header

import (
	"context"
	"errors"
	"fmt"
)

// UndoRotation undoes the rotation in progress without waiting for the stuck limit.
func (r *Rotator) UndoRotation(ctx context.Context) (Report, error) {
	return r.reconcile(ctx, func(observation) bool { return true })
}

// RevokePrevious removes every value except the current one and that of a rotation in progress, without waiting for the grace. Do not run
// it while a stack update may write a former value to the stage: requests would be refused until the reconciler, which that update starts,
// has accepted the value again.
func (r *Rotator) RevokePrevious(ctx context.Context) (Report, error) {
	for attempt := 1; ; attempt++ {
		report, err := r.revoke(ctx)
		if !isStaleLock(err) || attempt == lockAttempts {
			return report, err
		}
		if err := r.wait(ctx, lockBackoff); err != nil {
			return report, err
		}
	}
}

func (r *Rotator) revoke(ctx context.Context) (Report, error) {
	o, err := r.observe(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Report{Accepted: len(o.set.Values), Drift: o.drift()}
	if _, err := r.repair(ctx, &o); err != nil {
		return report, err
	}
	if err := r.settle(ctx, o.repaired()); err != nil {
		return report, err
	}

	// The first observation is too old to remove anything.
	if o, err = r.observe(ctx); err != nil {
		return report, err
	}
	if o.drift() {
		return report, errors.New("the pattern set or the stage changed while waiting: revoke again")
	}
	next, removed := o.needed()
	report.Accepted = len(next.Values)
	if len(removed) == 0 {
		return report, nil
	}
	if err := r.Set.Update(ctx, next); err != nil {
		return report, fmt.Errorf("removing %d values from the pattern set: %w", len(removed), err)
	}
	report.Removed = len(removed)
	r.Log.WarnContext(ctx, "revoked values", "values", len(removed))

	refused, err := r.refusedAfterRemoval(ctx)
	if refused {
		// The values are not put back: they were revoked because someone may know them.
		err = fmt.Errorf("WAF refuses the gateway after %d values were revoked: the stage injects a revoked one", len(removed))
	}
	return report, err
}
