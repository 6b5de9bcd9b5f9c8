package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

// secretsPort is the tenants' secrets as the rotation sees them.
type secretsPort struct {
	system  *System
	prefix  string
	started *rotations
}

var _ clientsecret.Secrets = secretsPort{}

func (p secretsPort) List(_ context.Context, page func([]clientsecret.SecretState)) error {
	if err := p.system.fault("Secrets.List"); err != nil {
		return err
	}
	var states []clientsecret.SecretState
	for _, secret := range p.system.tenantSecrets() {
		if p.owner(secret) != "" {
			states = append(states, p.describe(secret))
		}
	}
	page(states)
	return nil
}

// owner is the tenant's id in the name of its secret, "" for the name of another one.
func (p secretsPort) owner(secret *tenantSecret) string {
	tenant, ok := strings.CutPrefix(secret.name, p.prefix)
	if !ok || strings.Contains(tenant, "/") {
		return ""
	}
	return tenant
}

func (p secretsPort) describe(secret *tenantSecret) clientsecret.SecretState {
	state := secret.describe()
	state.Owner = p.owner(secret)
	return state
}

// with finds the secret by its ARN or name, unless a fault is due.
func (p secretsPort) with(call, id string, do func(*tenantSecret) error) error {
	if err := p.system.fault("Secrets." + call); err != nil {
		return err
	}
	for _, secret := range p.system.tenantSecrets() {
		if secret.arn == id || secret.name == id {
			return do(secret)
		}
	}
	return fmt.Errorf("there is no secret %s", id)
}

func (p secretsPort) Describe(_ context.Context, id string) (state clientsecret.SecretState, err error) {
	err = p.with("Describe", id, func(s *tenantSecret) error { state = p.describe(s); return nil })
	return state, err
}

func (p secretsPort) Value(_ context.Context, id, versionID string) (version clientsecret.Version, err error) {
	err = p.with("Value", id, func(s *tenantSecret) error {
		_, found, ok := s.find(versionID, "")
		if !ok {
			return clientsecret.ErrNoValue
		}
		version = clientsecret.Version{SecretString: found.value, Created: found.created}
		return nil
	})
	return version, err
}

func (p secretsPort) Put(_ context.Context, id, token, label string, value sensitive.Value) error {
	return p.with("Put", id, func(s *tenantSecret) error { return s.put(token, label, value) })
}

func (p secretsPort) MoveLabel(_ context.Context, id, label, to, from string) error {
	return p.with("MoveLabel", id, func(s *tenantSecret) error { return s.moveLabel(label, to, from) })
}

func (p secretsPort) StartRotation(_ context.Context, id string) error {
	return p.with("StartRotation", id, func(s *tenantSecret) error {
		token, err := s.begin()
		if err == nil {
			p.started.all = append(p.started.all, rotation{s, token})
		}
		return err
	})
}

func (p secretsPort) SaveSettled(_ context.Context, id, value string) error {
	return p.with("SaveSettled", id, func(s *tenantSecret) error { s.tag(clientsecret.TagSettled, value); return nil })
}

// clientsPort is the app clients as the rotation sees them.
type clientsPort struct{ system *System }

var _ clientsecret.Clients = clientsPort{}

func (p clientsPort) Describe(_ context.Context, id string) (clientsecret.Client, error) {
	if err := p.system.fault("Clients.Describe"); err != nil {
		return clientsecret.Client{}, err
	}
	client, err := p.system.pool.Describe(id)
	return clientsecret.Client{Name: client.Name, Scopes: client.Scopes}, told(err)
}

func (p clientsPort) List(_ context.Context, id string) (ids []string, err error) {
	if err := p.system.fault("Clients.List"); err != nil {
		return nil, err
	}
	secrets, err := p.system.pool.ListSecrets(id)
	for _, secret := range secrets {
		ids = append(ids, secret.ID)
	}
	return ids, told(err)
}

func (p clientsPort) Add(_ context.Context, id string, secret sensitive.Value) error {
	if err := p.system.fault("Clients.Add"); err != nil {
		return err
	}
	_, err := p.system.pool.AddSecret(id, secret.Plaintext())
	return told(err)
}

func (p clientsPort) Delete(ctx context.Context, id, secretID string) error {
	if err := p.system.fault("Clients.Delete"); err != nil {
		return err
	}
	if err := p.system.underWay.wait(ctx); err != nil { // Some may have it.
		return err
	}
	if err := p.system.pool.DeleteSecret(id, secretID); !errors.Is(err, cognito.ErrNoSecret) {
		return told(err)
	}
	return nil
}

// told are Cognito's errors in the rotation's terms.
func told(err error) error {
	switch {
	case errors.Is(err, cognito.ErrNoClient):
		return errors.Join(clientsecret.ErrNoClient, err)
	case errors.Is(err, cognito.ErrLimit):
		return errors.Join(clientsecret.ErrLimit, err)
	}
	return err
}

var _ clientsecret.TokenEndpoint = prober{}

// Authenticate asks the Cognito domain with the origin header, past the gateway.
func (p prober) Authenticate(ctx context.Context, clientID string, secret sensitive.Value, scope string) clientsecret.Outcome {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}}
	if scope != "" {
		form.Set("scope", scope)
	}
	header := http.Header{}
	if p.system.origin.secret != nil {
		header.Set(p.system.origin.header, p.system.origin.secret.currentValue())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil || p.system.fault("Tokens.Authenticate") != nil {
		return clientsecret.Inconclusive
	}
	request.Header = header
	request.SetBasicAuth(clientID, secret.Plaintext())
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := p.system.askCognito(request)
	if err != nil {
		return clientsecret.Inconclusive
	}
	var said struct {
		Token string `json:"access_token"`
		Error string `json:"error"`
	}
	switch err := json.Unmarshal(answer.Body, &said); {
	case err != nil:
		return clientsecret.Inconclusive
	case answer.Status == http.StatusOK && said.Token != "":
		return clientsecret.Authenticated
	case said.Error == "invalid_client":
		return clientsecret.Denied
	}
	return clientsecret.Inconclusive
}

// Reach asks as a client that does not exist.
func (p prober) Reach(ctx context.Context) clientsecret.Outcome {
	return p.Authenticate(ctx, "nobody", sensitive.Random(), "")
}

// Flush implements clientsecret.Cache.
func (p stagePort) Flush(ctx context.Context) error { return p.FlushCache(ctx) }

type discardCredentials struct{}

func (discardCredentials) Record(clientsecret.Metric, float64) {}
func (discardCredentials) StepDuration(string, time.Duration)  {}
