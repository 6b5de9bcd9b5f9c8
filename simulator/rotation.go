package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// RotateOriginHeader runs one whole rotation of the origin header as Secrets Manager does, by the code that the Lambda function runs, and revokes the
// former value. A rotation that broke off is taken up again. It takes as long as the bounds say: the waits are real.
//
// wafBound and stageBound are what the rotation believes of the propagation. They must be at least the Options'; shorter ones lead to refused requests.
// A value stays accepted until the requests that were under way when it was removed have ended, so a slow machine does not make requests fail.
func (s *System) RotateOriginHeader(ctx context.Context, wafBound, stageBound time.Duration) error {
	rotator, err := s.rotator(wafBound, stageBound)
	if err != nil {
		return err
	}
	state, err := rotator.Secret.Describe(ctx)
	if err != nil {
		return err
	}
	version := state.PendingID
	if version == "" || version == state.CurrentID {
		version = rand.Text()
	}
	for _, step := range []string{header.StepCreate, header.StepSet, header.StepTest, header.StepFinish} {
		if err := rotator.Step(ctx, step, version); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	// Former values stay accepted for the grace, which no run here outlasts; revoking does in one go what the reconciler does after it.
	_, err = rotator.RevokePrevious(ctx)
	return err
}

// Reconcile runs the reconciler once.
func (s *System) Reconcile(ctx context.Context, wafBound, stageBound time.Duration) (header.Report, error) {
	rotator, err := s.rotator(wafBound, stageBound)
	if err != nil {
		return header.Report{}, err
	}
	return rotator.Reconcile(ctx)
}

// SetFault makes calls of the rotation's control plane fail: fault gets the call's name, such as "PatternSet.Update", and returns the error, or nil; it may also
// wait, for a slow call. A nil fault ends it.
func (s *System) SetFault(fault func(call string) error) {
	if fault == nil {
		s.faults.Store(nil)
		return
	}
	s.faults.Store(&fault)
}

func (s *System) fault(call string) error {
	if fault := s.faults.Load(); fault != nil {
		return (*fault)(call)
	}
	return nil
}

// AcceptedValues is how many values are accepted now, by the newest version of the set.
func (s *System) AcceptedValues() int {
	if s.origin.set == nil {
		return 0
	}
	content, _ := s.origin.set.content.Latest()
	return len(content.patterns)
}

func (s *System) rotator(wafBound, stageBound time.Duration) (*header.Rotator, error) {
	if s.origin.secret == nil || s.origin.set == nil {
		return nil, fmt.Errorf("a rotation needs a secret that the stage variable %q names, and a pattern set that names it too: found %t and %t",
			s.origin.variable, s.origin.secret != nil, s.origin.set != nil)
	}
	config := header.DefaultConfig()
	config.WAFBound, config.StageBound = wafBound, stageBound
	config.ProbeInterval, config.ProbeDeadline = wafBound/20, max(10*wafBound, time.Minute)
	return &header.Rotator{
		Secret: secretPort{s, s.origin.secret}, Set: setPort{s, s.origin.set},
		Stage: stagePort{s}, Prober: prober{s}, Clock: systemClock{s.options.Clock}, Metrics: discard{},
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Config: config,
	}, nil
}

// secretPort is the secret as the rotation sees it.
type secretPort struct {
	system *System
	secret *secret
}

var _ header.Secret = secretPort{}

func (p secretPort) Describe(context.Context) (header.SecretState, error) {
	return p.secret.describe(), p.system.fault("Secret.Describe")
}

func (p secretPort) Value(_ context.Context, id string) (header.Version, error) {
	if err := p.system.fault("Secret.Value"); err != nil {
		return header.Version{}, err
	}
	p.secret.mu.Lock()
	defer p.secret.mu.Unlock()
	version, ok := p.secret.versions[id]
	if !ok {
		return header.Version{}, header.ErrNoValue
	}
	return version, nil
}

func (p secretPort) PutPending(_ context.Context, token string, v header.Value) error {
	if err := p.system.fault("Secret.PutPending"); err != nil {
		return err
	}
	return p.secret.change(func() error {
		if held, ok := p.secret.versions[token]; ok && held.Value != v {
			return header.ErrVersionExists
		}
		p.secret.versions[token] = header.Version{Value: v, Created: p.secret.clock()}
		p.secret.labels[pending] = token
		return nil
	})
}

func (p secretPort) Promote(_ context.Context, to, from string) error {
	if err := p.system.fault("Secret.Promote"); err != nil {
		return err
	}
	return p.secret.change(func() error {
		if p.secret.labels[current] != from {
			return errors.New("AWSCURRENT is on another version")
		}
		p.secret.labels[current] = to
		return nil
	})
}

func (p secretPort) DropPending(_ context.Context, id string) error {
	if err := p.system.fault("Secret.DropPending"); err != nil {
		return err
	}
	return p.secret.change(func() error {
		if p.secret.labels[pending] == id {
			delete(p.secret.labels, pending)
		}
		return nil
	})
}

func (p secretPort) SaveFlush(_ context.Context, state header.FlushState) error {
	if err := p.system.fault("Secret.SaveFlush"); err != nil {
		return err
	}
	return p.secret.change(func() error {
		p.secret.flush = state
		return nil
	})
}

// setPort is the pattern set as the rotation sees it.
type setPort struct {
	system *System
	set    *patternSet
}

var _ header.PatternSet = setPort{}

func (p setPort) Get(context.Context) (header.AcceptedSet, error) {
	content, _ := p.set.content.Latest()
	accepted := header.AcceptedSet{LockToken: strconv.Itoa(content.lock), Description: content.description}
	for _, pattern := range content.patterns {
		if value, ok := header.FromPattern(pattern); ok {
			accepted.Values = append(accepted.Values, value)
		} else {
			accepted.Foreign = append(accepted.Foreign, header.ValueOf(pattern))
		}
	}
	return accepted, p.system.fault("PatternSet.Get")
}

func (p setPort) Update(ctx context.Context, next header.AcceptedSet) error {
	if err := p.system.fault("PatternSet.Update"); err != nil {
		return err
	}
	changed := patterns{description: next.Description}
	for _, value := range next.Values {
		changed.patterns = append(changed.patterns, value.Pattern())
	}
	for _, foreign := range next.Foreign {
		changed.patterns = append(changed.patterns, foreign.Plaintext())
	}
	if err := waf.CheckPatterns(changed.patterns); err != nil {
		return err
	}
	before, _ := p.set.content.Latest()
	if slices.ContainsFunc(before.patterns, func(pattern string) bool { return !slices.Contains(changed.patterns, pattern) }) {
		if err := p.system.underWay.wait(ctx); err != nil { // Some may carry a value that goes.
			return err
		}
	}
	p.set.mu.Lock()
	defer p.set.mu.Unlock()
	now, _ := p.set.content.Latest()
	if next.LockToken != strconv.Itoa(now.lock) {
		return header.ErrStaleLock
	}
	changed.lock = now.lock + 1
	p.set.content.Set(changed)
	return nil
}

// stagePort is the stage as the rotation sees it.
type stagePort struct{ system *System }

var _ header.Stage = stagePort{}

func (p stagePort) Get(context.Context) (header.StageState, error) {
	variables, updated := p.system.stage.Variables()
	return header.StageState{Value: header.ValueOf(variables[p.system.origin.variable]), Updated: updated}, p.system.fault("Stage.Get")
}

func (p stagePort) Set(_ context.Context, v header.Value) error {
	if err := p.system.fault("Stage.Set"); err != nil {
		return err
	}
	p.system.stage.SetVariable(p.system.origin.variable, v.Plaintext())
	return nil
}

func (p stagePort) FlushCache(context.Context) error {
	if err := p.system.fault("Stage.FlushCache"); err != nil {
		return err
	}
	p.system.stage.Flush()
	return nil
}

// prober asks with credentials that no client has.
type prober struct{ system *System }

var _ header.Prober = prober{}

func (p prober) Domain(ctx context.Context, v header.Value) header.Outcome {
	return p.ask(ctx, p.system.askCognito, "/oauth2/token", http.StatusForbidden, http.Header{p.system.origin.header: {v.Plaintext()}})
}

func (p prober) Gateway(ctx context.Context) header.Outcome {
	path := "/" + p.system.stage.Name + "/oauth2/token?scope=probe&client_id=" + strings.ToLower(rand.Text())
	return p.ask(ctx, p.system.askGateway, path, http.StatusServiceUnavailable, nil)
}

func (p prober) ask(ctx context.Context, endpoint func(*http.Request) (*apigw.Answer, error), path string, refusal int, fields http.Header) header.Outcome {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		return header.Inconclusive
	}
	for name, values := range fields {
		request.Header.Set(name, values[0])
	}
	request.SetBasicAuth(rand.Text(), rand.Text())
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := endpoint(request)
	switch {
	case err != nil:
		return header.Inconclusive
	case answer.Status == http.StatusBadRequest || answer.Status == http.StatusUnauthorized:
		return header.Passed
	case answer.Status == refusal:
		return header.Refused
	}
	return header.Inconclusive
}

type systemClock struct{ now func() time.Time }

func (c systemClock) Now() time.Time { return c.now() }

func (c systemClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type discard struct{}

func (discard) Record(header.Metric, float64)      {}
func (discard) StepDuration(string, time.Duration) {}
