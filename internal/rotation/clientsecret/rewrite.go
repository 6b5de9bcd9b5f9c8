package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// rewrite stores the current client secret as a new version that fits the tags and the gateway's URL. It waits until Cognito says the
// same as the tags: CloudFormation writes one after the other.
func (r *Rotator) rewrite(ctx context.Context, o observation, t *turn) error {
	scopes, err := r.scopes(ctx, o)
	if err != nil {
		return err
	}
	if ScopeDigest(scopes) != o.Scopes {
		r.Log.InfoContext(ctx, "app client and tags differ: waiting until they agree", "secret", o.ID, "client", o.ClientID)
		return nil
	}
	next := newCredentials(r.GatewayURL, o.ClientID, scopes)
	next.secret, next.priorIDs, next.adoptedIDs = o.current.secret, o.current.priorIDs, o.current.adoptedIDs
	if next.clientID == o.current.clientID {
		err = r.keepProof(ctx, o, &next)
	} else {
		next.priorIDs, next.adoptedIDs = nil, nil // they are ids of the former client
		next, err = r.establish(ctx, o, next)
	}
	if err != nil {
		return err
	}
	if err := r.replace(ctx, o, next); err != nil {
		return err
	}
	t.rewritten = true
	if next.clientID == o.current.clientID && o.settled.about(o.SecretState) && o.settled.Done {
		// The client secret is the verified one, so the new version needs no verification.
		t.settled = true
		return r.saveSettled(ctx, o.SecretState, Settled{
			Done: true, CurrentID: r.rewriteToken(o, next), PreviousID: o.Versions[LabelCurrent], Since: r.Clock.Now(),
		})
	}
	return nil
}

// keepProof records what AWSPREVIOUS proves now, because the rewrite moves it.
func (r *Rotator) keepProof(ctx context.Context, o observation, next *credentials) error {
	ids, err := r.list(ctx, o.ClientID)
	if err != nil {
		return err
	}
	others, err := r.superseded(ctx, o, ids, nil)
	next.priorIDs = normal(append(others, next.priorIDs...))
	return err
}

// addAgain gives the client its current secret back, which somebody deleted.
func (r *Rotator) addAgain(ctx context.Context, o observation) error {
	r.Log.WarnContext(ctx, "the current credentials do not authenticate: adding their secret again", "secret", o.ID, "client", o.ClientID)
	next, err := r.establish(ctx, o, o.current)
	if err != nil {
		return err
	}
	return r.replace(ctx, o, next)
}

// establish makes the client secret of next one of its client's, and returns next with a record that is older than this. The record is
// stored before the secret is added, so that an invocation that dies in between leaves one.
func (r *Rotator) establish(ctx context.Context, o observation, next credentials) (credentials, error) {
	ok, err := r.authenticates(ctx, next)
	if err != nil {
		return next, err
	}
	if !ok {
		if next, ok, err = r.prepare(ctx, o, next); err != nil {
			return next, err
		}
	}
	if ok {
		next, err = r.prepared(ctx, o.ID, next)
	} else {
		err = r.add(ctx, o, next)
	}
	if err != nil {
		return next, err
	}
	if err := r.wait(ctx, r.Config.ConsistencyBound); err != nil {
		return next, err
	}
	return next, r.await(ctx, next)
}

func (r *Rotator) add(ctx context.Context, o observation, next credentials) error {
	if err := r.unmoved(ctx, o); err != nil {
		return err
	}
	// That the client is full may be because another invocation was faster.
	if err := r.Clients.Add(ctx, next.clientID, next.secret); err != nil && !errors.Is(err, ErrLimit) {
		return fmt.Errorf("adding the current secret to app client %s: %w", next.clientID, err)
	}
	return nil
}

// prepare makes room for the secret and stores its record. Ids that have been listed for the consistency bound, while the secret does
// not authenticate, are not the secret's. ok says that it does authenticate after all.
func (r *Rotator) prepare(ctx context.Context, o observation, next credentials) (_ credentials, ok bool, err error) {
	ids, err := r.record(ctx, next.clientID)
	if err != nil {
		return next, false, err
	}
	if err := r.wait(ctx, r.Config.ConsistencyBound); err != nil {
		return next, false, err
	}
	if ok, err := r.authenticates(ctx, next); ok || err != nil {
		return next, ok, err
	}
	others, err := r.room(ctx, o, ids, nil)
	if err != nil {
		return next, false, err
	}
	if err := r.remove(ctx, o, others); err != nil {
		return next, false, err
	}
	next.priorIDs = ids
	return next, false, r.store(ctx, o, next)
}

// prepared returns next with the record that an earlier or overlapping invocation stored before it added the secret. If there is
// none, somebody else added it, and nothing more is known about the other secret.
func (r *Rotator) prepared(ctx context.Context, secretID string, next credentials) (credentials, error) {
	s, err := r.Secrets.Describe(ctx, secretID)
	if err != nil {
		return next, fmt.Errorf("describing the secret: %w", err)
	}
	stored, err := r.credentialsOf(ctx, s, LabelRewrite)
	if err != nil && !errors.Is(err, errNoCredentials) {
		return next, err
	}
	if stored.clientID == next.clientID && stored.secret == next.secret {
		next.priorIDs = normal(append(stored.priorIDs, next.priorIDs...))
	}
	return next, nil
}

// replace makes next the current version, unless AWSCURRENT has moved since o was read.
func (r *Rotator) replace(ctx context.Context, o observation, next credentials) error {
	if err := r.store(ctx, o, next); err != nil {
		return err
	}
	from, to := o.Versions[LabelCurrent], r.rewriteToken(o, next)
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelCurrent, to, from); err != nil {
		return fmt.Errorf("moving AWSCURRENT from version %s to %s: %w", from, to, err)
	}
	r.Log.InfoContext(ctx, "rewrote the credentials", "secret", o.ID, "from", from, "to", to)
	return nil
}

func (r *Rotator) store(ctx context.Context, o observation, next credentials) error {
	secretString, err := next.encode()
	if err != nil {
		return err
	}
	if err := r.Secrets.Put(ctx, o.ID, r.rewriteToken(o, next), LabelRewrite, secretString); err != nil {
		return fmt.Errorf("storing the new version: %w", err)
	}
	return nil
}

// rewriteToken is the same for the same rewrite of the same version, so that a repeated request does not store another one.
func (r *Rotator) rewriteToken(o observation, next credentials) string {
	return digest("rewrite", o.Versions[LabelCurrent], next.clientID, strings.Join(next.scopes, " "), next.tokenURL,
		strings.Join(next.priorIDs, " "))
}
