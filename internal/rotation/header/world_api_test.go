package header

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// The world's implementations of the package's interfaces.
type (
	worldSecret struct{ w *world }
	worldSet    struct{ w *world }
	worldStage  struct{ w *world }
	worldProber struct{ w *world }
	noMetrics   struct{}
)

var (
	_ Secret     = worldSecret{}
	_ PatternSet = worldSet{}
	_ Stage      = worldStage{}
	_ Prober     = worldProber{}
	_ Metrics    = noMetrics{}
)

func (s worldSecret) Describe(context.Context) (state SecretState, err error) {
	err = s.w.Call("DescribeSecret", false, func(asOf time.Duration) error {
		secret := s.w.secretAt(asOf)
		state = SecretState{CurrentID: secret.current().id, Changed: virtual.Epoch.Add(secret.changed), Flush: secret.flush}
		if pending := secret.pendingVersion(); pending != nil {
			state.PendingID = pending.id
		}
		return nil
	})
	return state, err
}

func (s worldSecret) Value(_ context.Context, id string) (version Version, err error) {
	err = s.w.Call("GetSecretValue", false, func(asOf time.Duration) error {
		secret := s.w.secretAt(asOf)
		stored := secret.version(id)
		if stored == nil || !stored.hasValue {
			return ErrNoValue
		}
		version = Version{Value: stored.value, Created: virtual.Epoch.Add(stored.created)}
		return nil
	})
	return version, err
}

func (s worldSecret) PutPending(_ context.Context, token string, v Value) error {
	return s.w.Call("PutSecretValue", true, func(time.Duration) error {
		secret := s.w.secretAt(s.w.Now)
		if stored := secret.version(token); stored != nil && stored.hasValue && stored.value != v {
			return ErrVersionExists
		}
		s.w.editSecret(func(next *secretRevision) {
			if next.version(token) == nil {
				next.versions = append(next.versions, storedVersion{id: token})
			}
			stored := next.version(token)
			stored.value, stored.hasValue, stored.created = v, true, s.w.Now
			next.label(token)
		})
		return nil
	})
}

func (s worldSecret) Promote(_ context.Context, to, from string) error {
	return s.w.Call("UpdateSecretVersionStage AWSCURRENT", true, func(time.Duration) error {
		secret := s.w.secretAt(s.w.Now)
		if !secret.version(from).current {
			return fmt.Errorf("AWSCURRENT is not on %s", from)
		}
		s.w.editSecret(func(next *secretRevision) { next.promote(to) })
		return nil
	})
}

func (s worldSecret) DropPending(_ context.Context, id string) error {
	return s.w.Call("UpdateSecretVersionStage AWSPENDING", true, func(time.Duration) error {
		secret := s.w.secretAt(s.w.Now)
		if pending := secret.pendingVersion(); pending == nil || pending.id != id {
			return fmt.Errorf("AWSPENDING is not on %s", id)
		}
		s.w.editSecret(func(next *secretRevision) { next.label("") })
		return nil
	})
}

func (s worldSecret) SaveFlush(_ context.Context, state FlushState) error {
	return s.w.Call("TagResource", true, func(time.Duration) error {
		s.w.editSecret(func(next *secretRevision) { next.flush = state })
		return nil
	})
}

func (s worldSet) Get(context.Context) (set AcceptedSet, err error) {
	err = s.w.Call("GetRegexPatternSet", false, func(asOf time.Duration) error {
		revision := s.w.setAt(asOf)
		set = AcceptedSet{
			Values: slices.Clone(revision.values), Foreign: slices.Clone(revision.foreign), LockToken: lockToken(revision),
		}
		return nil
	})
	return set, err
}

func (s worldSet) Update(_ context.Context, set AcceptedSet) error {
	return s.w.Call("UpdateRegexPatternSet", true, func(time.Duration) error {
		if set.LockToken != lockToken(s.w.set[len(s.w.set)-1]) {
			return ErrStaleLock
		}
		if n := len(set.Values) + len(set.Foreign); n > MaxPatterns {
			return fmt.Errorf("WAFLimitsExceededException: %d patterns", n)
		}
		s.w.writeSet(set.Values, set.Foreign)
		return nil
	})
}

// lockToken identifies a revision by its time: two writes never share one, because each call takes time.
func lockToken(r setRevision) string { return strconv.FormatInt(int64(r.at), 36) }

func (s worldStage) Get(context.Context) (state StageState, err error) {
	err = s.w.Call("GetStage", false, func(asOf time.Duration) error {
		revision := s.w.stageAt(asOf)
		state = StageState{Value: revision.value, Updated: virtual.Epoch.Add(revision.at)}
		return nil
	})
	return state, err
}

func (s worldStage) Set(_ context.Context, v Value) error {
	return s.w.Call("UpdateStage", true, func(time.Duration) error { s.w.writeStage(v); return nil })
}

func (s worldStage) FlushCache(context.Context) error {
	return s.w.Call("FlushStageCache", true, func(time.Duration) error { s.w.flushes++; return nil })
}

// Domain is adversarial: unless told otherwise it lets a probe pass as soon as one WAF host might know the value.
func (p worldProber) Domain(_ context.Context, v Value) Outcome {
	outcome := Refused
	err := p.w.Call("probe domain", false, func(asOf time.Duration) error {
		newest := slices.Contains(p.w.setAt(asOf).values, v)
		oldest := slices.Contains(p.w.setAt(asOf-p.w.wafBound).values, v)
		if newest && (oldest || !p.w.pessimisticProbes) {
			outcome = Passed
		}
		return nil
	})
	if err != nil {
		return Inconclusive
	}
	return outcome
}

func (p worldProber) Gateway(context.Context) Outcome {
	outcome := Refused
	err := p.w.Call("probe gateway", false, func(asOf time.Duration) error {
		if slices.Contains(p.w.setAt(asOf).values, p.w.stageAt(asOf).value) {
			outcome = Passed
		}
		return nil
	})
	if err != nil {
		return Inconclusive
	}
	return outcome
}

func (noMetrics) Record(Metric, float64)             {}
func (noMetrics) StepDuration(string, time.Duration) {}

// The people and services that act on the world besides the function.

// stackUpdate is CloudFormation rewriting the stage: it resolves AWSCURRENT now and writes it later.
func (w *world) stackUpdate(takes time.Duration) {
	secret := w.secretAt(w.Now)
	resolved := secret.current().value
	w.After(takes, func() { w.writeStage(resolved) })
}

// foreignRewrite is someone replacing the pattern set.
func (w *world) foreignRewrite() {
	w.Advance(time.Millisecond) // its own lock token
	w.writeSet([]Value{testValue(99)}, []Value{ValueOf("^anything")})
}

// moveLabelByHand makes the previous version current again, or stores a new one when there is none.
func (w *world) moveLabelByHand() {
	w.editSecret(func(next *secretRevision) {
		for i := range next.versions {
			if next.versions[i].previous {
				next.promote(next.versions[i].id)
				return
			}
		}
		next.versions = append(next.versions, storedVersion{
			id: "by-hand-" + strconv.Itoa(len(next.versions)), value: testValue(77), hasValue: true, created: w.Now,
		})
		next.promote(next.versions[len(next.versions)-1].id)
	})
}

var errRotationInProgress = errors.New("a previous rotation is not complete")

// testValue returns a well-formed value that differs for each n.
func testValue(n int) Value {
	return ValueOf(fmt.Sprintf("%064d", n))
}
