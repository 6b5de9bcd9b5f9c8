package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSweep_doesWhatIsDue lets one sweep meet a state.
func TestSweep_doesWhatIsDue(t *testing.T) {
	unhealed := func(name string) func(*testing.T, *system) {
		return func(t *testing.T, s *system) {
			if s.authenticates() {
				t.Errorf("%s: AWSCURRENT authenticates", name)
			}
		}
	}
	for _, tt := range []struct {
		name    string
		base    *world
		prepare func(*system)
		want    SweepReport // besides Secrets
		err     string
		check   func(*testing.T, *system) // nil: AWSCURRENT must authenticate afterwards, if it has credentials
	}{
		{"starts the first rotation", fresh, nothing, SweepReport{Placeholders: 1, Unsettled: 1, RotationsStarted: 1}, "", nil},
		{"waits for the schedule", fresh, func(s *system) { s.rotator.Secrets = unscheduled{s.rotator.Secrets} },
			SweepReport{Placeholders: 1, Unsettled: 1}, "", unhealed("no schedule")},
		{"is unsure before the first rotation", fresh, (*system).addByHand, SweepReport{Placeholders: 1, Unsettled: 1, Unsure: 1}, "",
			unhealed("unsure")},
		{"leaves a settled secret alone", settled, nothing, SweepReport{}, "", nil},
		{"leaves a secret in its grace alone", inGrace, nothing, SweepReport{Unsettled: 1}, "", nil},
		{"deletes what is superseded after the grace", overdue, nothing, SweepReport{Deleted: 1}, "", nil},
		{"leaves a rotation alone", settled, func(s *system) { s.begin("x"); s.Advance(2 * time.Hour) }, SweepReport{Unsettled: 1}, "", nil},
		{"gives up a stuck rotation", settled, func(s *system) { s.begin("x"); s.Advance(3 * time.Hour) },
			SweepReport{Unsettled: 1, Stuck: 1}, "", nil},
		{"removes the secret of a rotation that was given up", settled, func(s *system) {
			s.begin("leftover")
			for _, step := range []string{StepCreate, StepSet} {
				_ = s.Invoke(func(ctx context.Context) error { return s.step(ctx, step, "leftover") })
			}
			s.after(3 * time.Hour)
			s.Advance(time.Hour)
		}, SweepReport{Deleted: 1}, "", nil},
		{"waits for invocations of a rotation that was given up", settled, func(s *system) {
			s.begin("x")
			s.after(3 * time.Hour)
			s.Advance(15 * time.Minute)
		}, SweepReport{Unsettled: 1}, "", func(t *testing.T, s *system) {
			if label := s.secretAt(s.Now).labels[LabelAbandoned]; label != "x" {
				t.Errorf("%s is on %q, want x", LabelAbandoned, label)
			}
		}},
		{"keeps the secret of a rotation that ended when it was given up", inGrace, func(s *system) {
			s.moveBack()
			s.edit(func(next *secretRevision) { next.move(LabelAbandoned, next.labels[LabelPrevious]) })
			s.Advance(time.Hour)
		}, SweepReport{Unsettled: 1}, "", wantTwo},
		{"keeps the secret of a rotation that was retried after its time", inGrace, func(s *system) {
			former := s.secretAt(s.Now).labels[LabelPrevious]
			s.rotator.GatewayURL = "https://other.example/oauth2/token"
			s.runSweep()
			s.edit(func(next *secretRevision) { next.move(LabelAbandoned, former) })
			s.Advance(time.Hour)
		}, SweepReport{Unsettled: 1}, "", wantTwo},
		{"rewrites for new scopes", settled, func(s *system) { s.changeScopes(); s.Advance(time.Hour) }, SweepReport{Rewritten: 1}, "", nil},
		{"waits for the client and the tag to agree", settled, func(s *system) {
			s.changeScopes()
			s.Advance(time.Hour)
			a := s.apps[firstClient]
			a.scopes = append(a.scopes, scopeRevision{s.Now, []string{"something/else"}})
		}, SweepReport{Unsettled: 1}, "", nil},
		{"rewrites for a new gateway", settled, func(s *system) { s.rotator.GatewayURL = "https://other.example/oauth2/token" },
			SweepReport{Rewritten: 1}, "", nil},
		{"moves to a client that replaced the former one", settled, func(s *system) { s.replaceClient(); s.Advance(time.Hour) },
			SweepReport{Unsettled: 1, Rewritten: 1}, "", nil},
		{"restores what a placeholder was written over", inGrace, (*system).overwrite, SweepReport{Unsettled: 1, Drift: 1}, "", nil},
		{"restores even while a rotation is in progress", inGrace, func(s *system) { s.begin("x"); s.overwrite() },
			SweepReport{Unsettled: 1, Drift: 1}, "", nil},
		{"adds a current secret again that a person deleted", settled, func(s *system) {
			s.addByHand()
			s.deleteByHand(true)
			s.edit(func(next *secretRevision) { next.settled = "" })
		}, SweepReport{Unsettled: 1, Drift: 1}, "", nil},
		{"adds a former secret again that a person made current", played(overdue, func(s *system) { s.runSweep() }), (*system).moveBack,
			SweepReport{Unsettled: 1, Drift: 1}, "", nil},
		{"cannot add a secret while both slots are taken within the grace", inGrace, func(s *system) {
			s.deleteByHand(true)
			s.addByHand()
			s.edit(func(next *secretRevision) { next.settled = "" })
		}, SweepReport{Unsettled: 1, Drift: 1, Failures: 1}, "the superseded client secret is within its grace until", unhealed("no room")},
		{"deletes the later secret after a person moved back", inGrace, func(s *system) { s.moveBack(); s.Advance(25 * time.Hour) },
			SweepReport{Deleted: 1}, "", nil},
		{"is unsure of a secret that a person added", settled, func(s *system) {
			s.addByHand()
			s.edit(func(next *secretRevision) { next.settled = "" })
			s.Advance(25 * time.Hour)
		}, SweepReport{Unsettled: 1, Unsure: 1}, "", nil},
		{"fails at missing tags", settled, func(s *system) { s.edit(func(next *secretRevision) { next.client, next.settled = "", "" }) },
			SweepReport{Unsettled: 1, Failures: 1}, `the secret has the tags m2m:tenant="acme", m2m:client-id="", m2m:scopes="`, nil},
		{"notices that a rotation is overdue", settled, func(s *system) { s.Advance(32 * 24 * time.Hour) }, SweepReport{Overdue: 1}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(tt.base.clone())
			tt.prepare(s)
			err := s.Invoke(s.sweep)
			wantError(t, err, tt.err)
			tt.want.Secrets = 1
			if diff := cmp.Diff(tt.want, s.report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			s.runQueued()
			if tt.check != nil {
				tt.check(t, s)
			} else if !s.authenticates() {
				t.Error("AWSCURRENT does not authenticate")
			}
		})
	}
}

func wantTwo(t *testing.T, s *system) {
	if ids := s.activeIDs(); len(ids) != 2 || s.secretAt(s.Now).labels[LabelAbandoned] != "" {
		t.Errorf("secrets %q, labels %q, want two and none of a rotation that was given up", ids, s.secretAt(s.Now).labels)
	}
}

// TestSweep_looksAgainBeforeDeletion: a person makes the former version current again just before its secret would go.
func TestSweep_looksAgainBeforeDeletion(t *testing.T) {
	s := newSystem(overdue.clone())
	s.Trace = func(request string) {
		if request == "Authenticate" {
			s.moveBack()
		}
	}
	wantError(t, s.Invoke(s.sweep), "AWSCURRENT moved from version")
	s.Trace = nil
	if !s.authenticates() {
		t.Error("AWSCURRENT does not authenticate")
	}
}

// TestSweep_distrustsRecentMove: AWSCURRENT was moved back to what the sweep before had just deleted, and Cognito does not say so yet.
func TestSweep_distrustsRecentMove(t *testing.T) {
	s := newSystem(overdue.clone())
	s.runSweep()
	s.moveBack()
	s.authLag = s.bound - time.Millisecond
	s.runSweep()
	s.authLag = 0
	s.after(25 * time.Hour)
	if s.report.Drift != 1 || !s.authenticates() {
		t.Errorf("drift %d, authenticates %t, want that it is noticed and healed", s.report.Drift, s.authenticates())
	}
}

// TestRotator_healsSettledDriftWithNextRotation: a sweep asks nothing about a settled secret, so what a person deletes there stays deleted
// until the next rotation.
func TestRotator_healsSettledDriftWithNextRotation(t *testing.T) {
	s := newSystem(settled.clone())
	s.addByHand()
	s.deleteByHand(true)
	s.after(time.Hour)
	if s.authenticates() || s.report.Drift != 0 {
		t.Error("the sweep asked about a settled secret")
	}
	s.rotateNow(false)
	s.runQueued()
	if !s.authenticates() {
		t.Error("the rotation did not heal it")
	}
}

// unscheduled has no rotation schedule.
type unscheduled struct{ Secrets }

func (u unscheduled) Describe(ctx context.Context, id string) (SecretState, error) {
	state, err := u.Secrets.Describe(ctx, id)
	state.Unscheduled = true
	return state, err
}

// TestSweep_continuesAfterFailure: the sweep fails in the end, with the first failure, and has gone through all.
func TestSweep_continuesAfterFailure(t *testing.T) {
	c := newCrowd()
	c.states = c.states[:100]
	for i := range 3 {
		c.states[i*40].ClientID = ""
	}
	var report SweepReport
	err := c.Invoke(func(ctx context.Context) (err error) { report, err = c.rotator().Sweep(ctx); return err })
	wantError(t, err, "3 of 100 secrets failed, each is in the log; the first one: secret m2m/test/tenants/tenant-00")
	if report.RotationsStarted != 97 || report.Failures != 3 {
		t.Errorf("%d rotations started, %d failures, want 97 and 3", report.RotationsStarted, report.Failures)
	}
}

func TestSweep_reportsFailedList(t *testing.T) {
	s := newSystem(settled.clone())
	got := recorder{}
	s.rotator.Metrics = got
	s.rotator.Secrets = unlisted{s.rotator.Secrets}
	wantError(t, s.Invoke(s.sweep), "listing the secrets: denied")
	if got[SweepFailures] != 1 {
		t.Errorf("%s is %v, want 1", SweepFailures, got[SweepFailures])
	}
}

type unlisted struct{ Secrets }

func (unlisted) List(context.Context, func([]SecretState)) error { return errors.New("denied") }

// TestSuperseded_isNeitherCurrentNorPending: one record is not enough while a rotation is in progress.
func TestSuperseded_isNeitherCurrentNorPending(t *testing.T) {
	s := newSystem(settled.clone())
	o := observation{
		SecretState: SecretState{ClientID: "client"},
		current:     credentials{clientID: "client", priorIDs: []string{"former", "pending"}},
	}
	got, err := s.rotator.superseded(t.Context(), o, []string{"former", "pending"}, &credentials{priorIDs: []string{"former"}})
	if diff := cmp.Diff([]string{"former"}, got); diff != "" || err != nil {
		t.Errorf("error %v, superseded (-want +got):\n%s", err, diff)
	}
}

// TestSuperseded_namesUnsureSecrets: a person has to find out which one to delete.
func TestSuperseded_namesUnsureSecrets(t *testing.T) {
	s := newSystem(settled.clone())
	s.addByHand()
	err := s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RotateNow(ctx, testSecret, true); return err })
	ids := s.activeIDs()
	wantError(t, err,
		fmt.Sprintf("app client client1 has the secrets %s and %s: nothing proves which client secret is superseded", ids[0], ids[1]))
}
