package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// rotations are how secrets and keys are exchanged while traffic flows.
type rotations struct {
	duration time.Duration
	// header is what the rotation of the origin header believes of the propagation.
	header time.Duration
	// credentials are the bounds of the client secrets' rotation.
	credentials simulator.CredentialsBounds
	// lead is how long before its first token a signing key is published, keep how long the former one is after that.
	lead, keep time.Duration
}

// right are bounds that fit the simulation: longer than its propagation, and a grace that is longer than a workload runs. A key is published for
// longer than the time for which a flood of unknown keys stops the verifiers from reading the pool's keys again, 5 s.
var right = rotations{
	duration: 12 * time.Second, header: 2 * propagation, lead: 6 * time.Second, keep: time.Hour,
	credentials: simulator.CredentialsBounds{Grace: 2 * lifetime, Consistency: 2 * propagation},
}

// workloads of two tenants that write and one that only reads; attackers try tokens that nobody issued.
func (r rotations) run(t *testing.T) *traffic {
	t.Helper()
	done, stop := context.WithTimeout(t.Context(), r.duration)
	defer stop()
	tr := &traffic{system: newSystem(t, right.credentials), done: done, requests: map[string]int{}, secrets: map[string]string{}}
	for _, of := range tenantScopes {
		tr.secrets[of.tenant] = tr.secret(t, of.tenant)
	}
	attacker := verifytest.NewIssuer(t)
	var wg sync.WaitGroup
	for _, of := range tenantScopes {
		wg.Go(func() { tr.sourced(of.tenant) })
		wg.Go(func() { tr.plain(of.tenant) })
	}
	wg.Go(func() { tr.attack(attacker) })
	wg.Go(func() { tr.rotateHeader(r) })
	wg.Go(func() { tr.rotateCredentials(r) })
	wg.Go(func() { tr.rotateKey(r) })
	wg.Wait()
	return tr
}

func (tr *traffic) rotateHeader(r rotations) {
	for !tr.over() {
		if err := tr.RotateOriginHeader(context.Background(), r.header, r.header); err != nil {
			tr.fail("rotation of the origin header: %v", err)
			return
		}
		tr.count("rotations of the origin header")
	}
}

// rotateCredentials sweeps, and rotates every tenant's secret whenever the sweep has nothing left to do.
func (tr *traffic) rotateCredentials(r rotations) {
	for !tr.over() {
		swept, err := tr.SweepCredentials(context.Background(), r.credentials)
		if err != nil {
			tr.fail("sweep: %v", err)
			return
		}
		if swept.Unsettled == 0 {
			var wg sync.WaitGroup
			for _, of := range tenantScopes {
				wg.Go(func() {
					if err := tr.RotateCredentials(context.Background(), of.tenant, r.credentials); err != nil {
						tr.fail("rotation of %s: %v", of.tenant, err)
						return
					}
					tr.count("rotations of client secrets")
				})
			}
			wg.Wait()
		}
		time.Sleep(propagation)
	}
}

func (tr *traffic) rotateKey(r rotations) {
	select {
	case <-time.After(lifetime):
	case <-tr.done.Done():
		return
	}
	if err := tr.RotateSigningKey(context.Background(), r.lead, r.keep); err != nil {
		tr.fail("rotation of the signing key: %v", err)
	}
	tr.count("rotations of the signing key")
}

// Traffic of several tenants meets a resource server through the token gateway, its authorizer and its policies, while the origin header, every client
// secret and the signing key rotate. Not one request fails, and nobody sees what is not theirs.
func TestNothingFailsWhileEverythingRotates(t *testing.T) {
	tr := right.run(t)
	for i, failure := range tr.failures {
		if i == 20 {
			t.Errorf("and %d more", len(tr.failures)-i)
			break
		}
		t.Error(failure)
	}
	for _, what := range slices.Sorted(maps.Keys(tr.requests)) {
		t.Logf("%6d %s", tr.requests[what], what)
	}
	for what, least := range map[string]int{
		"writing": 500, "reading another's": 500, "reading as an auditor": 100, "writing without the scope": 100, "tokens": 100, "attacks": 100,
		"rotations of the origin header": 3, "rotations of client secrets": 2 * len(tenantScopes), "rotations of the signing key": 1,
	} {
		if got := tr.requests[what]; got < least {
			t.Errorf("%s: %d, want %d at least: the test has shown nothing", what, got, least)
		}
	}
	for tenant, all := range tr.store.all {
		for id, order := range all {
			if !strings.HasPrefix(id, tenant+"-") || order.Item != "of "+tenant {
				t.Errorf("%s has the order %s, %q", tenant, id, order.Item)
			}
		}
	}
}

// Each wrong rotation makes requests fail: the test above would notice.
func TestWrongRotationsAreNoticed(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*rotations)
		want   string
	}{
		"the header is injected before it is accepted everywhere":    {func(r *rotations) { r.header = 0 }, "token for "},
		"client secrets are current before they work everywhere":     {func(r *rotations) { r.credentials.Consistency = 0 }, "token for "},
		"superseded client secrets are deleted at once":              {func(r *rotations) { r.credentials.Grace = 0 }, "token for "},
		"the former signing key goes with the first use of the new":  {func(r *rotations) { r.lead, r.keep = 0, 0 }, "got 401"},
		"the new signing key signs at once while attackers are busy": {func(r *rotations) { r.lead = 0 }, "got 401"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrong := right
			wrong.duration = 4 * time.Second
			test.change(&wrong)
			tr := wrong.run(t)
			n := 0
			for _, failure := range tr.failures {
				if strings.Contains(failure, test.want) {
					n++
				}
			}
			if n == 0 {
				t.Errorf("no request failed with %q of %d rounds", test.want, tr.requests["rounds"])
			}
			t.Logf("%d of %d failures were as expected", n, len(tr.failures))
		})
	}
}
