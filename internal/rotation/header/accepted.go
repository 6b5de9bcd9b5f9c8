package header

import (
	"errors"
	"fmt"
	"slices"
)

// MaxPatterns is WAF's limit of patterns in one set (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html).
const MaxPatterns = 10

// planner computes the set that holds the values. settled means that no request carries a value that the stage held before.
type planner func(set AcceptedSet, values []Value, settled bool) (AcceptedSet, error)

// union adds values and never removes any.
func union(set AcceptedSet, values []Value, _ bool) (AcceptedSet, error) {
	next := set
	next.Values = withAll(set.Values, values)
	return next, next.fits()
}

// unionEvicting also drops foreign patterns, and makes room in a full set: it removes the oldest values that are not in values. These are
// in use now; the others are needed at most by a stack update that began before the last two rotations.
func unionEvicting(set AcceptedSet, values []Value, settled bool) (AcceptedSet, error) {
	next := set
	next.Values, next.Foreign = withAll(set.Values, values), nil
	for i := 0; settled && i < len(next.Values) && next.fits() != nil; {
		if slices.Contains(values, next.Values[i]) {
			i++
		} else {
			next.Values = slices.Delete(next.Values, i, i+1)
		}
	}
	return next, next.fits()
}

func (s AcceptedSet) fits() error {
	if n := len(s.Values) + len(s.Foreign); n > MaxPatterns {
		return fmt.Errorf("%w: it needs %d patterns, WAF allows %d: wait until the reconciler has removed values whose grace is over",
			ErrSetFull, n, MaxPatterns)
	}
	return nil
}

func withAll(values, more []Value) []Value {
	all := slices.Clone(values)
	for _, v := range more {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

func (s AcceptedSet) has(v Value) bool { return slices.Contains(s.Values, v) }

// same compares the sets without regard to the order, which WAF may change.
func (s AcceptedSet) same(other AcceptedSet) bool {
	return len(s.Values) == len(other.Values) && len(s.Foreign) == len(other.Foreign) &&
		len(withAll(s.Values, other.Values)) == len(s.Values) && len(withAll(s.Foreign, other.Foreign)) == len(s.Foreign)
}

func isStaleLock(err error) bool { return errors.Is(err, ErrStaleLock) }
