package simulator

import (
	"context"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// systemClock is the Options' clock, as rotations see it.
type systemClock struct{ options *Options }

var _ clock.Clock = systemClock{}

func (c systemClock) Now() time.Time { return c.options.Clock() }

func (c systemClock) Sleep(ctx context.Context, d time.Duration) error {
	return c.options.Sleep(ctx, d)
}
