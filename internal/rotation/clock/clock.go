// Package clock is the rotations' source of time. A wait that does not fit into the invocation fails at once.
package clock

import (
	"context"
	"fmt"
	"time"
)

// Clock is a source of time. Sleep returns early with an error when ctx is done.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Wait sleeps for d. It returns an error at once if the deadline of ctx, which is the end of the invocation, is earlier.
func Wait(ctx context.Context, c Clock, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	if end, ok := ctx.Deadline(); ok {
		if left := end.Sub(c.Now()); left < d {
			return fmt.Errorf("a wait of %s does not fit into the %s left of this invocation", d, left.Round(time.Millisecond))
		}
	}
	return c.Sleep(ctx, d)
}

// System is the system's clock.
type System struct{}

var _ Clock = System{}

// Now returns the current time.
func (System) Now() time.Time { return time.Now() }

// Sleep waits for d, or until ctx is done.
func (System) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
