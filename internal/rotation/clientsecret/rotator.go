package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// Rotator runs the rotation steps, the sweep and the break-glass actions. It keeps no state between calls: one may be used for any
// number of invocations, and any number may overlap.
type Rotator struct {
	Secrets Secrets
	Clients Clients
	Tokens  TokenEndpoint
	Cache   Cache
	Clock   Clock
	Metrics Metrics
	Log     *slog.Logger
	Config  Config
	// GatewayURL is the gateway's token endpoint, which the tenants are told.
	GatewayURL string
}

// observation is one reading of a secret.
type observation struct {
	SecretState
	settled Settled
	current credentials // the zero credentials when AWSCURRENT holds none
	created time.Time   // of the current version
}

func (r *Rotator) observe(ctx context.Context, secretID string) (o observation, err error) {
	if o.SecretState, err = r.Secrets.Describe(ctx, secretID); err != nil {
		return o, fmt.Errorf("describing the secret: %w", err)
	}
	if o.Tenant == "" || o.ClientID == "" || o.Scopes == "" {
		return o, fmt.Errorf("the secret has the tags %s=%q, %s=%q, %s=%q: want all three, as the tenant's stack writes them",
			TagTenant, o.Tenant, TagClientID, o.ClientID, TagScopes, o.Scopes)
	}
	o.settled = ParseSettled(o.Settled)
	version, err := r.Secrets.Value(ctx, secretID, o.Versions[LabelCurrent])
	if err != nil {
		return o, fmt.Errorf("reading the current version: %w", err)
	}
	o.created = version.Created
	if o.current, err = decode(version.SecretString); err != nil && !errors.Is(err, errNoCredentials) {
		return o, err
	}
	return o, nil
}

func (o observation) hasCredentials() bool { return o.current.clientID != "" }

// blocked says whether Secrets Manager takes a rotation to be in progress.
func (s SecretState) blocked() bool {
	pending := s.Versions[LabelPending]
	return pending != "" && pending != s.Versions[LabelCurrent]
}

// rotating says whether a rotation is in progress. AWSPENDING may stay where a finished rotation had it, and is on AWSPREVIOUS then
// when a person has made the former version current again.
func (s SecretState) rotating() bool {
	return s.blocked() && s.Versions[LabelPending] != s.Versions[LabelPrevious]
}

// unblock takes AWSPENDING away from a finished rotation's version.
func (r *Rotator) unblock(ctx context.Context, s SecretState) error {
	if !s.blocked() || s.rotating() {
		return nil
	}
	if err := r.Secrets.MoveLabel(ctx, s.ID, LabelPending, "", s.Versions[LabelPending]); err != nil {
		return fmt.Errorf("removing AWSPENDING from version %s, which is AWSPREVIOUS: %w", s.Versions[LabelPending], err)
	}
	return nil
}

// quiet is a time after which AWSCURRENT and AWSPREVIOUS have not moved. A version's date alone does not say so: a version that
// was created long ago may have been current until a second ago. LastChangedDate does, but moves with everything, with the start
// of a rotation, too, so that the rotation itself has to believe the tag.
func (o observation) quiet() time.Time {
	since := later(o.Rotated, o.created)
	if o.rotating() && o.settled.about(o.SecretState) {
		return later(since, o.settled.Since)
	}
	return later(since, o.Changed)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// credentialsOf reads the credentials of the version with the label; errNoCredentials when there is none, or it has none.
func (r *Rotator) credentialsOf(ctx context.Context, s SecretState, label string) (credentials, error) {
	id := s.Versions[label]
	if id == "" {
		return credentials{}, fmt.Errorf("%w: no version is %s", errNoCredentials, label)
	}
	version, err := r.Secrets.Value(ctx, s.ID, id)
	if errors.Is(err, ErrNoValue) {
		return credentials{}, fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	if err != nil {
		return credentials{}, fmt.Errorf("reading the %s version: %w", label, err)
	}
	return decode(version.SecretString)
}

// authenticates says whether the credentials get a token. An inconclusive answer is an error.
func (r *Rotator) authenticates(ctx context.Context, c credentials) (bool, error) {
	switch outcome := r.Tokens.Authenticate(ctx, c.clientID, c.secret, c.scope()); outcome {
	case Authenticated:
		return true, nil
	case Denied:
		return false, nil
	default:
		return false, fmt.Errorf("it is not known whether app client %s authenticates: the request for a token was %s", c.clientID, outcome)
	}
}

// await returns once the credentials have authenticated.
func (r *Rotator) await(ctx context.Context, c credentials) error {
	for deadline := r.Clock.Now().Add(r.Config.AuthDeadline); ; {
		ok, err := r.authenticates(ctx, c)
		if ok {
			return nil
		}
		if !r.Clock.Now().Before(deadline) {
			return errors.Join(fmt.Errorf("the new secret of app client %s did not authenticate within %s", c.clientID, r.Config.AuthDeadline), err)
		}
		if err := r.wait(ctx, r.Config.ProbeInterval); err != nil {
			return err
		}
	}
}

// list returns the ids of the client's secrets.
func (r *Rotator) list(ctx context.Context, clientID string) ([]string, error) {
	ids, err := r.Clients.List(ctx, clientID)
	if err != nil {
		return nil, fmt.Errorf("listing the secrets of app client %s: %w", clientID, err)
	}
	slices.Sort(ids)
	return ids, nil
}

// record returns all ids that existed when it was called.
func (r *Rotator) record(ctx context.Context, clientID string) ([]string, error) {
	if err := r.wait(ctx, r.Config.ConsistencyBound); err != nil {
		return nil, err
	}
	return r.list(ctx, clientID)
}

// saveSettled writes the tag; a failure costs the next sweep some requests.
func (r *Rotator) saveSettled(ctx context.Context, s SecretState, settled Settled) error {
	settled.Digest = s.digest(r.GatewayURL)
	if err := r.Secrets.SaveSettled(ctx, s.ID, settled.String()); err != nil {
		return fmt.Errorf("tagging the secret with what was verified: %w", err)
	}
	return nil
}

// digest stands for everything that the credentials have to fit: see credentials.fit.
func (s SecretState) digest(gatewayURL string) string {
	return digest(s.ClientID, s.Scopes, gatewayURL)
}

func (r *Rotator) wait(ctx context.Context, d time.Duration) error {
	return clock.Wait(ctx, r.Clock, d)
}
