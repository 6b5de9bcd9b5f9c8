package conformance

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// noAccess is what an operator without permissions gets.
type noAccess struct{}

var errDenied = errors.New("access denied")

func (noAccess) Invalidation(context.Context) (Invalidation, error)  { return Invalidation{}, errDenied }
func (noAccess) TagKeys(context.Context) ([]string, error)           { return nil, errDenied }
func (noAccess) WebACL(context.Context) (string, error)              { return "", errDenied }
func (noAccess) SecretIDs(context.Context, string) ([]string, error) { return nil, errDenied }
func (noAccess) AddSecret(context.Context, string, sensitive.Value) (func(context.Context) error, error) {
	return nil, errDenied
}

// Without permission nothing passes, and nothing fails either.
func TestRun_isUnknownWithoutAccess(t *testing.T) {
	for name, edit := range map[string]func(*Target){
		"cache-locked": func(t *Target) { t.Stage = noAccess{} },
		"pool-web-acl": func(t *Target) { t.Pool = noAccess{} },
		"secret-ids":   func(t *Target) { t.Pool = noAccess{} },

		"accepted-values-untagged": func(t *Target) { t.AcceptedValues = noAccess{} },
	} {
		target := newDeployment(t).target()
		edit(&target)
		if got := ask(t, target)[name]; got.Verdict != Unknown || !strings.Contains(got.Reason, errDenied.Error()) {
			t.Errorf("%s: got %s: %s", name, got.Verdict, got.Reason)
		}
	}
	target := newDeployment(t).target()
	target.Corrector = noAccess{}
	if got := ask(t, target)["secret-ids"]; got.Verdict != Unknown || !strings.Contains(got.Reason, "could not be added") {
		t.Errorf("got %s: %s", got.Verdict, got.Reason)
	}
}

// The question leaves the client with the secrets that it had, also when it fails, and touches none while a rotation has two.
func TestSecretIDs_removesItsSecret(t *testing.T) {
	for name, c := range map[string]struct {
		faults   []fault
		rotating bool
		want     Verdict
		reason   string
		added    int
	}{
		"right": {nil, false, Pass,
			"a second one appeared in list 2 after one was added and disappeared in list 2 after it was deleted", 1},
		"never listed":          {[]fault{addedSecretUnlisted}, false, Fail, "after one was added the client has 1 IDs for 55s", 1},
		"in a rotation":         {nil, true, Unknown, "has two secrets", 0},
		"generated is unlisted": {[]fault{firstSecretUnlisted}, false, Fail, "has 0 IDs", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDeployment(t, c.faults...)
			if c.rotating {
				d.secrets, d.listed = append(d.secrets, "another"), 2
			}
			had := len(d.secrets)
			target := d.target()
			r := newRun(&target)
			r.wait = func(context.Context, time.Duration) error { return nil }
			got := r.secretIDs(t.Context())
			if got.verdict != c.want || !strings.Contains(got.reason, c.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.verdict, got.reason, c.want, c.reason)
			}
			if len(d.secrets) != had || d.added != c.added {
				t.Errorf("the client has %d secrets, and %d were added, want %d and %d", len(d.secrets), d.added, had, c.added)
			}
		})
	}
	d := newDeployment(t)
	target := d.target()
	target.Corrector = nil
	if got := newRun(&target).secretIDs(t.Context()); got.verdict != Pass || d.added != 0 {
		t.Errorf("without a corrector: got %s: %s, %d added", got.verdict, got.reason, d.added)
	}
}
