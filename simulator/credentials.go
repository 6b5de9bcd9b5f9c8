package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
)

// CredentialsBounds are the waiting times of the rotation of client secrets.
type CredentialsBounds struct {
	// Grace is the time for which a superseded client secret still works. If tenants use a secret for longer, requests are refused.
	Grace time.Duration
	// Consistency is the time for which Cognito may answer as before a change. Below Options.SecretBound, requests are refused.
	Consistency time.Duration
}

// CredentialsReport counts what a sweep found and did.
type CredentialsReport struct {
	// Secrets is the number of tenants' secrets. Unsettled is the number of those with work left, even if it is only to wait for the grace.
	Secrets, Unsettled int
	// Rotations is the number of rotations started and completed, Deleted that of superseded client secrets. Unsure is the number of secrets
	// of which it is unproven which of the client's two secrets they hold.
	Rotations, Deleted, Unsure int
}

// Credentials are the tenants' credentials: their secrets in Secrets Manager, and the app clients' secrets in Cognito.
type Credentials struct{ system *System }

// Credentials returns the tenants' credentials.
func (s *System) Credentials() Credentials { return Credentials{s} }

// Sweep looks once at each tenant's secret, as the Lambda function does on schedule, and completes the rotations that it starts. The first
// sweep replaces the placeholders by credentials. Later ones delete superseded client secrets after the grace. Waits are those of
// Options.Sleep.
func (c Credentials) Sweep(ctx context.Context, bounds CredentialsBounds) (CredentialsReport, error) {
	rotator, started, err := c.system.credentialsRotator(bounds)
	if err != nil {
		return CredentialsReport{}, err
	}
	swept, err := rotator.Sweep(ctx)
	report := CredentialsReport{
		Secrets: swept.Secrets, Unsettled: swept.Unsettled, Rotations: swept.RotationsStarted, Deleted: swept.Deleted, Unsure: swept.Unsure,
	}
	errs := make([]error, len(started.all))
	var wg sync.WaitGroup
	for i, begun := range started.all {
		wg.Go(func() { errs[i] = rotate(ctx, rotator, begun) })
	}
	wg.Wait()
	return report, errors.Join(append(errs, err)...)
}

// Rotate runs a complete rotation of a tenant's client secret, as Secrets Manager does on schedule. It resumes a rotation that was
// interrupted. A client has two secrets at most, so the tenant cannot rotate again until a sweep after the grace has deleted the superseded
// one.
func (c Credentials) Rotate(ctx context.Context, tenant string, bounds CredentialsBounds) error {
	rotator, _, err := c.system.credentialsRotator(bounds)
	if err != nil {
		return err
	}
	secret, err := c.system.secretOf(tenant)
	if err != nil {
		return err
	}
	token, err := secret.begin()
	if errors.Is(err, clientsecret.ErrRotating) {
		token, err = secret.describe().Versions[pending], nil
	}
	if err != nil {
		return err
	}
	return rotate(ctx, rotator, rotation{secret, token})
}

// SecretName returns the name of the secret that a tenant reads its credentials from, see SecretsManager.
func (c Credentials) SecretName(tenant string) (string, error) {
	secret, err := c.system.secretOf(tenant)
	if err != nil {
		return "", err
	}
	return secret.name, nil
}

// Add gives an app client a further secret, of which Cognito allows two. remove deletes it.
func (c Credentials) Add(clientID, secret string) (remove func() error, err error) {
	id, err := c.system.pool.AddSecret(clientID, secret)
	if err != nil {
		return nil, err
	}
	return func() error { return c.system.pool.DeleteSecret(clientID, id) }, nil
}

func (s *System) secretOf(tenant string) (*tenantSecret, error) {
	var known []string
	for _, secret := range s.tenantSecrets() {
		if secret.tenant() == tenant {
			return secret, nil
		}
		known = append(known, secret.tenant())
	}
	return nil, fmt.Errorf("tenant %q has no secret: want one of %s", tenant, strings.Join(known, ", "))
}

// tenantSecrets are the tenants' secrets, by name.
func (s *System) tenantSecrets() []*tenantSecret {
	var all []*tenantSecret
	for _, value := range s.secrets {
		if secret, ok := value.(*tenantSecret); ok {
			all = append(all, secret)
		}
	}
	slices.SortFunc(all, func(a, b *tenantSecret) int { return strings.Compare(a.name, b.name) })
	return all
}

// rotation is one that has begun.
type rotation struct {
	secret *tenantSecret
	token  string
}

func rotate(ctx context.Context, rotator *clientsecret.Rotator, begun rotation) error {
	for _, step := range []string{clientsecret.StepCreate, clientsecret.StepSet, clientsecret.StepTest, clientsecret.StepFinish} {
		if err := rotator.Step(ctx, begun.secret.arn, step, begun.token); err != nil {
			return fmt.Errorf("%s of %s: %w", step, begun.secret.name, err)
		}
	}
	begun.secret.ended()
	return nil
}

// rotations collects those that a sweep starts: on AWS they run beside it.
type rotations struct{ all []rotation }

// neverOverdue is an interval that no run here reaches.
const neverOverdue = 365 * 24 * time.Hour

func (s *System) credentialsRotator(bounds CredentialsBounds) (*clientsecret.Rotator, *rotations, error) {
	prefix, gatewayURL, err := s.credentialsSettings()
	if err != nil {
		return nil, nil, err
	}
	config := clientsecret.DefaultConfig()
	config.Grace, config.ConsistencyBound, config.Pace, config.Interval = bounds.Grace, bounds.Consistency, 0, neverOverdue
	config.FunctionTimeout = min(config.FunctionTimeout, bounds.Grace)
	config.ProbeInterval, config.AuthDeadline = bounds.Consistency/10+time.Millisecond, max(10*bounds.Consistency, time.Minute)
	started := &rotations{}
	return &clientsecret.Rotator{
		Secrets: secretsPort{s, prefix, started}, Clients: clientsPort{s}, Tokens: prober{s}, Cache: stagePort{s},
		Clock:   systemClock{&s.options},
		Metrics: discardCredentials{}, Log: slog.New(slog.DiscardHandler), Config: config, GatewayURL: gatewayURL,
	}, started, nil
}

// credentialsSettings are those of the function that rotates the tenants' secrets, as its template gives them.
func (s *System) credentialsSettings() (prefix, gatewayURL string, err error) {
	var function *assembly.Resource
	for _, r := range s.assembly.OfType("AWS::Lambda::Function") {
		if r.Properties["Description"] == clientsecret.Description {
			function = r
		}
	}
	if function == nil {
		return "", "", fmt.Errorf("no function of the assembly has the description %q: nothing rotates the tenants' credentials",
			clientsecret.Description)
	}
	variables, err := s.environment(function)
	if err != nil {
		return "", "", err
	}
	return variables["SECRET_PREFIX"], variables["GATEWAY_TOKEN_URL"], nil
}

// environment is a function's environment variables.
func (s *System) environment(function *assembly.Resource) (map[string]string, error) {
	properties, err := s.assembly.Resolve(function, values{s})
	if err != nil {
		return nil, err
	}
	environment, _ := properties["Environment"].(map[string]any)
	given, _ := environment["Variables"].(map[string]any)
	variables := map[string]string{}
	for name, value := range given {
		variables[name] = fmt.Sprint(value)
	}
	return variables, nil
}
