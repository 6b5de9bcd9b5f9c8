package conformance

import (
	"context"
	"slices"
	"time"
)

// Stage reads the settings of the gateway's stage, as an operator may.
type Stage interface {
	// Invalidation returns what the cache of the token method makes of a client's Cache-Control: max-age=0 (GetStage).
	Invalidation(ctx context.Context) (Invalidation, error)
}

// Invalidation is a method's setting for clients that want a cache entry replaced.
// https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
type Invalidation struct {
	RequiresAuthorization bool
	// Strategy is what is done without authorization, such as SUCCEED_WITH_RESPONSE_HEADER.
	Strategy string
}

// Pool reads the settings of the user pool, as an operator may.
type Pool interface {
	// WebACL returns the name of the web ACL that is associated with the pool, "" when there is none (GetWebACLForResource).
	WebACL(ctx context.Context) (string, error)
	// SecretIDs returns the ids of a client's active secrets (ListUserPoolClientSecrets).
	SecretIDs(ctx context.Context, clientID string) ([]string, error)
}

// maxSecrets is how many active secrets a client may have.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
const maxSecrets = 2

// lists and listInterval bound the wait for a list to follow a change: together as long as the rotation of client secrets believes.
const (
	lists        = 12
	listInterval = 5 * time.Second
)

// cacheLocked proves that nobody can empty the cache from outside, by a setting that no template can hold and any change of the stage in the console can
// undo. max-age-ignored proves the same for now, and as this client.
func (r *run) cacheLocked(ctx context.Context) finding {
	got, err := r.target.Stage.Invalidation(ctx)
	switch {
	case err != nil:
		return unknown("the stage could not be read: %v", err)
	case !got.RequiresAuthorization:
		return fail("the token method's cache lets any client replace an entry (requireAuthorizationForCacheControl is off)")
	}
	return pass("without authorization the token method answers max-age=0 by %s", got.Strategy)
}

// poolWebACL proves that the pool has a web ACL, whoever asks. direct-blocked proves that one blocks, from where the check runs.
func (r *run) poolWebACL(ctx context.Context) finding {
	name, err := r.target.Pool.WebACL(ctx)
	switch {
	case err != nil:
		return unknown("the pool's web ACL could not be read: %v", err)
	case name == "":
		return fail("no web ACL is associated with the user pool")
	}
	return pass("%s is associated with the user pool", name)
}

// secretIDs proves what the rotation of client secrets counts on and AWS does not say: that Cognito lists each active secret of a client by an id of its
// own, the one that it generated with the client as well, one that was added at once or soon, and none any more that was deleted. With a Corrector a
// secret is added and deleted for it; without one, the list is read.
func (r *run) secretIDs(ctx context.Context) (found finding) {
	before, err := r.target.Pool.SecretIDs(ctx, r.target.ClientID)
	switch {
	case err != nil:
		return unknown("the client's secrets could not be listed: %v", err)
	case len(before) == 0 || len(before) > maxSecrets || len(distinct(before)) != len(before):
		return fail("the client has %d ids of secrets, %d of them different, want 1 to %d, as it gets tokens", len(before), len(distinct(before)), maxSecrets)
	case r.target.Corrector == nil:
		return pass("the client has %d", len(before))
	case len(before) == maxSecrets:
		return unknown("the client has two secrets, so none could be added: ask again when its rotation is over")
	}
	remove, err := r.target.Corrector.AddSecret(ctx, r.target.ClientID, r.madeUpSecret())
	if err != nil {
		return unknown("a secret could not be added: %v", err)
	}
	removed := false
	takeAway := func() {
		if removed {
			return
		}
		removed = true
		// Also when ctx is over: a secret must not stay behind.
		if err := remove(context.WithoutCancel(ctx)); err != nil {
			found = fail("the secret that this question added could not be removed, remove it: %v", err)
		}
	}
	defer takeAway()
	added, f := r.awaitIDs(ctx, "after one was added", func(ids []string) bool {
		return len(ids) == len(before)+1 && len(distinct(append(ids, before...))) == len(ids)
	})
	if f != nil {
		return *f
	}
	takeAway()
	if found.verdict != "" {
		return found
	}
	deleted, f := r.awaitIDs(ctx, "after it was deleted", func(ids []string) bool { return slices.Equal(distinct(ids), distinct(before)) })
	if f != nil {
		return *f
	}
	return pass("the client has one; a second one was listed at the %s list, and not any more at the %s list after its deletion", ordinal(added), ordinal(deleted))
}

// awaitIDs lists until the ids are as they should be, and returns how many lists it took.
func (r *run) awaitIDs(ctx context.Context, when string, right func(ids []string) bool) (int, *finding) {
	for n := 1; ; n++ {
		ids, err := r.target.Pool.SecretIDs(ctx, r.target.ClientID)
		var f finding
		switch {
		case err != nil:
			f = unknown("the client's secrets could not be listed %s: %v", when, err)
		case right(ids):
			return n, nil
		case n == lists:
			f = fail("%s the client has %d ids for %v, which the rotation cannot tell apart", when, len(ids), (lists-1)*listInterval)
		default:
			if err := r.wait(ctx, listInterval); err == nil {
				continue
			}
			f = unknown("stopped waiting for the list: %v", context.Cause(ctx))
		}
		return n, &f
	}
}

func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

func ordinal(n int) string {
	return [...]string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"}[n]
}
