package simulator

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

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

func (p prober) ask(ctx context.Context, endpoint func(*http.Request) (*apigw.Answer, error), path string, refusal int,
	fields http.Header) header.Outcome {
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

type discard struct{}

func (discard) Record(header.Metric, float64)      {}
func (discard) StepDuration(string, time.Duration) {}
