package awslimits

import (
	"fmt"
	"time"
)

// DefaultRotationInterval is Secrets Manager's own default.
const DefaultRotationInterval = 30 * 24 * time.Hour

var (
	// RotationInterval checks the time between two rotations of a secret: Secrets Manager's bounds.
	RotationInterval = numbers("rotation interval %v is not allowed", 4*time.Hour, 1000*24*time.Hour, time.Hour,
		"whole hours from 4h to 24000h (1,000 days)")
	// PropagationBound checks how long a rotation waits for a change to reach every host of a service. AWS WAF says "from a few seconds to a
	// number of minutes"; an invocation waits for three of them, and Lambda ends it after 15 minutes.
	PropagationBound = numbers("propagation bound %v is not allowed", time.Minute, 4*time.Minute, 0,
		"1m to 4m, as one invocation of 15m at most waits for several")
)

// RotationTimeout is the timeout of the function that rotates the origin header: what an invocation waits for at most, twice for AWS
// WAF and once for API Gateway, 3 minutes for all else, and 10 minutes at least.
func RotationTimeout(wafBound, stageBound time.Duration) time.Duration {
	return max(10*time.Minute, 2*wafBound+stageBound+3*time.Minute)
}

// RotationGrace checks how long a former value of the origin header stays accepted: it must outlast an invocation and what that has set
// going, and be over before the next rotation.
func RotationGrace(grace, interval, wafBound, stageBound time.Duration) error {
	if least := RotationTimeout(wafBound, stageBound) + wafBound + stageBound; grace < least {
		return fmt.Errorf("grace %v is not allowed: use at least %v, the function's timeout of %v and the bounds of %v and %v",
			grace, least, RotationTimeout(wafBound, stageBound), wafBound, stageBound)
	}
	if grace >= interval {
		return fmt.Errorf("grace %v is not allowed: use less than the rotation interval of %v", grace, interval)
	}
	return nil
}
