package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// giveUp ends a rotation that has been in progress for too long, and later removes its secret from the client. Two sweeps do it, for
// an invocation that is still at that rotation may add the secret for as long as it lives. done says that nothing of a rotation is
// left to wait for.
func (r *Rotator) giveUp(ctx context.Context, o observation, t *turn) (done bool, err error) {
	age := r.Clock.Now().Sub(o.Changed)
	abandoned := o.Versions[LabelAbandoned]
	switch {
	case o.rotating() && age < r.Config.StuckLimit:
		return false, nil
	case o.rotating() && (abandoned == "" || abandoned == o.Versions[LabelPending]):
		t.stuck = true
		return false, r.abandon(ctx, o.SecretState)
	case age < r.Config.safeGrace():
		return false, nil
	}
	if err := r.forget(ctx, o, t); err != nil {
		return false, err
	}
	return !o.rotating(), nil
}

// abandon takes AWSPENDING away, and first marks the version, so that its secret is not forgotten.
func (r *Rotator) abandon(ctx context.Context, s SecretState) error {
	pending, abandoned := s.Versions[LabelPending], s.Versions[LabelAbandoned]
	if abandoned != "" && abandoned != pending {
		return fmt.Errorf("version %s is %s still: the sweep has to finish with it first", abandoned, LabelAbandoned)
	}
	if abandoned == "" {
		if err := r.Secrets.MoveLabel(ctx, s.ID, LabelAbandoned, pending, ""); err != nil {
			return fmt.Errorf("marking version %s as %s: %w", pending, LabelAbandoned, err)
		}
	}
	if err := r.Secrets.MoveLabel(ctx, s.ID, LabelPending, "", pending); err != nil {
		return fmt.Errorf("removing AWSPENDING from version %s: %w", pending, err)
	}
	r.Log.WarnContext(ctx, "gave up a rotation", "secret", s.ID, "version", pending)
	return nil
}

// forget removes the secret of an abandoned version from its client, and then the mark.
func (r *Rotator) forget(ctx context.Context, o observation, t *turn) error {
	if err := r.removeAbandoned(ctx, o, t); err != nil {
		return err
	}
	id := o.Versions[LabelAbandoned]
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelAbandoned, "", id); err != nil {
		return fmt.Errorf("removing %s from version %s: %w", LabelAbandoned, id, err)
	}
	return nil
}

// removeAbandoned leaves the secret alone if it came to be used after all: the rotation may have ended just when it was given up.
func (r *Rotator) removeAbandoned(ctx context.Context, o observation, t *turn) error {
	abandoned, err := r.credentialsOf(ctx, o.SecretState, LabelAbandoned)
	if errors.Is(err, errNoCredentials) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, label := range []string{LabelCurrent, LabelPrevious} {
		used, err := r.credentialsOf(ctx, o.SecretState, label)
		if err != nil && !errors.Is(err, errNoCredentials) {
			return err
		}
		if used.secret == abandoned.secret {
			return nil
		}
	}
	t.asked = true
	ids, err := r.Clients.List(ctx, abandoned.clientID)
	if errors.Is(err, ErrNoClient) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listing the secrets of app client %s: %w", abandoned.clientID, err)
	}
	if len(ids) == 1 {
		return nil // Cognito does not delete the last one; the next rotation records it as superseded.
	}
	if unrecorded, _ := o.current.split(ids); o.hasCredentials() && len(unrecorded) == 1 {
		return nil // That is the current one. The other is older: if it is the abandoned one, it has been in use and has its grace.
	}
	// Asked after the list, so that it is listed.
	if ok, err := r.authenticates(ctx, abandoned); !ok || err != nil {
		return err
	}
	own, _ := abandoned.split(ids)
	if len(own) != 1 {
		return fmt.Errorf("app client %s has the secrets %s, one of them of a rotation that was given up: %w: delete that one",
			abandoned.clientID, strings.Join(ids, " and "), errUnsure)
	}
	t.deleted++
	return r.delete(ctx, o.SecretState, abandoned.clientID, own)
}
