package clientsecret

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

const (
	victim       = "victims-client"
	victimTenant = "victim"
)

// Whoever may tag one tenant's secret, or even write versions of it, gets no credentials of another tenant's client into it, and loses that
// client none: whatever runs then.
func TestRotator_refusesClientOfAnotherTenant(t *testing.T) {
	// forged is a version that names the victim's client, with a secret of the insider's choice.
	forged := func(s *system, label string) {
		c := newCredentials(testGateway, victim, testScopes)
		c.secret = sensitive.Random()
		text, err := c.encode()
		if err != nil {
			panic(err)
		}
		s.edit(func(next *secretRevision) {
			next.versions = append(next.versions, stored("forged", text, s.Now))
			next.move(label, "forged")
		})
	}
	rotate := func(s *system) error { return s.rotate("token") }
	sweep := func(s *system) error { return s.Invoke(s.sweep) }
	full := func(s *system) { s.addSecret(victim, sensitive.Random(), s.Now) }
	for name, c := range map[string]struct {
		start   *world
		prepare func(*system)
		run     func(*system) error
	}{
		"first rotation": {fresh, func(*system) {}, rotate},
		"first sweep":    {fresh, func(*system) {}, sweep},
		"later rotation": {settled, func(*system) {}, rotate},
		"later sweep":    {settled, func(*system) {}, sweep},
		"pending version": {settled, func(s *system) { forged(s, LabelPending) }, func(s *system) error {
			return s.Invoke(func(ctx context.Context) error { return s.step(ctx, StepSet, "forged") })
		}},
		"current version": {settled, func(s *system) { forged(s, LabelCurrent) }, func(s *system) error {
			s.Advance(2 * DefaultConfig().Grace)
			return sweep(s)
		}},
		"current version of a client with two secrets": {settled, func(s *system) { full(s); forged(s, LabelCurrent) }, func(s *system) error {
			s.Advance(2 * DefaultConfig().Grace)
			return sweep(s)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSystem(c.start.clone())
			s.createClient(victim, virtual.LongAgo)
			s.apps[victim].name = victimTenant
			s.edit(func(next *secretRevision) { next.client = victim })
			c.prepare(s)
			before, versions := slices.Clone(s.apps[victim].secrets), len(s.secretAt(s.Now).versions)
			s.Advance(time.Hour)
			if err := c.run(s); !errors.Is(err, errForeign) {
				t.Errorf("got error %v, want that the client %v", err, errForeign)
			}
			if got := s.apps[victim].secrets; !slices.Equal(got, before) {
				t.Errorf("the victim's client has %d secrets, want the %d of before, as they were", len(got), len(before))
			}
			for _, v := range s.secretAt(s.Now).versions[versions:] {
				if v.hasCredentials && v.credentials.clientID == victim {
					t.Errorf("version %s has credentials of the victim's client", v.id)
				}
			}
		})
	}
}

// A deletion names the client as well: a forged version must not take another tenant's secrets away.
func TestRotator_neverDeletesSecretsOfAnotherTenant(t *testing.T) {
	s := newSystem(settled.clone())
	s.createClient(victim, virtual.LongAgo)
	s.apps[victim].name = victimTenant
	s.addSecret(victim, sensitive.Random(), virtual.LongAgo)
	id := s.apps[victim].secrets[0].id
	err := s.Invoke(func(ctx context.Context) error {
		return s.rotator.delete(ctx, s.state(s.secretAt(s.Now)), victim, []string{id})
	})
	if !errors.Is(err, errForeign) || len(s.apps[victim].active(s.Now)) != 2 {
		t.Errorf("got error %v, and %d secrets are left", err, len(s.apps[victim].active(s.Now)))
	}
}

// A name that is not under the prefix tells no tenant, and none is not a client without a name.
func TestRotator_refusesSecretWithoutOwner(t *testing.T) {
	s := newSystem(settled.clone())
	s.apps[firstClient].name = ""
	state := s.state(s.secretAt(s.Now))
	state.Owner = ""
	err := s.Invoke(func(ctx context.Context) error {
		_, err := s.rotator.ownClient(ctx, state, firstClient)
		return err
	})
	if !errors.Is(err, errForeign) {
		t.Errorf("got error %v", err)
	}
}
