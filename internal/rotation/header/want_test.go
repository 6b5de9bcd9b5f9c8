package header

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// prober has one answer for each endpoint, and does not count as a call.
type prober struct{ domain, gateway Outcome }

func (p prober) Domain(context.Context, Value) Outcome { return p.domain }
func (p prober) Gateway(context.Context) Outcome       { return p.gateway }

// moveValue gives a version another value.
func moveValue(s *system, id string, v Value) {
	s.editSecret(func(next *secretRevision) { next.version(id).value = v })
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want %q", err, want)
	}
}

func wantAccepted(t *testing.T, s *system, want ...Value) {
	t.Helper()
	if got := s.setAt(s.Now).values; !(AcceptedSet{Values: got}).same(AcceptedSet{Values: want}) {
		t.Errorf("accepted %s, want %s", names(got), names(want))
	}
}

func wantInjected(t *testing.T, s *system, want Value) {
	t.Helper()
	if got := s.stageAt(s.Now).value; got != want {
		t.Errorf("injected %s, want %s", names([]Value{got}), names([]Value{want}))
	}
}

// names gives test values away by their numbers.
func names(values []Value) (all []string) {
	for _, v := range values {
		all = append(all, strings.TrimLeft(v.Plaintext(), "0"))
	}
	return all
}

func wantPending(id string) func(*testing.T, *system) {
	return func(t *testing.T, s *system) {
		secret := s.secretAt(s.Now)
		got := secret.pendingVersion()
		switch {
		case id == "" && got != nil:
			t.Errorf("AWSPENDING is on %s, want nowhere", got.id)
		case id != "" && (got == nil || got.id != id):
			t.Fatalf("AWSPENDING is on %v, want %s", got, id)
		case id != "" && errors.Is(got.value.Check(), ErrMalformed):
			t.Error("the pending value is malformed")
		}
	}
}

func wantUntouched(t *testing.T, s *system) {
	if len(s.set) != 1 || len(s.stage) != 1 {
		t.Errorf("the trial wrote the set %d times and the stage %d times", len(s.set)-1, len(s.stage)-1)
	}
}
