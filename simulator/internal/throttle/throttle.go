// Package throttle has the token bucket by which API Gateway throttles.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
package throttle

import (
	"sync"
	"time"
)

// Bucket holds up to burst tokens and gets rate new ones a second. Its methods may be used at once.
type Bucket struct {
	rate, burst float64
	clock       func() time.Time

	mu     sync.Mutex
	tokens float64
	filled time.Time
}

// New is a full bucket.
func New(rate, burst float64, clock func() time.Time) *Bucket {
	return &Bucket{rate: rate, burst: burst, clock: clock, tokens: burst, filled: clock()}
}

// Take takes one token, and says whether there was one.
func (b *Bucket) Take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock()
	b.tokens = min(b.burst, b.tokens+now.Sub(b.filled).Seconds()*b.rate)
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
