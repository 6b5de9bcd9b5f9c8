package conformance

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Stage reads the settings of the gateway's stage with an operator's permissions.
type Stage interface {
	// Invalidation returns how the cache of the token method treats a client's Cache-Control: max-age=0 (GetStage).
	Invalidation(ctx context.Context) (Invalidation, error)
}

// Invalidation is a method's setting for clients that want to invalidate a cache entry.
// https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
type Invalidation struct {
	RequiresAuthorization bool
	// Strategy is the answer to an unauthorized request, such as SUCCEED_WITH_RESPONSE_HEADER.
	Strategy string
}

// Pool reads the settings of the user pool with an operator's permissions.
type Pool interface {
	// WebACL returns the name of the web ACL that is associated with the pool, or "" if there is none (GetWebACLForResource).
	WebACL(ctx context.Context) (string, error)
	// SecretIDs returns the IDs of a client's active secrets (ListUserPoolClientSecrets).
	SecretIDs(ctx context.Context, clientID string) ([]string, error)
}

// AcceptedValues reads the set of accepted header values with an operator's permissions.
type AcceptedValues interface {
	// TagKeys returns the keys of the set's tags (ListTagsForResource).
	TagKeys(ctx context.Context) ([]string, error)
}

// maxSecrets is how many active secrets a client may have.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
const maxSecrets = 2

// maxLists and listInterval bound the wait for the list to show a change. Together they are as long as the rotation of client secrets
// assumes.
const (
	maxLists     = 12
	listInterval = 5 * time.Second
)

// cacheLocked proves that no client can empty the cache. No template can hold this setting, and any change of the stage in the console can
// undo it. max-age-ignored proves the same for this client at this moment.
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

// acceptedValuesUntagged proves that no stack tag can reset the set. Synth does not see tags that "cdk deploy --tags" or a pipeline adds:
// CloudFormation copies them to the set, and writes the set when one of them changes. Keys with aws: are AWS's own.
func (r *run) acceptedValuesUntagged(ctx context.Context) finding {
	keys, err := r.target.AcceptedValues.TagKeys(ctx)
	if err != nil {
		return unknown("the tags of the set of accepted values could not be read: %v", err)
	}
	if keys = slices.DeleteFunc(keys, func(key string) bool { return strings.HasPrefix(key, "aws:") }); len(keys) > 0 {
		return fail("the set has the tags %v: if the stack has them, a changed tag resets the accepted values: deploy without stack tags", keys)
	}
	return pass("the set has no tags")
}

// poolWebACL proves that the pool has a web ACL for all callers. direct-blocked proves that a web ACL blocks the host that runs the check.
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

// secretIDs proves what the rotation of client secrets relies on and AWS does not document: Cognito lists each active secret of a client by
// an ID of its own, including the generated one; it soon lists an added secret, and soon stops listing a deleted one. With a Corrector the
// question adds a secret and deletes it; without one, it reads the list.
func (r *run) secretIDs(ctx context.Context) finding {
	before, err := r.target.Pool.SecretIDs(ctx, r.target.ClientID)
	switch {
	case err != nil:
		return unknown("the client's secrets could not be listed: %v", err)
	case len(before) == 0 || len(before) > maxSecrets || len(distinct(before)) != len(before):
		return fail("the client has %d IDs of secrets, %d of them different: want 1 to %d different ones, because it gets tokens",
			len(before), len(distinct(before)), maxSecrets)
	case r.target.Corrector == nil:
		return pass("the client has %d", len(before))
	case len(before) == maxSecrets:
		return unknown("the client has two secrets, so none could be added: ask again after its rotation")
	}
	added := r.withSecret(ctx, r.madeUpSecret(), func() finding {
		return r.awaitIDs(ctx, "after one was added", func(ids []string) bool {
			return len(ids) == len(before)+1 && len(distinct(append(ids, before...))) == len(ids)
		})
	})
	if added.verdict != Pass {
		return added
	}
	deleted := r.awaitIDs(ctx, "after it was deleted", func(ids []string) bool { return slices.Equal(distinct(ids), distinct(before)) })
	if deleted.verdict != Pass {
		return deleted
	}
	return pass("the client has one; a second one appeared %s and disappeared %s", added.reason, deleted.reason)
}

// awaitIDs lists the IDs until they are right, and passes with the number of lists that this took.
func (r *run) awaitIDs(ctx context.Context, when string, right func(ids []string) bool) finding {
	for n := 1; ; n++ {
		ids, err := r.target.Pool.SecretIDs(ctx, r.target.ClientID)
		switch {
		case err != nil:
			return unknown("the client's secrets could not be listed %s: %v", when, err)
		case right(ids):
			return pass("in list %d %s", n, when)
		case n == maxLists:
			return fail("%s the client has %d IDs for %v, which the rotation cannot tell apart", when, len(ids), (maxLists-1)*listInterval)
		}
		if r.wait(ctx, listInterval) != nil {
			return unknown("stopped waiting for the list: %v", context.Cause(ctx))
		}
	}
}

func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
