package awslimits

import (
	"fmt"
	"regexp"
	"time"
)

// Bounds of rotations.
const (
	// MinRotationInterval and MaxRotationInterval are Secrets Manager's bounds.
	MinRotationInterval = 4 * time.Hour
	MaxRotationInterval = 1000 * 24 * time.Hour
	// DefaultRotationInterval is Secrets Manager's own default.
	DefaultRotationInterval = 30 * 24 * time.Hour
	// MinPropagationBound and MaxPropagationBound limit how long a rotation waits for a change to reach every host. AWS WAF says "from a few seconds
	// to a number of minutes"; an invocation waits for three of them, and Lambda ends it after 15 minutes.
	MinPropagationBound = time.Minute
	MaxPropagationBound = 4 * time.Minute
)

// RotationInterval checks the time between two rotations of a secret.
func RotationInterval(d time.Duration) error {
	if d < MinRotationInterval || d > MaxRotationInterval || d%time.Hour != 0 {
		return fmt.Errorf("rotation interval %v is not allowed: use whole hours from 4h to 24000h (1,000 days)", d)
	}
	return nil
}

// PropagationBound checks how long a rotation waits for a change to reach every host of a service.
func PropagationBound(d time.Duration) error {
	if d < MinPropagationBound || d > MaxPropagationBound {
		return fmt.Errorf("propagation bound %v is not allowed: use 1m to 4m, as one invocation of 15m at most waits for several", d)
	}
	return nil
}

// RotationTimeout is the timeout of the function that rotates the origin header: what an invocation waits for at most, twice for AWS WAF and once for
// API Gateway, 3 minutes for all else, and 10 minutes at least.
func RotationTimeout(wafBound, stageBound time.Duration) time.Duration {
	return max(10*time.Minute, 2*wafBound+stageBound+3*time.Minute)
}

// RotationGrace checks how long a former value of the origin header stays accepted: it must outlast an invocation and what that has set going, and
// be over before the next rotation.
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

var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)

// TopicARN checks the ARN of a standard SNS topic: alarms cannot publish to a FIFO topic.
func TopicARN(arn string) error {
	if !topicARN.MatchString(arn) {
		return fmt.Errorf("topic ARN %q is not a standard SNS topic: use arn:aws:sns:REGION:ACCOUNT:NAME", arn)
	}
	return nil
}
