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
)

// rotations are how secrets and keys are exchanged while traffic flows.
type rotations struct {
	// header is what the rotation of the origin header believes of the propagation.
	header time.Duration
	// credentials are the bounds of the client secrets' rotation.
	credentials simulator.CredentialsBounds
	// lead is how long before its first token a signing key is published, keep how long the former one is after that.
	lead, keep time.Duration
}

// right are bounds that fit the simulation: its propagation, and a grace that is much longer than a workload runs. A key is published for
// longer than the time for which a flood of unknown keys stops the verifiers from reading the pool's keys again, 5 s.
var right = rotations{
	header: propagation, lead: 6 * time.Second, keep: time.Hour,
	credentials: simulator.CredentialsBounds{Grace: 5 * lifetime, Consistency: propagation},
}

// enough is what has to happen at least for a run to show anything. It takes as long as the machine needs.
var enough = map[string]int{
	"writing": 50, "reading another's": 50, "reading as an auditor": 20, "writing without the scope": 20, "tokens": 50, "attacks": 100,
	"rotations of the origin header": 3, "rotations of client secrets": 2 * len(tenantScopes), "rotations of the signing key": 1,
}

// hangs is when a run has failed, on any machine.
const hangs = 3 * time.Minute

// run has workloads of two tenants that write and of one that only reads, and an attacker with tokens that nobody issued. It goes on until
// there was enough of everything, or until the awaited failure.
func (r rotations) run(t *testing.T, awaited string) *traffic {
	t.Helper()
	tr := &traffic{system: newSystem(t, right.credentials), requests: map[string]int{}, secrets: map[string]string{}, awaited: awaited}
	for _, of := range tenantScopes {
		tr.secrets[of.tenant] = tr.secret(t, of.tenant)
	}
	foreign, tokens := tr.attacks(t)
	tr.done, tr.stop = context.WithTimeout(t.Context(), hangs)
	defer tr.stop()
	var wg sync.WaitGroup
	for _, of := range tenantScopes {
		wg.Go(func() { tr.sourced(of.tenant) })
		wg.Go(func() { tr.plain(of.tenant) })
	}
	wg.Go(func() { tr.attack(foreign, tokens) })
	wg.Go(func() { tr.rotateHeader(r) })
	wg.Go(func() { tr.rotateCredentials(r) })
	wg.Go(func() { tr.rotateKey(r) })
	wg.Go(func() {
		for ; !tr.over(); time.Sleep(pace) {
			if awaited == "" && tr.all(enough) {
				tr.stop()
			}
		}
	})
	wg.Wait()
	return tr
}

func (tr *traffic) rotateHeader(r rotations) {
	for !tr.over() {
		if err := tr.Origin().Rotate(context.Background(), r.header, r.header); err != nil {
			tr.fail("rotation of the origin header: %v", err)
			continue
		}
		tr.count("rotations of the origin header")
	}
}

// sweepInterval is longer than the consistency bound, as it is on AWS: a sweep's own note counts as a change, after which the next
// one waits that long.
const sweepInterval = 3 * propagation

// rotateCredentials sweeps, and rotates every tenant's secret whenever the sweep has nothing left to do.
func (tr *traffic) rotateCredentials(r rotations) {
	for !tr.over() {
		swept, err := tr.Credentials().Sweep(context.Background(), r.credentials)
		if err != nil {
			tr.fail("sweep: %v", err)
			continue
		}
		if swept.Unsettled == 0 {
			var wg sync.WaitGroup
			for _, of := range tenantScopes {
				wg.Go(func() {
					tr.rotateTenant(r, of.tenant)
				})
			}
			wg.Wait()
		}
		time.Sleep(sweepInterval)
	}
}

// rotateTenant goes on with a rotation that broke off, as Secrets Manager does.
func (tr *traffic) rotateTenant(r rotations, tenant string) {
	for !tr.over() {
		err := tr.Credentials().Rotate(context.Background(), tenant, r.credentials)
		if err == nil {
			tr.count("rotations of client secrets")
			return
		}
		tr.fail("rotation of %s: %v", tenant, err)
	}
}

func (tr *traffic) rotateKey(r rotations) {
	select {
	case <-time.After(lifetime):
	case <-tr.done.Done():
		return
	}
	if err := tr.Keys().Rotate(context.Background(), r.lead, r.keep); err != nil {
		tr.fail("rotation of the signing key: %v", err)
	}
	tr.count("rotations of the signing key")
}

// Traffic of several tenants meets a resource server through the token gateway, its authorizer and its policies, while the origin
// header, every client secret and the signing key rotate. Not one request fails, and nobody sees what is not theirs.
func TestAPI_failsNoRequestWhileEverythingRotates(t *testing.T) {
	tr := right.run(t, "")
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
	if !tr.all(enough) {
		t.Errorf("that is not enough to show anything: want %v", enough)
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
func TestAPI_failsWithWrongRotations(t *testing.T) {
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
			test.change(&wrong)
			tr := wrong.run(t, test.want)
			if !slices.ContainsFunc(tr.failures, func(f string) bool { return strings.Contains(f, test.want) }) {
				t.Errorf("no request failed with %q of %d rounds, with %d failures: %q; it did: %v", test.want, tr.requests["rounds"],
					len(tr.failures), tr.failures, tr.requests)
			}
		})
	}
}
