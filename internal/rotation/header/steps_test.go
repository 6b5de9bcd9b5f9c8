package header

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The calls that the steps make, so that tables stay readable.
const (
	describe    = "DescribeSecret"
	getValue    = "GetSecretValue"
	putValue    = "PutSecretValue"
	moveCurrent = "UpdateSecretVersionStage AWSCURRENT"
	dropPending = "UpdateSecretVersionStage AWSPENDING"
	getSet      = "GetRegexPatternSet"
	updateSet   = "UpdateRegexPatternSet"
	getStage    = "GetStage"
	updateStage = "UpdateStage"
	flushCache  = "FlushStageCache"
	tag         = "TagResource"
	probeDomain = "probe domain"
	probeGate   = "probe gateway"
)

func (s *system) record() *[]string {
	calls := &[]string{}
	s.Trace = func(name string) { *calls = append(*calls, name) }
	return calls
}

// addVersion adds a version; labels are set with label and promote.
func (s *system) addVersion(id string, v Value) {
	s.editSecret(func(next *secretRevision) {
		next.versions = append(next.versions, storedVersion{id: id, value: v, hasValue: v != Value{}, created: s.Now})
	})
}

func (s *system) setPending(id string) {
	s.editSecret(func(next *secretRevision) { next.label(id) })
}

func (s *system) promoteByHand(id string) {
	s.editSecret(func(next *secretRevision) { next.promote(id) })
}

const token = "token"

var (
	current = testValue(1)
	pending = testValue(2)
	other   = testValue(3)
)

func TestStep_convergesFromEveryState(t *testing.T) {
	pendingVersion := func(s *system) { s.addVersion(token, pending); s.setPending(token) }
	emptyVersion := func(s *system) { s.addVersion(token, Value{}); s.setPending(token) }
	accepted := func(s *system) { pendingVersion(s); s.writeSet([]Value{current, pending}, nil) }
	injected := func(s *system) { accepted(s); s.writeStage(pending) }

	for _, tt := range []struct {
		name    string
		step    string
		prepare func(*system)
		calls   []string
		wantErr string
		takes   time.Duration // at least
		check   func(*testing.T, *system)
	}{
		// The four cases of square/password-rotation-lambda's CreateSecret.
		{
			name: "create: AWSPENDING is still on the current version", step: StepCreate,
			prepare: func(s *system) { s.setPending("version-1") },
			calls:   []string{describe, putValue}, check: wantPending(token),
		},
		{
			name: "create: our pending version has a value (a retry)", step: StepCreate,
			prepare: pendingVersion,
			calls:   []string{describe, getValue},
			check: func(t *testing.T, s *system) {
				secret := s.secretAt(s.Now)
				if secret.version(token).value != pending {
					t.Error("the retry replaced the pending value")
				}
			},
		},
		{
			// Theirs is an error. Here an abandoned rotation must not block the next one for ever, and Secrets Manager runs one at a time.
			name: "create: another version is AWSPENDING", step: StepCreate,
			prepare: func(s *system) { s.addVersion("abandoned", other); s.setPending("abandoned") },
			calls:   []string{describe, putValue}, check: wantPending(token),
		},
		{
			name: "create: our version is current already", step: StepCreate,
			prepare: func(s *system) { pendingVersion(s); s.promoteByHand(token) },
			calls:   []string{describe},
		},
		// Secrets Manager labels an empty version before the first step.
		{
			name: "create: our pending version is empty", step: StepCreate,
			prepare: emptyVersion,
			calls:   []string{describe, getValue, putValue}, check: wantPending(token),
		},
		{
			name: "create: no pending version", step: StepCreate,
			prepare: func(*system) {},
			calls:   []string{describe, putValue}, check: wantPending(token),
		},
		{
			name: "create: the version has a value and lost its label", step: StepCreate,
			prepare: func(s *system) { pendingVersion(s); s.setPending("") },
			calls:   []string{describe, putValue}, check: wantPending(""),
		},

		{
			name: "set: accept, probe, dwell, inject", step: StepSet,
			prepare: pendingVersion, takes: 2 * time.Minute,
			calls: []string{
				describe, getValue, getValue, getStage, getSet, updateSet, probeDomain, probeDomain, probeDomain, getSet, updateStage,
			},
			check: func(t *testing.T, s *system) { wantAccepted(t, s, current, pending); wantInjected(t, s, pending) },
		},
		{
			name: "set: accepted by an earlier attempt, dwell in full", step: StepSet,
			prepare: accepted, takes: 2 * time.Minute,
			calls: []string{describe, getValue, getValue, getStage, getSet, probeDomain, probeDomain, probeDomain, getSet, updateStage},
			check: func(t *testing.T, s *system) { wantInjected(t, s, pending) },
		},
		{
			name: "set: injected by an earlier attempt", step: StepSet,
			prepare: injected,
			calls:   []string{describe, getValue, getValue, getStage, getSet},
		},
		{
			name: "set: a third value is injected and stays accepted", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.writeSet([]Value{current, other}, nil); s.writeStage(other) },
			calls: []string{
				describe, getValue, getValue, getStage, getSet, updateSet, probeDomain, probeDomain, probeDomain, getSet, updateStage,
			},
			check: func(t *testing.T, s *system) { wantAccepted(t, s, current, other, pending) },
		},
		{
			name: "set: the injected value is not accepted, so a flush becomes due", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.writeStage(other) },
			calls: []string{
				describe, getValue, getValue, getStage, getSet, tag, updateSet, probeDomain, probeDomain, probeDomain, getSet, updateStage,
			},
			check: func(t *testing.T, s *system) {
				wantAccepted(t, s, current, pending, other)
				if !s.secretAt(s.Now).flush.Due {
					t.Error("no flush is due")
				}
			},
		},
		{
			name: "set: the pattern set is full", step: StepSet,
			prepare: func(s *system) {
				pendingVersion(s)
				startFull.prepare(s)
				s.addVersion("x", other)
				moveValue(s, token, testValue(50))
			},
			calls:   []string{describe, getValue, getValue, getStage, getSet},
			wantErr: "pattern set is full: it needs 11 patterns, WAF allows 10",
		},
		{
			name: "set: the domain never lets the pending value pass", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.rotator.Prober = prober{domain: Refused} },
			calls:   []string{describe, getValue, getValue, getStage, getSet, updateSet},
			wantErr: "the Cognito domain let 0 probes in a row pass within 3m0s, want 3; the last one was refused",
			takes:   3 * time.Minute,
			check:   func(t *testing.T, s *system) { wantInjected(t, s, current) },
		},
		{
			name: "set: probes that time out are no passes", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.rotator.Prober = prober{domain: Inconclusive} },
			calls:   []string{describe, getValue, getValue, getStage, getSet, updateSet},
			wantErr: "the last one was inconclusive",
		},
		{
			name: "set: the value is dropped during the dwell", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.After(time.Minute, s.foreignRewrite) },
			calls:   []string{describe, getValue, getValue, getStage, getSet, updateSet, probeDomain, probeDomain, probeDomain, getSet},
			wantErr: "another writer dropped the value",
			check:   func(t *testing.T, s *system) { wantInjected(t, s, current) },
		},
		{
			name: "set: the current value is malformed", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); moveValue(s, "version-1", ValueOf("short")) },
			calls:   []string{describe, getValue, getValue},
			wantErr: "version version-1: malformed origin header value: got 5 characters, want 64 alphanumeric ones",
		},
		{
			name: "set: the rotation was undone", step: StepSet,
			prepare: func(s *system) { accepted(s); s.setPending("") },
			calls:   []string{describe},
			wantErr: "version token is not AWSPENDING",
		},
		{
			name: "set: the rest of the invocation is too short for the dwell", step: StepSet,
			prepare: func(s *system) { pendingVersion(s); s.rotator.Config.WAFBound = 11 * time.Minute },
			calls:   []string{describe, getValue, getValue, getStage, getSet, updateSet, probeDomain, probeDomain, probeDomain},
			wantErr: "does not fit into the",
		},

		{
			name: "test: read the stage back, dwell, read it again", step: StepTest,
			prepare: injected, takes: 2 * time.Minute,
			calls: []string{describe, getValue, getSet, getStage, getStage},
		},
		{
			name: "test: a stack update rewrote the stage", step: StepTest,
			prepare: func(s *system) { injected(s); s.writeStage(current) },
			wantErr: "the stage variable did not show the injected value within 2m0s", takes: 2 * time.Minute,
		},
		{
			name: "test: a stack update rewrites the stage during the dwell", step: StepTest,
			prepare: func(s *system) { injected(s); s.After(time.Minute, func() { s.writeStage(current) }) },
			wantErr: "another writer changed it",
		},
		{
			name: "test: trial with an empty version", step: StepTest,
			prepare: emptyVersion,
			calls:   []string{describe, getValue, getValue, probeDomain, probeDomain, probeDomain}, check: wantUntouched,
		},
		{
			name: "test: trial with a value that was never accepted", step: StepTest,
			prepare: pendingVersion,
			calls:   []string{describe, getValue, getSet, getValue, probeDomain, probeDomain, probeDomain}, check: wantUntouched,
		},
		{
			name: "test: trial with a copy of the current value", step: StepTest,
			prepare: func(s *system) { s.addVersion(token, current); s.setPending(token) },
			calls:   []string{describe, getValue, getSet, getStage}, check: wantUntouched,
		},
		{
			name: "test: trial with a value of another shape", step: StepTest,
			prepare: func(s *system) { s.addVersion(token, ValueOf("{}")); s.setPending(token) },
			calls:   []string{describe, getValue, getValue, probeDomain, probeDomain, probeDomain}, check: wantUntouched,
		},
		{
			name: "test: trial while the domain refuses", step: StepTest,
			prepare: func(s *system) { emptyVersion(s); s.rotator.Prober = prober{domain: Refused} },
			wantErr: "the last one was refused", check: wantUntouched,
		},

		{
			name: "finish: promote", step: StepFinish,
			prepare: func(s *system) { injected(s); s.Advance(3 * time.Minute) },
			calls:   []string{describe, getValue, getStage, moveCurrent},
			check: func(t *testing.T, s *system) {
				wantAccepted(t, s, current, pending)
				if secret := s.secretAt(s.Now); secret.current().id != token {
					t.Errorf("current version is %s, want %s", secret.current().id, token)
				}
			},
		},
		{
			name: "finish: injected a moment ago", step: StepFinish,
			prepare: injected, takes: 2 * time.Minute,
			calls: []string{describe, getValue, getStage, getStage, moveCurrent},
		},
		{
			name: "finish: never injected", step: StepFinish,
			prepare: accepted,
			wantErr: "the stage variable did not show the injected value",
		},
		{
			name: "finish: promoted by an earlier attempt", step: StepFinish,
			prepare: func(s *system) { injected(s); s.promoteByHand(token) },
			calls:   []string{describe},
		},
		{
			name: "unknown step", step: "rollbackSecret", prepare: func(*system) {},
			wantErr: `step is "rollbackSecret": want one of createSecret, setSecret, testSecret, finishSecret`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(newWorld(current))
			tt.prepare(s)
			calls := s.record()
			began := s.Now
			err := s.Invoke(func(ctx context.Context) error { return s.rotator.Step(ctx, tt.step, token) })
			wantError(t, err, tt.wantErr)
			if tt.calls != nil {
				if diff := cmp.Diff(tt.calls, *calls); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			}
			if took := s.Now - began; took < tt.takes {
				t.Errorf("took %s, want at least %s", took, tt.takes)
			}
			if tt.check != nil {
				tt.check(t, s)
			}
		})
	}
}

func TestProbe_requiresPassesInARow(t *testing.T) {
	s := newSystem(newWorld(current))
	s.addVersion(token, pending)
	s.setPending(token)
	sequence := &proberSequence{Passed, Passed, Inconclusive, Passed, Passed, Refused, Passed, Passed, Passed, Passed}
	s.rotator.Prober = sequence
	if err := s.Invoke(func(ctx context.Context) error { return s.rotator.Step(ctx, StepSet, token) }); err != nil {
		t.Fatal(err)
	}
	if left := len(*sequence); left != 1 {
		t.Errorf("%d outcomes left, want 1: only three passes in a row are enough", left)
	}
}

// proberSequence gives one outcome after the other.
type proberSequence []Outcome

func (p *proberSequence) Domain(context.Context, Value) Outcome {
	next := (*p)[0]
	*p = (*p)[1:]
	return next
}

func (p *proberSequence) Gateway(context.Context) Outcome { return Inconclusive }

func TestUpdate_readsAgainAfterStaleLock(t *testing.T) {
	s := newSystem(newWorld(current))
	s.addVersion(token, pending)
	s.setPending(token)
	calls := s.record()
	s.Hook = func(int) {
		if (*calls)[len(*calls)-1] == updateSet && len(s.set) == 1 {
			s.writeSet([]Value{current, other}, nil) // someone is faster, once
		}
	}
	if err := s.Invoke(func(ctx context.Context) error { return s.rotator.Step(ctx, StepSet, token) }); err != nil {
		t.Fatal(err)
	}
	wantAccepted(t, s, current, other, pending)
	want := []string{
		describe, getValue, getValue, getStage, getSet, updateSet, getSet, updateSet,
		probeDomain, probeDomain, probeDomain, getSet, updateStage,
	}
	if diff := cmp.Diff(want, *calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
