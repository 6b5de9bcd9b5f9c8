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
	// backoffBase and backoffCap bound the wait before a retry: it is random between 0 and the base, which doubles each time up to the cap.
	// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ calls it full jitter.
	backoffBase, backoffCap = 200 * time.Millisecond, 5 * time.Second
	// pauseBase and pauseCap bound the pause after a failure. A random part of up to half of it is subtracted.
	pauseBase, pauseCap = time.Second, 30 * time.Second
	// maxRetryAfter is the longest Retry-After that is obeyed: the longest window of the edge's rate limits.
	maxRetryAfter = 10 * time.Minute
)

// backoff returns the wait before retry n, from 0. Retry-After is added to it.
func backoff(n int, random float64) time.Duration {
	return time.Duration(random * float64(doubled(backoffBase, backoffCap, n)))
}

// pause returns the time without requests after n consecutive failures, from 1.
func pause(n int, random float64) time.Duration {
	return time.Duration((0.5 + random/2) * float64(doubled(pauseBase, pauseCap, n-1)))
}

// doubled returns base, doubled n times, at most limit.
func doubled(base, limit time.Duration, n int) time.Duration {
	for range n {
		if base *= 2; base >= limit {
			return limit
		}
	}
	return base
}

// parseRetryAfter reads seconds or a date: RFC 9110 section 10.2.3. It returns 0 without a valid time in the future.
func parseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	var wait time.Duration
	// A number that is out of range is read as the largest one.
	if seconds, err := strconv.ParseUint(header, 10, 63); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return max(0, min(wait, maxRetryAfter))
}

// sleep waits. It returns false, at once if possible, if ctx ends before.
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
