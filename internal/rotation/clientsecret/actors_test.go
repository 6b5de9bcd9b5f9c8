package clientsecret

import (
	"context"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// actor is someone who acts during the rotation.
type actor struct {
	name string
	act  func(*system)
	// overlaps: an invocation that stops half-way while the rotation goes on.
	overlaps func(*system, context.Context) error
	// movesCurrent: a person moves AWSCURRENT back. overwrites: CloudFormation does away with it. See excludes.
	movesCurrent, overwrites bool
}

var actors = []actor{
	{name: "sweep", act: func(s *system) { _ = s.Invoke(s.sweep) }},
	{name: "rotate-now", act: func(s *system) { s.rotateNow(false) }},
	{name: "rotate-now with force", act: func(s *system) { s.revokes(); s.rotateNow(true) }},
	{name: "revoke-previous", act: func(s *system) {
		s.revokes()
		_ = s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RevokePrevious(ctx, testSecret); return err })
	}},
	{name: "AWSCURRENT moved back by hand", movesCurrent: true, act: (*system).moveBack},
	{name: "AWSPENDING taken away by hand", act: func(s *system) {
		s.foreign = true
		s.edit(func(next *secretRevision) { next.move(LabelPending, "") })
	}},
	{name: "placeholder written over AWSCURRENT", overwrites: true, act: (*system).overwrite},
	{name: "secret tagged", act: func(s *system) { s.edit(func(*secretRevision) {}) }},
	{name: "scopes changed", act: (*system).changeScopes},
	{name: "client replaced", act: (*system).replaceClient},
	{name: "current client secret deleted by hand", act: func(s *system) { s.deleteByHand(true) }},
	{name: "other client secrets deleted by hand", act: func(s *system) { s.deleteByHand(false) }},
	{name: "client secret added by hand", act: (*system).addByHand},
}

var overlappingSweep = actor{
	name:     "overlapping sweep",
	overlaps: func(s *system, ctx context.Context) error { return s.sweep(ctx) },
}

// overlappingRetry is the same rotation run a second time while the first run is still at it, as after a lost response.
var overlappingRetry = actor{
	name: "overlapping retry",
	overlaps: func(s *system, ctx context.Context) error {
		for _, step := range []string{StepCreate, StepSet, StepTest, StepFinish} {
			if err := s.step(ctx, step, "rotation-a"); err != nil {
				return err
			}
		}
		return nil
	},
}

func (s *system) rotateNow(force bool) {
	_ = s.Invoke(func(ctx context.Context) error { _, err := s.rotator.RotateNow(ctx, testSecret, force); return err })
}

// revokes notes that former credentials may end from now on. Of two overlapping invocations, the second one may then find room where there
// was none, and add once more what the first one has added: two secrets of one value, of which nothing proves anything.
func (s *system) revokes() {
	s.revoked = min(s.revoked, s.Now)
	s.foreign = s.foreign || s.overlapped
}

// breaks notes that tenants notice from now on, or from a time within the given one.
func (s *system) breaks(within time.Duration) {
	s.broken = append(s.broken, struct{ at, until time.Duration }{s.Now, s.Now + within})
}

// moveBack makes the former credentials the current ones. Those whose grace is over are nobody's promise.
func (s *system) moveBack() {
	secret := s.secretAt(s.Now)
	if _, ok := secret.credentials(LabelPrevious); !ok {
		return
	}
	var left time.Duration // when AWSPREVIOUS was put where it is
	for _, r := range s.secret {
		if r.labels[LabelPrevious] != secret.labels[LabelPrevious] {
			left = forever
		} else if left == forever {
			left = r.at
		}
	}
	s.edit(func(next *secretRevision) { next.move(LabelCurrent, secret.labels[LabelPrevious]) })
	if !s.authenticates() || s.Now >= left+DefaultConfig().Grace || s.revoked <= s.Now {
		s.breaks(excuse)
	}
}

// overwrite is CloudFormation storing another placeholder.
func (s *system) overwrite() {
	if _, ok := s.secretAt(s.Now).credentials(LabelCurrent); ok {
		s.breaks(0)
	}
	s.ids++
	id := "overwritten-" + string(rune('a'+s.ids%26))
	s.edit(func(next *secretRevision) {
		next.versions = append(next.versions, stored(id, sensitive.ValueOf(Placeholder), s.Now))
		next.move(LabelCurrent, id)
	})
}

// changeScopes is CloudFormation changing the client and, after a while, the tag.
func (s *system) changeScopes() {
	scopes := []string{"orders/read", "invoices/read"}
	a := s.apps[s.secretAt(s.Now).client]
	a.scopes = append(a.scopes, scopeRevision{s.Now, scopes})
	s.After(2*time.Minute, func() {
		if s.secretAt(s.Now).client == a.id {
			s.edit(func(next *secretRevision) { next.scopes = ScopeDigest(scopes) })
		}
	})
}

// replaceClient is CloudFormation replacing the client: the new one first, then the tag, and the former one is deleted at the end.
func (s *system) replaceClient() {
	s.ids++
	id := "replacement" + string(rune('a'+s.ids%26))
	s.createClient(id, s.Now)
	s.After(time.Minute, func() {
		former := s.secretAt(s.Now).client
		s.edit(func(next *secretRevision) { next.client, next.scopes = id, ScopeDigest(testScopes) })
		s.After(2*time.Minute, func() {
			s.breaks(0)
			s.apps[former].deleted = min(s.apps[former].deleted, s.Now)
		})
	})
}

// deleteByHand deletes the secret of the current credentials, or all others, as far as Cognito lets.
func (s *system) deleteByHand(current bool) {
	secret := s.secretAt(s.Now)
	c, ok := secret.credentials(LabelCurrent)
	for _, one := range s.apps[secret.client].active(s.Now) {
		if len(s.apps[secret.client].active(s.Now)) > 1 && (ok && one.value == c.secret) == current {
			s.foreign = true
			s.breaks(0)
			s.deleteSecret(secret.client, one.id, true)
		}
	}
}

func (s *system) addByHand() {
	client := s.secretAt(s.Now).client
	if len(s.apps[client].active(s.Now)) < maxSecrets {
		s.foreign = true
		s.addSecret(client, sensitive.Random(), s.Now)
	}
}

// The states that the world may be in before the rotations.
type start struct {
	name    string
	base    *world
	prepare func(*system)
	// leftover: Secrets Manager retries the rotation of version "leftover" instead of beginning one.
	leftover bool
	// byHand: AWSCURRENT was moved back. overwritten: CloudFormation did away with it.
	byHand, overwritten bool
}

// aboutToBeStuck leaves time for one sweep before the stuck limit.
const aboutToBeStuck = 3*time.Hour - 90*time.Minute

// begun is a rotation that has come to a step and no further.
func begun(steps ...string) func(*system) {
	return func(s *system) {
		s.begin("leftover")
		for _, step := range steps {
			_ = s.Invoke(func(ctx context.Context) error { return s.step(ctx, step, "leftover") })
		}
		s.Advance(aboutToBeStuck)
	}
}

var (
	fresh   = newWorld()
	settled = played(fresh, func(s *system) {
		s.runSweep()
		s.after(25 * time.Hour)
		s.after(time.Hour)
	})
	inGrace = played(settled, func(s *system) { _ = s.rotate("earlier"); s.after(time.Hour) })
	overdue = played(inGrace, func(s *system) { s.Advance(25 * time.Hour) })
	nothing = func(*system) {}
)

var starts = []start{
	{name: "placeholder", base: fresh, prepare: nothing},
	{name: "settled", base: settled, prepare: nothing},
	{name: "a rotation has just ended", base: inGrace, prepare: nothing},
	{name: "grace is over", base: overdue, prepare: nothing},
	{name: "placeholder and two client secrets", base: fresh, prepare: (*system).addByHand},
	{name: "moved back within the grace", base: inGrace, byHand: true, prepare: (*system).moveBack},
	{name: "moved back after the grace", base: played(overdue, func(s *system) { s.runSweep() }), byHand: true, prepare: (*system).moveBack},
	{name: "overwritten", base: inGrace, overwritten: true, prepare: (*system).overwrite},
	{name: "client replaced", base: settled, prepare: func(s *system) { s.replaceClient(); s.Advance(5 * time.Minute) }},
	{name: "tag destroyed", base: inGrace, prepare: func(s *system) {
		s.edit(func(next *secretRevision) { next.settled = "what ever" })
	}},
	{name: "abandoned empty rotation", base: settled, prepare: begun()},
	{name: "abandoned rotation", base: settled, prepare: begun(StepCreate)},
	{name: "abandoned rotation, secret added", base: settled, prepare: begun(StepCreate, StepSet)},
	{name: "abandoned first rotation, secret added", base: fresh, prepare: begun(StepCreate, StepSet)},
	{name: "old rotation retried", base: settled, leftover: true, prepare: begun(StepCreate, StepSet)},
	{name: "old empty rotation retried", base: settled, leftover: true, prepare: begun()},
}

// played is the world after an undisturbed course of events.
func played(base *world, play func(*system)) *world {
	s := newSystem(base.clone())
	play(s)
	return s.world
}

// clone is a copy that shares nothing that is written to.
func (w *world) clone() *world {
	c, t := *w, *w.Time
	t.Writes = nil
	c.Time, c.secret, c.apps = &t, append([]secretRevision{}, w.secret...), map[string]*app{}
	for id, a := range w.apps {
		copied := *a
		copied.secrets, copied.scopes = append([]appSecret{}, a.secrets...), append([]scopeRevision{}, a.scopes...)
		c.apps[id] = &copied
	}
	return &c
}
