package clientsecret

import (
	"context"
	"errors"
	"fmt"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// The steps of a rotation, in the order in which Secrets Manager runs them.
const (
	StepCreate = "createSecret"
	StepSet    = "setSecret"
	StepTest   = "testSecret"
	StepFinish = "finishSecret"
)

// Step runs one step of the rotation that makes version token of the secret the current one. Secrets Manager answers a failed step by
// running all four again, so each one first looks at what is there and does what is missing.
func (r *Rotator) Step(ctx context.Context, secretID, step, token string) error {
	steps := map[string]func(context.Context, string, observation) error{
		StepCreate: r.create, StepSet: r.set, StepTest: r.test, StepFinish: r.finish,
	}
	run, ok := steps[step]
	if !ok {
		return fmt.Errorf("step is %q: want one of %s, %s, %s, %s", step, StepCreate, StepSet, StepTest, StepFinish)
	}
	start := r.Clock.Now()
	defer func() { r.Metrics.StepDuration(step, r.Clock.Now().Sub(start)) }()

	o, err := r.observe(ctx, secretID)
	if err != nil {
		return err
	}
	if o.Versions[LabelCurrent] == token {
		r.Log.InfoContext(ctx, "the version is current already", "secret", secretID, "step", step, "version", token)
		return nil
	}
	switch token {
	case o.Versions[LabelAbandoned]:
		return fmt.Errorf("the rotation of version %s was given up", token)
	case o.Versions[LabelPrevious]:
		return fmt.Errorf("version %s was current already, and somebody made the former one current again", token)
	}
	// Secrets Manager labels the version before the first step.
	if pending := o.Versions[LabelPending]; pending != token {
		return errors.Join(fmt.Errorf("version %s is not AWSPENDING (version %q is): the rotation was given up or replaced by another one",
			token, pending), r.disown(ctx, o, token))
	}
	return run(ctx, token, o)
}

// disown marks the version of a rotation whose AWSPENDING somebody took away, so that the sweep removes its secret from the client.
func (r *Rotator) disown(ctx context.Context, o observation, token string) error {
	orphan := o.SecretState
	orphan.Versions = map[string]string{LabelAbandoned: token}
	_, err := r.credentialsOf(ctx, orphan, LabelAbandoned)
	if errors.Is(err, errNoCredentials) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelAbandoned, token, o.Versions[LabelAbandoned]); err != nil {
		return fmt.Errorf("marking version %s as %s: %w", token, LabelAbandoned, err)
	}
	return nil
}

// create gives the pending version a new client secret and the record of those that exist, unless an earlier attempt did. It refuses a
// rotation for which there is no room yet.
func (r *Rotator) create(ctx context.Context, token string, o observation) error {
	_, err := r.credentialsOf(ctx, o.SecretState, LabelPending)
	if !errors.Is(err, errNoCredentials) {
		return err
	}
	scopes, err := r.scopes(ctx, o)
	if err != nil {
		return err
	}
	ids, err := r.record(ctx, o.ClientID)
	if err != nil {
		return err
	}
	if _, err := r.room(ctx, o, ids, nil); err != nil {
		return err
	}
	next := newCredentials(r.GatewayURL, o.ClientID, scopes)
	next.secret, next.priorIDs = sensitive.Random(), ids
	if o.adopts() && !o.hasCredentials() {
		next.adoptedIDs = ids
	}
	secretString, err := next.encode()
	if err != nil {
		return err
	}
	err = r.Secrets.Put(ctx, o.ID, token, LabelPending, secretString)
	if errors.Is(err, ErrVersionExists) {
		return nil // An earlier attempt's request arrived although we never read so.
	}
	if err != nil {
		return fmt.Errorf("storing the pending version: %w", err)
	}
	return nil
}

// scopes returns those of the tenant's client.
func (r *Rotator) scopes(ctx context.Context, o observation) ([]string, error) {
	client, err := r.ownClient(ctx, o.SecretState, o.ClientID)
	if err != nil {
		return nil, err
	}
	if len(client.Scopes) == 0 {
		return nil, fmt.Errorf("app client %s has no scopes: want one or more, without any it gets no token", o.ClientID)
	}
	return client.Scopes, nil
}

// set adds the pending secret to the client, unless it authenticates already. An earlier attempt may have added it without its
// authenticating yet: then the client is full, and asking again tells.
func (r *Rotator) set(ctx context.Context, _ string, o observation) error {
	pending, err := r.credentialsOf(ctx, o.SecretState, LabelPending)
	if err != nil {
		return err
	}
	if pending.clientID != o.ClientID {
		return fmt.Errorf("the pending version is for app client %s, and the tag %s says %s: the sweep will give this rotation up",
			pending.clientID, TagClientID, o.ClientID)
	}
	if ok, err := r.authenticates(ctx, pending); ok || err != nil {
		return err
	}
	ids, err := r.list(ctx, pending.clientID)
	if err != nil {
		return err
	}
	others, noRoom := r.room(ctx, o, ids, &pending)
	if noRoom == nil {
		if err := r.remove(ctx, o, others); err != nil {
			return err
		}
	}
	if _, err := r.ownClient(ctx, o.SecretState, pending.clientID); err != nil {
		return err
	}
	err = r.Clients.Add(ctx, pending.clientID, pending.secret)
	switch {
	case err == nil:
		r.Log.InfoContext(ctx, "added a client secret", "secret", o.ID, "client", pending.clientID)
		return nil
	case errors.Is(err, ErrLimit):
		if awaited := r.await(ctx, pending); awaited != nil {
			return errors.Join(fmt.Errorf("adding a secret to app client %s: %w", pending.clientID, err), noRoom, awaited)
		}
		return nil
	}
	return fmt.Errorf("adding a secret to app client %s: %w", pending.clientID, err)
}

// test waits until the pending secret authenticates. A pending version without a secret of its
// own belongs to the trial that Secrets Manager makes when a schedule is created or changed without immediate rotation
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html), which runs this
// step alone and then removes the version. The trial touches nothing and asks whether Cognito can be reached.
func (r *Rotator) test(ctx context.Context, _ string, o observation) error {
	pending, err := r.credentialsOf(ctx, o.SecretState, LabelPending)
	if errors.Is(err, errNoCredentials) || (err == nil && pending.secret == o.current.secret) {
		return r.trial(ctx, o)
	}
	if err != nil {
		return err
	}
	return r.await(ctx, pending)
}

func (r *Rotator) trial(ctx context.Context, o observation) error {
	r.Log.InfoContext(ctx, "trial of the rotation: asking the token endpoint as a client that does not exist", "secret", o.ID)
	for deadline := r.Clock.Now().Add(r.Config.AuthDeadline); ; {
		outcome := r.Tokens.Reach(ctx)
		if outcome == Denied {
			return nil
		}
		if !r.Clock.Now().Before(deadline) {
			return fmt.Errorf("the Cognito domain's token endpoint did not answer a client that does not exist with invalid_client within %s: "+
				"the last answer was %s", r.Config.AuthDeadline, outcome)
		}
		if err := r.wait(ctx, r.Config.ProbeInterval); err != nil {
			return err
		}
	}
}

// finish promotes the pending version once its secret authenticates everywhere: it was added before this step, and once the bound is
// over nobody is answered as before that. The former secret stays: tenants that have read it use it until its grace is over. Deleting
// it is the sweep's.
func (r *Rotator) finish(ctx context.Context, token string, o observation) error {
	pending, err := r.credentialsOf(ctx, o.SecretState, LabelPending)
	if err != nil {
		return err
	}
	if err := r.wait(ctx, r.Config.ConsistencyBound); err != nil {
		return err
	}
	ok, err := r.authenticates(ctx, pending)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the pending secret of app client %s does not authenticate any more", pending.clientID)
	}
	former := o.Versions[LabelCurrent]
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelCurrent, token, former); err != nil {
		return fmt.Errorf("moving AWSCURRENT from version %s to %s: %w", former, token, err)
	}
	r.Log.InfoContext(ctx, "rotated", "secret", o.ID, "from", former, "to", token)
	if err := r.conclude(ctx, token, o, pending); err != nil {
		// The rotation has succeeded all the same, and the next sweep does what is missing.
		r.Log.WarnContext(ctx, "the sweep has to conclude the rotation", "secret", o.ID, "error", err)
	}
	return nil
}

// conclude removes AWSPENDING, so that it does not look like another rotation's when a person moves AWSCURRENT, and notes what is verified.
func (r *Rotator) conclude(ctx context.Context, token string, o observation, c credentials) error {
	if err := r.Secrets.MoveLabel(ctx, o.ID, LabelPending, "", token); err != nil {
		return fmt.Errorf("removing AWSPENDING from version %s: %w", token, err)
	}
	if !c.fit(o.SecretState, r.GatewayURL) {
		return nil
	}
	return r.saveSettled(ctx, o.SecretState, Settled{CurrentID: token, PreviousID: o.Versions[LabelCurrent], Since: r.Clock.Now()})
}
