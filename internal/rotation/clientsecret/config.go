package clientsecret

import (
	"errors"
	"fmt"
	"time"
)

// Config holds the bounds that the algorithm depends on. The binary only checks that they fit one another: tests run with bounds
// of zero. Whoever deploys the function decides what is sensible for AWS.
type Config struct {
	// Grace is how long a superseded client secret still authenticates after the last change of a label.
	Grace time.Duration
	// StuckLimit is how long AWSPENDING may sit on a version that is not AWSCURRENT, with nothing in the secret changing.
	StuckLimit time.Duration
	// Interval is the longest time between two rotations of a secret that its schedule allows. There is no default.
	Interval time.Duration
	// Pace is the least time between two secrets for which the sweep starts a rotation or asks Cognito.
	Pace time.Duration
	// FunctionTimeout is the Lambda function's timeout: no invocation acts on anything it read longer ago.
	FunctionTimeout time.Duration
	// ConsistencyBound is how long after a change Cognito may still answer as before it: list a deleted client secret or not list a new
	// one, authenticate by the former or not by the latter, now and then.
	ConsistencyBound time.Duration
	// AuthDeadline is how long a new client secret may take until it authenticates for the first time; asked every ProbeInterval.
	AuthDeadline  time.Duration
	ProbeInterval time.Duration
}

// DefaultConfig returns the bounds for AWS, without an interval. Cognito gives no number for its consistency.
func DefaultConfig() Config {
	return Config{
		Grace:            24 * time.Hour,
		StuckLimit:       3 * time.Hour,
		Pace:             time.Second,
		FunctionTimeout:  15 * time.Minute,
		ConsistencyBound: 30 * time.Second,
		AuthDeadline:     2 * time.Minute,
		ProbeInterval:    5 * time.Second,
	}
}

// maxFunctionTimeout is Lambda's limit.
const maxFunctionTimeout = 15 * time.Minute

// Validate reports every bound that does not fit the others.
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
		{"pace", c.Pace}, {"consistency bound", c.ConsistencyBound}, {"authentication deadline", c.AuthDeadline},
		{"probe interval", c.ProbeInterval},
	} {
		check(d.value >= 0, "%s is %s: want 0s or more", d.name, d.value)
	}
	check(c.FunctionTimeout > 0 && c.FunctionTimeout <= maxFunctionTimeout,
		"function timeout is %s: want more than 0s and at most %s", c.FunctionTimeout, maxFunctionTimeout)
	check(c.FunctionTimeout > c.longestTurn()+reserve, "function timeout is %s: want more than %s "+
		"(three times the consistency bound plus the authentication deadline plus the pace: an invocation waits for these; plus %s)",
		c.FunctionTimeout, c.longestTurn()+reserve, reserve)
	check(c.Grace >= c.safeGrace(), "grace is %s: want at least %s (function timeout %s + consistency bound %s)",
		c.Grace, c.safeGrace(), c.FunctionTimeout, c.ConsistencyBound)
	check(c.StuckLimit >= c.safeGrace(), "stuck limit is %s: want at least %s (function timeout %s + consistency bound %s)",
		c.StuckLimit, c.safeGrace(), c.FunctionTimeout, c.ConsistencyBound)
	check(c.Interval > c.Grace, "interval is %s: want more than the grace of %s", c.Interval, c.Grace)
	return errors.Join(errs...)
}

// longestTurn is the sum of the waits for one secret in one invocation: for the list to be complete, for what is listed to be in force,
// until the added secret authenticates, until it does everywhere.
func (c Config) longestTurn() time.Duration { return 3*c.ConsistencyBound + c.AuthDeadline + c.Pace }

// safeGrace outlasts an invocation that was entitled by a label that has moved since, with reads as old as the bound allows.
func (c Config) safeGrace() time.Duration { return c.FunctionTimeout + c.ConsistencyBound }
