package credentials

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// backoffBase and backoffCap bound the wait before a repetition: random between 0 and the base, doubled each time up to the cap.
	// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ calls it full jitter.
	backoffBase, backoffCap = 200 * time.Millisecond, 5 * time.Second
	// pauseBase and pauseCap bound the pause after a failure, of which a random half is left out.
	pauseBase, pauseCap = time.Second, 30 * time.Second
	// maxRetryAfter bounds what a server may ask for: the longest window of the edge's rate limits.
	maxRetryAfter = 10 * time.Minute
)

// backoff is the wait before repetition n, from 0, besides what Retry-After says.
func backoff(n int, random float64) time.Duration {
	return time.Duration(random * float64(doubled(backoffBase, backoffCap, n)))
}

// pause is for how long nothing is asked after n failures in a row, from 1.
func pause(n int, random float64) time.Duration {
	return time.Duration((0.5 + random/2) * float64(doubled(pauseBase, pauseCap, n-1)))
}

// doubled is base, doubled n times, at most limit.
func doubled(base, limit time.Duration, n int) time.Duration {
	for range n {
		if base *= 2; base >= limit {
			return limit
		}
	}
	return base
}

// parseRetryAfter reads seconds or a date: RFC 9110 section 10.2.3. 0 stands for none, for one that is over and for anything else.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	var wait time.Duration
	if seconds, err := strconv.ParseUint(header, 10, 63); err == nil || errors.Is(err, strconv.ErrRange) { // then it is the largest there is
		wait = time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return max(0, min(wait, maxRetryAfter))
}

// sleep waits, but begins no wait that ctx does not leave time for; it says whether it waited.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
