package apigw

import (
	"sync"
	"time"
)

// throttle is a token bucket, as API Gateway's.
type throttle struct {
	rate, burst float64
	clock       func() time.Time

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

func newThrottle(rate, burst float64, clock func() time.Time) *throttle {
	return &throttle{rate: rate, burst: burst, clock: clock, tokens: burst, filled: clock()}
}

func (t *throttle) allow() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock()
	t.tokens = min(t.burst, t.tokens+now.Sub(t.filled).Seconds()*t.rate)
	t.filled = now
	if t.tokens < 1 {
		return false
	}
	t.tokens--
	return true
}
