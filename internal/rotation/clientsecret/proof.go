package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxSecrets is how many active secrets an app client may have
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html).
const maxSecrets = 2

// errUnsure: nothing proves which of two client secrets is in use. A person has to look.
var errUnsure = errors.New("nothing proves which client secret is superseded")

// errGrace: a client secret is superseded, and may still be in use.
var errGrace = errors.New("the superseded client secret is within its grace")

// errAdopted: a client secret was in use before the tenant's secret was. Only a person knows when nobody needs it any more.
var errAdopted = errors.New("one of them was in use before the first rotation")

// superseded returns those of the listed ids that are proven to be neither the current secret's nor a pending one's. Two records prove
// it: Cognito listed the id before these secrets existed; or, when a person has made the former version current again, it is the id
// of the version that AWSCURRENT left. Cognito shows no values, and a date proves nothing: the older secret may be the one in use.
func (r *Rotator) superseded(ctx context.Context, o observation, ids []string, pending *credentials) ([]string, error) {
	if !o.hasCredentials() || o.current.clientID != o.ClientID {
		return nil, nil
	}
	_, others := o.current.split(ids)
	if pending != nil {
		_, others = pending.split(others)
	}
	if len(others) > 0 || len(ids) < maxSecrets {
		return others, nil
	}
	previous, err := r.credentialsOf(ctx, o.SecretState, LabelPrevious)
	if errors.Is(err, errNoCredentials) || previous.secret == o.current.secret {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, err := r.identify(ctx, previous, ids)
	if id == "" || err != nil {
		return nil, err
	}
	return []string{id}, nil
}

// identify returns the id of the credentials, or "" when there is none or it cannot be told. They authenticate after the ids were
// listed, and were added long before: so their id is among the ids, and the only one that may be theirs is.
func (r *Rotator) identify(ctx context.Context, c credentials, ids []string) (string, error) {
	own, _ := c.split(ids)
	if len(own) != 1 {
		return "", nil
	}
	ok, err := r.authenticates(ctx, c)
	if !ok || err != nil {
		return "", err
	}
	return own[0], nil
}

// room returns the superseded ids whose deletion makes room for another secret of the client, none when there is room. It is an
// error when there is no room and nothing may be deleted yet.
func (r *Rotator) room(ctx context.Context, o observation, ids []string, pending *credentials) ([]string, error) {
	if len(ids) < maxSecrets {
		return nil, nil
	}
	others, err := r.superseded(ctx, o, ids, pending)
	if err != nil {
		return nil, err
	}
	if len(others) == 0 {
		return nil, fmt.Errorf("app client %s has the secrets %s: %w: delete the one that is not in use",
			o.ClientID, strings.Join(ids, " and "), errUnsure)
	}
	if o.current.adopted(others) {
		return others, fmt.Errorf("app client %s has the secrets %s, and %w: once every user of it reads the tenant's secret, send %q",
			o.ClientID, strings.Join(ids, " and "), errAdopted, ActionRevokePrevious)
	}
	if end := o.quiet().Add(r.Config.Grace); r.Clock.Now().Before(end) {
		return others, fmt.Errorf("app client %s has two secrets, and %w until %s: wait, or send %q with force",
			o.ClientID, errGrace, end.UTC().Format(time.RFC3339), ActionRotateNow)
	}
	return others, nil
}

// remove deletes client secrets that have been proven superseded, unless a label has moved since.
func (r *Rotator) remove(ctx context.Context, o observation, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := r.unmoved(ctx, o); err != nil {
		return err
	}
	return r.delete(ctx, o.SecretState, o.ClientID, ids)
}

// unmoved is an error when what was concluded from an observation may not hold any more.
func (r *Rotator) unmoved(ctx context.Context, o observation) error {
	now, err := r.Secrets.Describe(ctx, o.ID)
	if err != nil {
		return fmt.Errorf("describing the secret: %w", err)
	}
	for _, label := range []string{LabelCurrent, LabelPrevious} {
		if now.Versions[label] != o.Versions[label] {
			return fmt.Errorf("%s moved from version %q to %q meanwhile", label, o.Versions[label], now.Versions[label])
		}
	}
	return nil
}

func (r *Rotator) delete(ctx context.Context, s SecretState, clientID string, ids []string) error {
	_, err := r.ownClient(ctx, s, clientID)
	if errors.Is(err, ErrNoClient) {
		return nil // and neither do its secrets
	}
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.Clients.Delete(ctx, clientID, id); err != nil {
			return fmt.Errorf("deleting secret %s of app client %s: %w", id, clientID, err)
		}
		r.Log.InfoContext(ctx, "deleted a client secret", "secret", s.ID, "client", clientID, "id", id)
	}
	return nil
}
