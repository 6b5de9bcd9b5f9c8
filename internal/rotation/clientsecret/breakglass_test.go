package clientsecret

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBreakGlass_actsAtOnce(t *testing.T) {
	rotateNow := func(force bool) func(*system, context.Context) (ActionReport, error) {
		return func(s *system, ctx context.Context) (ActionReport, error) {
			return s.rotator.RotateNow(ctx, testSecret, force)
		}
	}
	revoke := func(s *system, ctx context.Context) (ActionReport, error) {
		return s.rotator.RevokePrevious(ctx, testSecret)
	}
	for _, tt := range []struct {
		name    string
		base    *world
		prepare func(*system)
		act     func(*system, context.Context) (ActionReport, error)
		want    ActionReport
		err     string
		secrets int // of the client afterwards
	}{
		{"rotate-now", settled, nothing, rotateNow(false), ActionReport{RotationStarted: true}, "", 2},
		{"rotate-now of a placeholder", fresh, nothing, rotateNow(false), ActionReport{RotationStarted: true}, "", 2},
		{"rotate-now within the grace", inGrace, nothing, rotateNow(false), ActionReport{},
			`the superseded client secret is within its grace until 2026-01-03T02:02`, 2},
		{"rotate-now with force within the grace", inGrace, nothing, rotateNow(true), ActionReport{RotationStarted: true, Deleted: 1}, "", 2},
		{"rotate-now after the grace", overdue, nothing, rotateNow(false), ActionReport{RotationStarted: true, Deleted: 1}, "", 2},
		{"rotate-now during a rotation", settled, func(s *system) { s.begin("x") }, rotateNow(true), ActionReport{},
			"a rotation is in progress: version x is AWSPENDING", 1},
		{"rotate-now with force, unsure", settled, (*system).addByHand, rotateNow(true), ActionReport{},
			"nothing proves which client secret is superseded", 2},
		{"rotate-now after a person moved back", inGrace, (*system).moveBack, rotateNow(true),
			ActionReport{RotationStarted: true, Deleted: 1}, "", 2},
		{"revoke-previous", inGrace, nothing, revoke, ActionReport{Deleted: 1, Flushed: true}, "", 1},
		{"revoke-previous once more", settled, nothing, revoke, ActionReport{Flushed: true}, "", 1},
		{"revoke-previous after the first rotation, whose previous secret Cognito made", played(fresh, (*system).runSweep), nothing, revoke,
			ActionReport{Deleted: 1, Flushed: true}, "", 1},
		{"revoke-previous, unsure", settled, (*system).addByHand, revoke, ActionReport{},
			"nothing proves which client secret is superseded: delete the one that is to be revoked, by hand", 2},
		{"revoke-previous while the next rotation waits", overdue, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
		}, revoke, ActionReport{Deleted: 1, Flushed: true}, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(tt.base.clone())
			tt.prepare(s)
			flushes := s.flushes
			var got ActionReport
			err := s.Invoke(func(ctx context.Context) (err error) { got, err = tt.act(s, ctx); return err })
			wantError(t, err, tt.err)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			if flushed := s.flushes > flushes; flushed != tt.want.Flushed {
				t.Errorf("flushed %t, want %t", flushed, tt.want.Flushed)
			}
			s.runQueued()
			if ids := s.activeIDs(); len(ids) != tt.secrets {
				t.Errorf("secrets %q, want %d", ids, tt.secrets)
			}
			if _, ok := s.secretAt(s.Now).credentials(LabelCurrent); ok && !s.authenticates() {
				t.Error("AWSCURRENT does not authenticate")
			}
		})
	}
}

// TestRevokePrevious_endsAuthentication: the very secret that AWSPREVIOUS has is gone, whichever is the older one.
func TestRevokePrevious_endsAuthentication(t *testing.T) {
	for name, prepare := range map[string]func(*system){"after a rotation": nothing, "after a person moved back": (*system).moveBack} {
		s := newSystem(inGrace.clone())
		prepare(s)
		previous, _ := s.secretAt(s.Now).credentials(LabelPrevious)
		if err := s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RevokePrevious(ctx, testSecret); return err }); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(s.uncovered(true, previous, s.Now, s.Now+time.Second)) == 0 || !s.authenticates() {
			t.Errorf("%s: the revoked secret authenticates, or the current one does not", name)
		}
	}
}
