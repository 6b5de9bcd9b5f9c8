package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// The world's implementations of the package's interfaces.
type (
	worldSecrets struct{ w *world }
	worldClients struct{ w *world }
	worldTokens  struct{ w *world }
	worldCache   struct{ w *world }
	noMetrics    struct{}
)

var (
	_ Secrets       = worldSecrets{}
	_ Clients       = worldClients{}
	_ TokenEndpoint = worldTokens{}
	_ Cache         = worldCache{}
	_ Metrics       = noMetrics{}
)

func (w *world) state(s secretRevision) SecretState {
	state := SecretState{
		ID: testSecret, Owner: w.owner, Tenant: testTenant, ClientID: s.client, Scopes: s.scopes, Settled: s.settled,
		Versions: maps.Clone(s.labels),
		Created:  virtual.Epoch, Changed: virtual.Epoch.Add(s.changed),
	}
	if s.hasRotated {
		state.Rotated = virtual.Epoch.Add(s.rotated)
	}
	return state
}

func (s worldSecrets) List(_ context.Context, page func([]SecretState)) error {
	return s.w.Call("ListSecrets", false, func(asOf time.Duration) error {
		page([]SecretState{s.w.state(s.w.secretAt(asOf))})
		return nil
	})
}

func (s worldSecrets) Describe(context.Context, string) (state SecretState, err error) {
	err = s.w.Call("DescribeSecret", false, func(asOf time.Duration) error {
		state = s.w.state(s.w.secretAt(asOf))
		return nil
	})
	return state, err
}

func (s worldSecrets) Value(_ context.Context, _, id string) (version Version, err error) {
	err = s.w.Call("GetSecretValue", false, func(asOf time.Duration) error {
		stored := s.w.secretAt(asOf).version(id)
		if stored == nil || !stored.hasValue {
			return ErrNoValue
		}
		version = Version{SecretString: stored.text, Created: virtual.Epoch.Add(stored.created)}
		return nil
	})
	return version, err
}

func (s worldSecrets) Put(_ context.Context, _, token, label string, text sensitive.Value) error {
	return s.w.Call("PutSecretValue", true, func(time.Duration) error {
		known := s.w.secretAt(s.w.Now).version(token)
		switch {
		case known != nil && known.hasValue && known.text != text:
			return ErrVersionExists
		case known != nil && known.hasValue:
			return nil
		}
		s.w.edit(func(next *secretRevision) {
			if known == nil {
				next.versions = append(next.versions, storedVersion{id: token})
			}
			*next.version(token) = stored(token, text, s.w.Now)
			next.move(label, token)
		})
		return nil
	})
}

func (s worldSecrets) MoveLabel(_ context.Context, _, label, to, from string) error {
	return s.w.Call("UpdateSecretVersionStage", true, func(time.Duration) error {
		if at := s.w.secretAt(s.w.Now).labels[label]; at != from {
			return fmt.Errorf("%s is on %q, not on %q", label, at, from)
		}
		if to != "" && s.w.secretAt(s.w.Now).version(to) == nil {
			return fmt.Errorf("there is no version %q", to)
		}
		s.w.edit(func(next *secretRevision) { next.move(label, to) })
		return nil
	})
}

func (s worldSecrets) StartRotation(context.Context, string) error {
	return s.w.Call("RotateSecret", true, func(time.Duration) error {
		if s.w.secretAt(s.w.Now).blocked() {
			return ErrRotating
		}
		s.w.ids++
		token := fmt.Sprintf("started-%d", s.w.ids)
		s.w.begin(token)
		s.w.queued = append(s.w.queued, token)
		return nil
	})
}

// begin is how Secrets Manager begins a rotation: with an empty version.
func (w *world) begin(token string) {
	w.edit(func(next *secretRevision) {
		next.versions = append(next.versions, storedVersion{id: token, created: w.Now})
		next.move(LabelPending, token)
	})
}

func (s worldSecrets) SaveSettled(_ context.Context, _, value string) error {
	return s.w.Call("TagResource", true, func(time.Duration) error {
		if len(value) > 256 {
			return fmt.Errorf("the tag has %d characters", len(value))
		}
		s.w.edit(func(next *secretRevision) {
			if s.w.taggedQuietly {
				next.changed = s.w.secretAt(s.w.Now).changed
			}
			next.settled = value
		})
		return nil
	})
}

// ask is a read at Cognito, which may be out of date by its bound.
func (w *world) ask(name string, lag time.Duration, answer func(asOf time.Duration) error) error {
	return w.Call(name, false, func(asOf time.Duration) error {
		return answer(max(asOf-lag, w.Now-w.bound+time.Millisecond))
	})
}

func (w *world) client(id string, t time.Duration) (*app, error) {
	if a := w.apps[id]; a != nil && t < a.deleted {
		return a, nil
	}
	return nil, ErrNoClient
}

func (c worldClients) Describe(_ context.Context, id string) (client Client, err error) {
	err = c.w.ask("DescribeUserPoolClient", c.w.listLag, func(asOf time.Duration) error {
		a, err := c.w.client(id, asOf)
		if err == nil {
			client = Client{a.name, virtual.At(a.scopes, func(r scopeRevision) time.Duration { return r.at }, asOf).scopes}
		}
		return err
	})
	return client, err
}

func (c worldClients) List(_ context.Context, id string) (ids []string, err error) {
	err = c.w.ask("ListUserPoolClientSecrets", c.w.listLag, func(asOf time.Duration) error {
		a, err := c.w.client(id, asOf)
		if err != nil {
			return err
		}
		for _, s := range a.active(asOf) {
			ids = append(ids, s.id)
		}
		return nil
	})
	return ids, err
}

func (c worldClients) Add(_ context.Context, id string, value sensitive.Value) error {
	return c.w.Call("AddUserPoolClientSecret", true, func(time.Duration) error {
		a, err := c.w.client(id, c.w.Now)
		if err != nil {
			return err
		}
		if len(a.active(c.w.Now)) >= maxSecrets {
			return ErrLimit
		}
		c.w.addSecret(id, value, c.w.Now)
		return nil
	})
}

func (c worldClients) Delete(_ context.Context, id, secretID string) error {
	return c.w.Call("DeleteUserPoolClientSecret", true, func(time.Duration) error {
		a, err := c.w.client(id, c.w.Now)
		if err != nil {
			return nil // ResourceNotFoundException
		}
		active := a.active(c.w.Now)
		switch {
		case !slices.ContainsFunc(active, func(s appSecret) bool { return s.id == secretID }):
			return nil // ResourceNotFoundException
		case len(active) == 1:
			return errors.New("InvalidParameterException: the last secret cannot be deleted")
		}
		c.w.deleteSecret(id, secretID, false)
		return nil
	})
}

func (t worldTokens) Authenticate(_ context.Context, id string, value sensitive.Value, scope string) Outcome {
	outcome := Denied
	err := t.w.ask("Authenticate", t.w.authLag, func(asOf time.Duration) error {
		a, err := t.w.client(id, asOf)
		if err != nil || !slices.ContainsFunc(a.active(asOf), func(s appSecret) bool { return s.value == value }) {
			return nil
		}
		scopes := virtual.At(a.scopes, func(r scopeRevision) time.Duration { return r.at }, asOf).scopes
		if scope != "" && !slices.Contains(scopes, scope) {
			return errors.New("invalid_scope")
		}
		outcome = Authenticated
		t.w.tokens++
		return nil
	})
	if err != nil {
		return Inconclusive
	}
	return outcome
}

func (t worldTokens) Reach(context.Context) Outcome {
	outcome := Denied
	if t.w.ask("Reach", t.w.authLag, func(time.Duration) error { return nil }) != nil {
		outcome = Inconclusive
	}
	return outcome
}

func (c worldCache) Flush(context.Context) error {
	return c.w.Call("FlushStageCache", true, func(time.Duration) error { c.w.flushes++; return nil })
}

func (noMetrics) Record(Metric, float64)             {}
func (noMetrics) StepDuration(string, time.Duration) {}
