package header

import (
	"context"
	"errors"
	"fmt"
)

// The steps of a rotation, in the order in which Secrets Manager runs them.
const (
	StepCreate = "createSecret"
	StepSet    = "setSecret"
	StepTest   = "testSecret"
	StepFinish = "finishSecret"
)

// Step runs one step of the rotation that makes version token the current one. After a failed step Secrets Manager runs all four again, so
// each step first reads the state and does only what is missing.
func (r *Rotator) Step(ctx context.Context, step, token string) error {
	steps := map[string]func(context.Context, string, SecretState) error{
		StepCreate: r.create, StepSet: r.set, StepTest: r.test, StepFinish: r.finish,
	}
	run, ok := steps[step]
	if !ok {
		return fmt.Errorf("step is %q: want one of %s, %s, %s, %s", step, StepCreate, StepSet, StepTest, StepFinish)
	}
	start := r.Clock.Now()
	defer func() { r.Metrics.StepDuration(step, r.Clock.Now().Sub(start)) }()

	secret, err := r.Secret.Describe(ctx)
	if err != nil {
		return fmt.Errorf("describing the secret: %w", err)
	}
	if secret.CurrentID == token {
		r.Log.InfoContext(ctx, "the version is current already", "step", step, "version", token)
		return nil
	}
	if step != StepCreate && secret.PendingID != token {
		return fmt.Errorf("version %s is not AWSPENDING (version %q is): the rotation was undone or replaced by another one",
			token, secret.PendingID)
	}
	return run(ctx, token, secret)
}

// create gives the pending version a value, unless an earlier attempt did. AWSPENDING on another version is left over from an earlier
// rotation: Secrets Manager runs one rotation at a time. Storing the value moves the label. If the stage injects the left-over value, set
// accepts it, because it reads the stage.
func (r *Rotator) create(ctx context.Context, token string, secret SecretState) error {
	if secret.PendingID == token {
		_, err := r.Secret.Value(ctx, token)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrNoValue) {
			return fmt.Errorf("reading the pending version: %w", err)
		}
	} else if secret.PendingID != "" {
		r.Log.WarnContext(ctx, "taking over AWSPENDING", "from", secret.PendingID, "to", token)
	}
	err := r.Secret.PutPending(ctx, token, NewValue())
	if errors.Is(err, ErrVersionExists) {
		// The request of an earlier attempt arrived although its response was lost.
		return nil
	}
	if err != nil {
		return fmt.Errorf("storing the pending version: %w", err)
	}
	return nil
}

// set accepts the pending value and then injects it.
func (r *Rotator) set(ctx context.Context, token string, secret SecretState) error {
	pending, err := r.value(ctx, token)
	if err != nil {
		return fmt.Errorf("reading the pending version: %w", err)
	}
	current, err := r.value(ctx, secret.CurrentID)
	if err != nil {
		return fmt.Errorf("reading the current version: %w", err)
	}
	stage, since, err := r.accept(ctx, union, &secret.Flush, pending, current)
	if err != nil {
		return err
	}
	if stage.Value == pending {
		return nil
	}
	if err := r.probe(ctx, pending); err != nil {
		return err
	}
	if err := r.awaitAccepted(ctx, pending, since); err != nil {
		return err
	}
	return r.inject(ctx, pending)
}

// test waits until every request carries the pending value. A pending version that is not accepted has not been through set: it belongs to
// the trial that Secrets Manager makes when a schedule is created without immediate rotation
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-rotationschedule.html). The trial runs only
// this step and then removes the version. It changes nothing: the step probes the current value.
func (r *Rotator) test(ctx context.Context, token string, secret SecretState) error {
	pending, err := r.value(ctx, token)
	if errors.Is(err, ErrNoValue) || errors.Is(err, ErrMalformed) {
		return r.trial(ctx, secret)
	}
	if err != nil {
		return fmt.Errorf("reading the pending version: %w", err)
	}
	set, err := r.Set.Get(ctx)
	if err != nil {
		return fmt.Errorf("reading the pattern set: %w", err)
	}
	if !set.has(pending) {
		return r.trial(ctx, secret)
	}
	return r.settle(ctx, pending)
}

func (r *Rotator) trial(ctx context.Context, secret SecretState) error {
	current, err := r.value(ctx, secret.CurrentID)
	if err != nil {
		return fmt.Errorf("reading the current version: %w", err)
	}
	r.Log.InfoContext(ctx, "trial of the rotation: probing the current value")
	return r.probe(ctx, current)
}

// finish promotes the pending version when every request carries it. The former value stays accepted, because a stack update that resolved
// it may still write it to the stage. The reconciler removes it.
func (r *Rotator) finish(ctx context.Context, token string, secret SecretState) error {
	pending, err := r.value(ctx, token)
	if err != nil {
		return fmt.Errorf("reading the pending version: %w", err)
	}
	if err := r.settle(ctx, pending); err != nil {
		return err
	}
	if err := r.Secret.Promote(ctx, token, secret.CurrentID); err != nil {
		return fmt.Errorf("moving AWSCURRENT from version %s to %s: %w", secret.CurrentID, token, err)
	}
	r.Log.InfoContext(ctx, "rotated", "from", secret.CurrentID, "to", token)
	return nil
}

func (r *Rotator) inject(ctx context.Context, v Value) error {
	if err := r.Stage.Set(ctx, v); err != nil {
		return fmt.Errorf("writing the stage variable: %w", err)
	}
	r.Log.InfoContext(ctx, "wrote the stage variable")
	return nil
}

// value reads a version's value and refuses a malformed one.
func (r *Rotator) value(ctx context.Context, versionID string) (Value, error) {
	version, err := r.Secret.Value(ctx, versionID)
	if err != nil {
		return Value{}, err
	}
	if err := version.Value.Check(); err != nil {
		return Value{}, fmt.Errorf("version %s: %w", versionID, err)
	}
	return version.Value, nil
}
