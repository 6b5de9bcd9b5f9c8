package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ActionReport is the outcome of a break-glass action on one tenant's secret.
type ActionReport struct {
	RotationStarted bool `json:"rotationStarted"`
	Deleted         int  `json:"deleted"` // client secrets at Cognito
	Flushed         bool `json:"flushed"` // the stage cache
}

// RotateNow starts a rotation. When the client has two secrets, one has to go first: the superseded one, if its grace is over, or at
// once with force.
func (r *Rotator) RotateNow(ctx context.Context, secretID string, force bool) (report ActionReport, err error) {
	o, err := r.observe(ctx, secretID)
	if err != nil {
		return report, err
	}
	if o.rotating() {
		return report, fmt.Errorf("%w: version %s is AWSPENDING", ErrRotating, o.Versions[LabelPending])
	}
	ids, err := r.list(ctx, o.ClientID)
	if err != nil {
		return report, err
	}
	others, err := r.room(ctx, o, ids, nil)
	if err != nil && (!force || !errors.Is(err, errGrace) && !errors.Is(err, errAdopted)) {
		return report, err
	}
	if err := r.remove(ctx, o, others); err != nil {
		return report, err
	}
	report.Deleted = len(others)
	if err := r.unblock(ctx, o.SecretState); err != nil {
		return report, err
	}
	if err := r.Secrets.StartRotation(ctx, secretID); err != nil {
		return report, fmt.Errorf("starting a rotation: %w", err)
	}
	report.RotationStarted = true
	r.Log.WarnContext(ctx, "started a rotation by request", "secret", secretID, "force", force)
	return report, nil
}

// RevokePrevious deletes the superseded client secret without waiting for its grace, and flushes the stage cache, which would go
// on serving tokens to whoever presents it. It flushes also when there is nothing to delete: an earlier attempt may have ended in between.
func (r *Rotator) RevokePrevious(ctx context.Context, secretID string) (report ActionReport, err error) {
	o, err := r.observe(ctx, secretID)
	if err != nil {
		return report, err
	}
	ids, err := r.list(ctx, o.ClientID)
	if err != nil {
		return report, err
	}
	pending, err := r.pending(ctx, o)
	if err != nil {
		return report, err
	}
	others, err := r.superseded(ctx, o, ids, pending)
	if err != nil {
		return report, err
	}
	if len(others) == 0 && len(ids) >= maxSecrets {
		return report, fmt.Errorf("app client %s has the secrets %s: %w: delete the one that is to be revoked, by hand",
			o.ClientID, strings.Join(ids, " and "), errUnsure)
	}
	if err := r.remove(ctx, o, others); err != nil {
		return report, err
	}
	report.Deleted = len(others)
	if err := r.Cache.Flush(ctx); err != nil {
		return report, fmt.Errorf("flushing the stage cache: %w", err)
	}
	report.Flushed = true
	r.Metrics.Record(CacheFlushes, 1)
	r.Log.WarnContext(ctx, "revoked the superseded client secret", "secret", secretID, "deleted", report.Deleted)
	return report, nil
}

// pending are the credentials of a rotation in progress, nil when there are none.
func (r *Rotator) pending(ctx context.Context, o observation) (*credentials, error) {
	if !o.rotating() {
		return nil, nil
	}
	c, err := r.credentialsOf(ctx, o.SecretState, LabelPending)
	if errors.Is(err, errNoCredentials) {
		return nil, nil
	}
	return &c, err
}
