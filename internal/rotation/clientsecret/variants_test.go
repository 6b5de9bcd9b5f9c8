package clientsecret

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// brokenVariants are the mistakes that the exploration must catch. Each one is the real code with one part replaced from outside.
var brokenVariants = []struct {
	name string
	want error
	wrap func(*system)
}{
	{"delete the older secret without proof", errViolation, func(s *system) {
		s.rotator.Secrets = olderIsSuperseded{worldSecrets{s.world}, s.world}
	}},
	{"grace from CreatedDate", errViolation, func(s *system) {
		s.rotator.Secrets = createdDate{worldSecrets{s.world}}
	}},
	{"no grace in the rotation", errViolation, func(s *system) {
		hasty := *s.rotator
		hasty.Config.Grace = 0
		s.step = func(ctx context.Context, step, token string) error { return hasty.Step(ctx, testSecret, step, token) }
	}},
	{"promote without testing", errViolation, func(s *system) {
		careless := *s.rotator
		careless.Tokens, careless.Config.ConsistencyBound = yes{careless.Tokens}, 0
		s.step = func(ctx context.Context, step, token string) error {
			if step == StepTest || step == StepFinish {
				return careless.Step(ctx, testSecret, step, token)
			}
			return s.rotator.Step(ctx, testSecret, step, token)
		}
	}},
	{"no wait until the secret is known everywhere", errViolation, func(s *system) {
		s.rotator.Config.ConsistencyBound = 0
	}},
	{"another value in a retry", errNotConverged, func(s *system) {
		s.step = func(ctx context.Context, step, token string) error {
			if step == StepCreate {
				s.redraw(token)
			}
			return s.rotator.Step(ctx, testSecret, step, token)
		}
	}},
	{"forget the secret of a rotation that is given up", errNotConverged, func(s *system) {
		s.rotator.Secrets = forgetful{worldSecrets{s.world}}
	}},
	{"never give a rotation up", errNotConverged, func(s *system) {
		s.rotator.Config.StuckLimit = forever
	}},
	{"rewrite without the record", errNotConverged, func(s *system) {
		s.rotator.Secrets = recordless{worldSecrets{s.world}}
	}},
}

// olderIsSuperseded takes the older of two client secrets for the superseded one.
type olderIsSuperseded struct {
	Secrets
	w *world
}

func (o olderIsSuperseded) Value(ctx context.Context, secretID, versionID string) (Version, error) {
	return rerecord(ctx, o.Secrets, secretID, versionID, func(c credentials) []string {
		if active := o.w.apps[c.clientID].active(o.w.Now); len(active) == maxSecrets {
			return []string{active[0].id}
		}
		return nil
	})
}

// rerecord reads a version with another record.
func rerecord(ctx context.Context, s Secrets, secretID, versionID string, ids func(credentials) []string) (Version, error) {
	version, err := s.Value(ctx, secretID, versionID)
	if err != nil {
		return version, err
	}
	c, err := decode(version.SecretString)
	if err != nil {
		return version, nil
	}
	c.priorIDs = ids(c)
	version.SecretString, err = c.encode()
	return version, err
}

// createdDate passes the current version's CreatedDate off as the time of the last change.
type createdDate struct{ Secrets }

func (c createdDate) Describe(ctx context.Context, secretID string) (SecretState, error) {
	state, err := c.Secrets.Describe(ctx, secretID)
	if err != nil {
		return state, err
	}
	current, err := c.Value(ctx, secretID, state.Versions[LabelCurrent])
	state.Changed, state.Rotated, state.Settled = current.Created, time.Time{}, ""
	return state, err
}

// yes finds that everything authenticates.
type yes struct{ TokenEndpoint }

func (yes) Authenticate(context.Context, string, sensitive.Value, string) Outcome {
	return Authenticated
}

// redraw gives a version that has credentials another client secret.
func (s *system) redraw(token string) {
	v := s.secretAt(s.Now).version(token)
	if v == nil || !v.hasCredentials {
		return
	}
	c := v.credentials
	c.secret = sensitive.Random()
	text, _ := c.encode()
	s.edit(func(next *secretRevision) { *next.version(token) = stored(token, text, s.Now) })
}

// forgetful does not mark versions.
type forgetful struct{ Secrets }

func (f forgetful) MoveLabel(ctx context.Context, secretID, label, to, from string) error {
	if label == LabelAbandoned {
		return nil
	}
	return f.Secrets.MoveLabel(ctx, secretID, label, to, from)
}

// recordless drops the record of rewritten versions.
type recordless struct{ Secrets }

func (r recordless) Put(ctx context.Context, secretID, token, label string, secretString sensitive.Value) error {
	if c, err := decode(secretString); err == nil && label == LabelRewrite {
		c.priorIDs = nil
		secretString, _ = c.encode()
	}
	return r.Secrets.Put(ctx, secretID, token, label, secretString)
}

func TestExploration_catchesBrokenVariants(t *testing.T) {
	for _, variant := range brokenVariants {
		t.Run(variant.name, func(t *testing.T) {
			t.Parallel()
			explored := 0
			for _, thinned := range []int{29, 1} { // most are caught by a sample
				for _, family := range families {
					for sc := range every(thinned*family.thinned, family.schedules) {
						explored++
						s := sc.system()
						variant.wrap(s)
						if err := sc.run(s); errors.Is(err, variant.want) {
							t.Logf("caught by schedule %d: %s: %v", explored, sc, err)
							return
						}
					}
				}
			}
			t.Errorf("not caught by any of %d schedules", explored)
		})
	}
}
