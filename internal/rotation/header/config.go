package header

import (
	"errors"
	"fmt"
	"time"
)

// Config holds the bounds that the algorithm depends on. Validate only checks that they fit one another, because tests use bounds of zero:
// the construct that deploys the function refuses bounds that are too short for AWS. The bounds include differences between clocks, and API
// Gateway's rounding of dates to seconds.
type Config struct {
	// WAFBound is how long after a change of the pattern set a request may still meet an older version of it.
	WAFBound time.Duration
	// StageBound is how long after a change of the stage variable a request may still carry an older value.
	StageBound time.Duration
	// Grace is how long a value stays accepted after the last change of a label or of the stage. It must be longer than the time that a stack
	// update may take between resolving AWSCURRENT and writing the stage.
	Grace time.Duration
	// StuckLimit is how long AWSPENDING may be on a version that is not AWSCURRENT while nothing in the secret changes.
	StuckLimit time.Duration
	// FlushInterval is the shortest time between two flushes of the stage cache.
	FlushInterval time.Duration
	// FunctionTimeout is the Lambda function's timeout. No invocation uses anything that it read longer ago.
	FunctionTimeout time.Duration

	// ProbeDeadline is the time in which ProbePasses probes in a row must pass. ProbeInterval is the time between two probes.
	ProbeDeadline time.Duration
	ProbeInterval time.Duration
	ProbePasses   int
}

// DefaultConfig returns the bounds for AWS. Changes at WAF take "from a few seconds to a number of minutes"
// (https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing-activities.html); API Gateway gives no number.
func DefaultConfig() Config {
	return Config{
		WAFBound:        2 * time.Minute,
		StageBound:      2 * time.Minute,
		Grace:           time.Hour,
		StuckLimit:      3 * time.Hour, // below the shortest rotation interval, 4 hours
		FlushInterval:   15 * time.Minute,
		FunctionTimeout: 10 * time.Minute,
		ProbeDeadline:   3 * time.Minute,
		ProbeInterval:   5 * time.Second,
		ProbePasses:     3,
	}
}

// maxFunctionTimeout is Lambda's limit.
const maxFunctionTimeout = 15 * time.Minute

// Validate reports all bounds that do not fit the others.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{
		{"WAF bound", c.WAFBound}, {"stage bound", c.StageBound}, {"flush interval", c.FlushInterval},
		{"probe deadline", c.ProbeDeadline}, {"probe interval", c.ProbeInterval},
	} {
		check(d.value >= 0, "%s is %s: want 0s or more", d.name, d.value)
	}
	check(c.ProbePasses >= 1, "probe passes is %d: want 1 or more", c.ProbePasses)
	check(c.FunctionTimeout > 0 && c.FunctionTimeout <= maxFunctionTimeout,
		"function timeout is %s: want more than 0s and at most %s", c.FunctionTimeout, maxFunctionTimeout)
	if need := c.longestInvocation(); need > 0 {
		check(c.FunctionTimeout > need, "function timeout is %s: want more than %s "+
			"(the longer of the probe deadline and twice the WAF bound plus the stage bound: an invocation waits for these)",
			c.FunctionTimeout, need)
	}
	check(c.Grace >= c.safeGrace(), "grace is %s: want at least %s (function timeout %s + WAF bound %s + stage bound %s)",
		c.Grace, c.safeGrace(), c.FunctionTimeout, c.WAFBound, c.StageBound)
	check(c.StuckLimit >= c.Grace, "stuck limit is %s: want at least the grace of %s", c.StuckLimit, c.Grace)
	return errors.Join(errs...)
}

// longestInvocation is the sum of the waits of the invocation that waits most: revoking after a repair.
func (c Config) longestInvocation() time.Duration {
	return max(c.ProbeDeadline, 2*c.WAFBound+c.StageBound)
}

// safeGrace outlasts an invocation that was entitled by a label that has moved since, with reads as old as the bounds allow.
func (c Config) safeGrace() time.Duration {
	return c.FunctionTimeout + c.WAFBound + c.StageBound
}
