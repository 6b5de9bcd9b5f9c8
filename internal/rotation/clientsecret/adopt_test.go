package clientsecret

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// newExisting is a tenant whose app client a team created earlier, under a name of its own, and whose client secret is in use.
func newExisting() *system {
	s := newSystem(newWorld())
	s.owner = ExistingClient(testTenant, firstClient)
	s.apps[firstClient].name = "Billing (production)"
	return s
}

func (s *system) firstSecretWorks() bool {
	first := s.apps[firstClient].secrets[0]
	return s.Now < first.deleted
}

func TestExistingClient_keepsTheSecretInUse(t *testing.T) {
	s := newExisting()
	s.runSweep()
	if !s.authenticates() || len(s.activeIDs()) != 2 {
		t.Fatalf("after the first rotation: authenticates %t, secrets %q, want a second one that does", s.authenticates(), s.activeIDs())
	}
	s.rotator.GatewayURL = "https://other.example/oauth2/token" // a rewrite must not forget what was adopted
	for range 10 {
		s.after(25 * time.Hour)
	}
	if !s.firstSecretWorks() || s.report.Unsure+s.report.Failures+s.report.Unsettled != 0 {
		t.Fatalf("ten days later: the first secret works %t, report %+v, want it to, and nothing left to do", s.firstSecretWorks(), s.report)
	}
	if err := s.rotate("second"); !errors.Is(err, errAdopted) || !s.firstSecretWorks() {
		t.Fatalf("next rotation: got error %v, first secret works %t, want a refusal", err, s.firstSecretWorks())
	}
	s.after(3 * time.Hour) // gives the rotation up
	s.after(time.Hour)

	revoke := func(ctx context.Context) error { _, err := s.rotator.RevokePrevious(ctx, testSecret); return err }
	if err := s.Invoke(revoke); err != nil || s.firstSecretWorks() || s.flushes != 1 {
		t.Fatalf("revoke-previous: got error %v, first secret works %t, %d flushes", err, s.firstSecretWorks(), s.flushes)
	}
	s.Advance(time.Hour)
	if err := s.rotate("third"); err != nil || !s.authenticates() {
		t.Fatalf("rotation after that: got error %v, authenticates %t", err, s.authenticates())
	}
	s.after(25 * time.Hour)
	if ids := s.activeIDs(); len(ids) != 1 || s.report.Deleted != 1 {
		t.Errorf("secrets %q, report %+v, want that the superseded one goes after its grace as for any tenant", ids, s.report)
	}
}

func TestExistingClient_isTheOneInTheNameOfTheSecret(t *testing.T) {
	for _, name := range []string{"Billing (production)", testTenant, ExistingClient(testTenant, firstClient)} {
		s := newExisting()
		s.createClient(victim, virtual.LongAgo)
		s.apps[victim].name = name
		s.edit(func(next *secretRevision) { next.client = victim })
		if err := s.rotate("token"); !errors.Is(err, errForeign) {
			t.Errorf("client with the name %q: got error %v", name, err)
		}
		if n := len(s.apps[victim].secrets); n != 1 {
			t.Errorf("client with the name %q: it has %d secrets", name, n)
		}
	}
}

func TestExistingClient_withTwoSecretsWaitsForAPerson(t *testing.T) {
	s := newExisting()
	s.addSecret(firstClient, sensitive.Random(), s.Now)
	s.after(time.Hour)
	if s.report.Unsure != 1 || len(s.activeIDs()) != 2 || !s.firstSecretWorks() {
		t.Errorf("report %+v, secrets %q, want both kept and the alarm for a person", s.report, s.activeIDs())
	}
}

func TestExistingClient_isRotatedByForceOnly(t *testing.T) {
	s := newExisting()
	s.runSweep()
	s.after(25 * time.Hour)
	rotateNow := func(force bool) (report ActionReport, err error) {
		err = s.Invoke(func(ctx context.Context) error { report, err = s.rotator.RotateNow(ctx, testSecret, force); return err })
		return report, err
	}
	if _, err := rotateNow(false); !errors.Is(err, errAdopted) || !s.firstSecretWorks() {
		t.Errorf("got error %v, first secret works %t, want a refusal", err, s.firstSecretWorks())
	}
	if report, err := rotateNow(true); err != nil || report.Deleted != 1 || s.firstSecretWorks() {
		t.Errorf("with force: got error %v, report %+v, first secret works %t, want it deleted", err, report, s.firstSecretWorks())
	}
}
