package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// turn is what the sweep found and did when it was a secret's turn.
type turn struct {
	settled     bool // nothing is left to do
	placeholder bool // AWSCURRENT holds no credentials
	started     bool // a rotation
	rewritten   bool
	deleted     int
	drift       bool
	stuck       bool
	unsure      bool
	asked       bool // Cognito, or for a rotation: what the pace is for
}

// tend brings one secret to where nothing is left to do, as far as it can be at the moment. An error means that something is wrong; that
// something is not due yet is none.
func (r *Rotator) tend(ctx context.Context, secretID string) (turn, error) {
	var t turn
	o, err := r.observe(ctx, secretID)
	if err != nil {
		return t, err
	}
	t.placeholder = !o.hasCredentials()
	err = r.take(ctx, o, &t)
	if errors.Is(err, errUnsure) {
		t.unsure = true
		r.Log.WarnContext(ctx, "unsure", "secret", o.ID, "reason", err)
		return t, nil
	}
	return t, err
}

// take does what comes first of what there is to do.
func (r *Rotator) take(ctx context.Context, o observation, t *turn) error {
	if err := r.unblock(ctx, o.SecretState); err != nil {
		return err
	}
	if t.placeholder {
		if restored, err := r.restore(ctx, o, t); restored || err != nil {
			return err
		}
	}
	if o.rotating() || o.Versions[LabelAbandoned] != "" {
		if done, err := r.giveUp(ctx, o, t); !done || err != nil {
			return err
		}
	}
	t.asked = true
	switch {
	case t.placeholder:
		return r.onboard(ctx, o, t)
	case !o.current.fit(o.SecretState, r.GatewayURL):
		return r.rewrite(ctx, o, t)
	}
	return r.verify(ctx, o, t)
}

// restore makes the former version the current one again if somebody overwrote AWSCURRENT with something that is no credentials.
func (r *Rotator) restore(ctx context.Context, o observation, t *turn) (bool, error) {
	previous, err := r.credentialsOf(ctx, o.SecretState, LabelPrevious)
	if errors.Is(err, errNoCredentials) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.drift, t.asked = true, true
	if ok, err := r.authenticates(ctx, previous); !ok || err != nil {
		return false, err
	}
	from, to := o.Versions[LabelCurrent], o.Versions[LabelPrevious]
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelCurrent, to, from); err != nil {
		return false, fmt.Errorf("moving AWSCURRENT back from version %s to %s: %w", from, to, err)
	}
	t.placeholder = false
	r.Log.WarnContext(ctx, "AWSCURRENT held no credentials: made the former version current again", "secret", o.ID, "from", from, "to", to)
	return true, nil
}

// onboard starts the first rotation, unless it would have to fail: nothing proves which of two secrets is whose before there is a record.
func (r *Rotator) onboard(ctx context.Context, o observation, t *turn) error {
	if o.Unscheduled {
		r.Log.InfoContext(ctx, "no rotation schedule yet", "secret", o.ID)
		t.asked = false
		return nil
	}
	if _, err := r.ownClient(ctx, o.SecretState, o.ClientID); err != nil {
		return err
	}
	ids, err := r.list(ctx, o.ClientID)
	if err != nil {
		return err
	}
	if len(ids) >= maxSecrets {
		return fmt.Errorf("app client %s has the secrets %s before its first rotation: %w: delete the one that is not in use",
			o.ClientID, strings.Join(ids, " and "), errUnsure)
	}
	err = r.Secrets.StartRotation(ctx, o.ID)
	if errors.Is(err, ErrRotating) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("starting the first rotation: %w", err)
	}
	t.started = true
	r.Log.InfoContext(ctx, "started a rotation", "secret", o.ID)
	return nil
}

// verify makes sure that the current credentials authenticate, deletes what is superseded when its grace is over, and writes down that
// nothing is left to do.
func (r *Rotator) verify(ctx context.Context, o observation, t *turn) error {
	end := o.quiet().Add(r.Config.Grace)
	inGrace := r.Clock.Now().Before(end)
	if o.settled.holds(o.SecretState, r.GatewayURL) && (o.settled.Done || inGrace) {
		t.settled, t.asked = o.settled.Done, false
		return nil
	}
	if _, err := r.ownClient(ctx, o.SecretState, o.ClientID); err != nil {
		return err
	}
	ids, err := r.list(ctx, o.ClientID)
	if err != nil {
		return err
	}
	var others []string
	if !inGrace {
		if others, err = r.superseded(ctx, o, ids, nil); err != nil {
			return err
		}
		if len(others) == 0 && len(ids) >= maxSecrets {
			return fmt.Errorf("app client %s has the secrets %s: %w: delete the one that is not in use",
				o.ClientID, strings.Join(ids, " and "), errUnsure)
		}
	}
	ok, err := r.authenticates(ctx, o.current)
	if err != nil {
		return err
	}
	if !ok {
		t.drift = true
		return r.addAgain(ctx, o)
	}
	own, _ := o.current.split(ids)
	if len(own) == 0 {
		return fmt.Errorf("app client %s has the secrets %s: the current one authenticates and is not listed",
			o.ClientID, strings.Join(ids, " and "))
	}
	left := 1
	if o.current.adopted(others) {
		others, left = nil, maxSecrets
	}
	if err := r.remove(ctx, o, others); err != nil {
		return err
	}
	t.deleted += len(others)
	// A label that has just moved may be on credentials that have just been deleted, and Cognito not say so yet.
	t.settled = len(ids)-len(others) == left && r.Clock.Now().Sub(o.quiet()) > r.Config.ConsistencyBound
	return r.saveSettled(ctx, o.SecretState, Settled{
		Done: t.settled, CurrentID: o.Versions[LabelCurrent], PreviousID: o.Versions[LabelPrevious], Since: o.quiet(),
	})
}
