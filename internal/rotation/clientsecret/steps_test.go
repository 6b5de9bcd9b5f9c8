package clientsecret

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want %q", err, want)
	}
}

// runStep runs one step of the rotation of version "rotation-a".
func (s *system) runStep(step string) error {
	return s.Invoke(func(ctx context.Context) error { return s.step(ctx, step, "rotation-a") })
}

func (s *system) activeIDs() (ids []string) {
	for _, one := range s.apps[s.secretAt(s.Now).client].active(s.Now) {
		ids = append(ids, one.id)
	}
	return ids
}

// TestStep_convergesFromEveryState runs one step on a state that the steps before it, or somebody else, left.
func TestStep_convergesFromEveryState(t *testing.T) {
	for _, tt := range []struct {
		name    string
		base    *world
		prepare func(*system)
		step    string
		want    string // error
		check   func(*testing.T, *system)
	}{
		{"create stores a value and the record", settled, func(s *system) { s.begin("rotation-a") }, StepCreate, "",
			func(t *testing.T, s *system) {
				c, ok := s.secretAt(s.Now).credentials(LabelPending)
				if !ok || len(c.secret.Plaintext()) != 64 || strings.Join(c.priorIDs, " ") != strings.Join(s.activeIDs(), " ") ||
					!c.fit(s.state(s.secretAt(s.Now)), testGateway) {
					t.Errorf("pending credentials: client %s, scopes %q, prior ids %q", c.clientID, c.scopes, c.priorIDs)
				}
			}},
		{"create keeps the value of an earlier attempt", settled, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
		}, StepCreate, "", func(t *testing.T, s *system) {
			if n := count(s, "PutSecretValue", func() { _ = s.runStep(StepCreate) }); n != 0 {
				t.Errorf("%d values stored again, want none", n)
			}
		}},
		{"create refuses within the grace and says until when", inGrace, func(s *system) { s.begin("rotation-a") }, StepCreate,
			"app client client1 has two secrets, and the superseded client secret is within its grace until 2026-01-03T02:02", nil},
		{"create refuses two secrets of which nothing is known", fresh, func(s *system) {
			s.addByHand()
			s.begin("rotation-a")
		}, StepCreate, "nothing proves which client secret is superseded: delete the one that is not in use", nil},
		{"create refuses a client without scopes", settled, func(s *system) {
			s.begin("rotation-a")
			a := s.apps[firstClient]
			a.scopes = append(a.scopes, scopeRevision{s.Now, nil})
		}, StepCreate, "app client client1 has no scopes", nil},
		{"create refuses a client that does not exist", settled, func(s *system) {
			s.begin("rotation-a")
			s.apps[firstClient].deleted = s.Now
		}, StepCreate, "describing app client client1: app client does not exist", nil},
		{"create refuses a version that Secrets Manager has not begun", settled, nothing, StepCreate,
			`version rotation-a is not AWSPENDING (version "" is)`, nil},
		{"set adds the secret", settled, func(s *system) { s.begin("rotation-a"); _ = s.runStep(StepCreate) }, StepSet, "",
			func(t *testing.T, s *system) {
				if ids := s.activeIDs(); len(ids) != 2 {
					t.Errorf("secrets %q, want two", ids)
				}
			}},
		{"set adds nothing twice", settled, func(s *system) {
			s.begin("rotation-a")
			_, _ = s.runStep(StepCreate), s.runStep(StepSet)
		}, StepSet, "", func(t *testing.T, s *system) {
			if n := count(s, "AddUserPoolClientSecret", func() { _ = s.runStep(StepSet) }); n != 0 {
				t.Errorf("%d secrets added again, want none", n)
			}
		}},
		{"set waits for a secret that was added a moment ago", settled, func(s *system) {
			s.authLag = s.bound - time.Millisecond
			s.begin("rotation-a")
			_, _ = s.runStep(StepCreate), s.runStep(StepSet)
		}, StepSet, "", nil},
		{"set removes what is superseded when the grace is over", overdue, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
		}, StepSet, "", func(t *testing.T, s *system) {
			if ids := s.activeIDs(); len(ids) != 2 || ids[0] != "client1--4" {
				t.Errorf("secrets %q, want the current one, client1--4, and the new one", ids)
			}
		}},
		{"set refuses the credentials of a client that was replaced meanwhile", settled, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
			s.replaceClient()
			s.Advance(10 * time.Minute)
		}, StepSet, "the pending version is for app client client1, and the tag m2m:client-id says replacement", nil},
		{"test gives up on a secret that was not added", settled, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
		}, StepTest, "the new secret of app client client1 did not authenticate within 2m0s", nil},
		{"finish refuses a secret that does not authenticate", settled, func(s *system) {
			s.begin("rotation-a")
			_ = s.runStep(StepCreate)
		}, StepFinish, "does not authenticate any more", nil},
		{"finish promotes, and nothing is pending afterwards", settled, func(s *system) {
			s.begin("rotation-a")
			_, _ = s.runStep(StepCreate), s.runStep(StepSet)
		}, StepFinish, "", func(t *testing.T, s *system) {
			secret := s.secretAt(s.Now)
			if secret.labels[LabelCurrent] != "rotation-a" || secret.labels[LabelPending] != "" {
				t.Errorf("labels %q", secret.labels)
			}
			if tag := ParseSettled(secret.settled); tag.Done || !tag.holds(s.state(secret), testGateway) {
				t.Errorf("tag %q, want a grace of the new version", secret.settled)
			}
		}},
		{"a version that is current already", settled, func(s *system) { _ = s.rotate("rotation-a") }, StepSet, "", nil},
		{"a version that a person moved AWSCURRENT away from", settled, func(s *system) {
			_ = s.rotate("rotation-a")
			s.moveBack()
		}, StepFinish, "somebody made the former one current again", nil},
		{"a rotation that was given up", settled, func(s *system) {
			s.begin("rotation-a")
			s.edit(func(next *secretRevision) { next.move(LabelAbandoned, "rotation-a") })
		}, StepCreate, "the rotation of version rotation-a was given up", nil},
		{"a rotation whose label was taken away is marked", settled, func(s *system) {
			s.begin("rotation-a")
			_, _ = s.runStep(StepCreate), s.runStep(StepSet)
			s.edit(func(next *secretRevision) { next.move(LabelPending, "") })
		}, StepTest, "is not AWSPENDING", func(t *testing.T, s *system) {
			if label := s.secretAt(s.Now).labels[LabelAbandoned]; label != "rotation-a" {
				t.Errorf("%s is on %q, want rotation-a", LabelAbandoned, label)
			}
		}},
		{"an unknown step", settled, func(s *system) { s.begin("rotation-a") }, "dropSecret", `step is "dropSecret"`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(tt.base.clone())
			tt.prepare(s)
			wantError(t, s.runStep(tt.step), tt.want)
			if tt.check != nil {
				tt.check(t, s)
			}
		})
	}
}

// count is how often a request is made.
func count(s *system, name string, do func()) (n int) {
	s.Trace = func(request string) {
		if request == name {
			n++
		}
	}
	do()
	return n
}

// TestTrial_touchesNothing: the test of a new schedule runs testSecret alone, on a version that is empty, or has what AWSCURRENT has.
func TestTrial_touchesNothing(t *testing.T) {
	for name, content := range map[string]func(*system) (sensitive.Value, bool){
		"empty":       func(*system) (sensitive.Value, bool) { return sensitive.Value{}, false },
		"placeholder": func(*system) (sensitive.Value, bool) { return sensitive.ValueOf(Placeholder), true },
		"not JSON":    func(*system) (sensitive.Value, bool) { return sensitive.ValueOf("x"), true },
		"copy of the current version": func(s *system) (sensitive.Value, bool) {
			secret := s.secretAt(s.Now)
			return secret.version(secret.labels[LabelCurrent]).text, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSystem(settled.clone())
			s.begin("rotation-a")
			if text, ok := content(s); ok {
				s.edit(func(next *secretRevision) { *next.version("rotation-a") = stored("rotation-a", text, s.Now) })
			}
			before, tokens := len(s.secret), s.tokens
			asked := count(s, "Reach", func() { wantError(t, s.runStep(StepTest), "") })
			if asked != 1 || len(s.secret) != before || s.tokens != tokens || len(s.activeIDs()) != 1 {
				t.Errorf("asked %d times, %d edits, %d tokens, secrets %q: want one question and nothing else",
					asked, len(s.secret)-before, s.tokens-tokens, s.activeIDs())
			}
		})
	}
}

// unreachable is a domain whose web ACL refuses the function.
type unreachable struct{ TokenEndpoint }

func (unreachable) Reach(context.Context) Outcome { return Inconclusive }

func TestTrial_failsIfCognitoIsUnreachable(t *testing.T) {
	s := newSystem(settled.clone())
	s.rotator.Tokens = unreachable{s.rotator.Tokens}
	s.begin("rotation-a")
	wantError(t, s.runStep(StepTest),
		"did not answer a client that does not exist with invalid_client within 2m0s: the last answer was inconclusive")
}

// TestStep_countsTokens pins what a rotation costs: two tokens, and a third one when its grace is over.
func TestStep_countsTokens(t *testing.T) {
	s := newSystem(settled.clone())
	before := s.tokens
	if err := s.rotate("rotation-a"); err != nil || s.tokens-before != 2 {
		t.Errorf("rotation: %d tokens, error %v, want 2 and none", s.tokens-before, err)
	}
	for range 30 {
		s.after(time.Hour)
	}
	if err := s.converged(); err != nil || s.tokens-before != 3 {
		t.Errorf("rotation and 30 sweeps: %d tokens, error %v, want 3 and none", s.tokens-before, err)
	}
}
