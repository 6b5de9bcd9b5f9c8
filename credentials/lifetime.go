package credentials

import "time"

const (
	// maxLifetime is the longest validity of an access token.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	maxLifetime = 24 * time.Hour
	// entryDelay is the longest time from the token's iat until the token is in the gateway's cache.
	entryDelay = 5 * time.Second
	// aheadFrom and aheadTo bound the fraction of a token's usable time after which it is replaced in the background.
	aheadFrom, aheadTo = 0.8, 0.9
	// clockTolerance is how far iat may be ahead of the Date of the response.
	clockTolerance = time.Minute
)

// lifetime is the schedule of a token.
type lifetime struct {
	// At refresh the token is replaced in the background. After end it is used only if no other token is available. At expires it expires.
	refresh, end, expires time.Time
}

// lifetimeOf returns the schedule of a token. random is in [0, 1).
func (r response) lifetimeOf(now time.Time, margin time.Duration, random float64) lifetime {
	left := r.left(now)
	usable := left - min(margin, left/2)
	ahead := time.Duration((aheadFrom + (aheadTo-aheadFrom)*random) * float64(usable))
	// Until exp - expires_in, the gateway's cache may return the same token, because the gateway subtracts its cache TTL from expires_in.
	if r.expiresIn > 0 && !r.expires.IsZero() {
		if entry := left - r.expiresIn + entryDelay; entry > ahead && entry < usable {
			ahead = entry + time.Duration(random/2*float64(usable-entry))
		}
	}
	return lifetime{refresh: now.Add(ahead), end: now.Add(usable), expires: now.Add(left)}
}

// left returns the remaining validity of the token. With exp, it is the shorter one of those by the local clock and by the server's
// clock. If a new token has expired by the local clock, that clock is wrong: then the server's clock is used, or expires_in without
// a Date.
func (r response) left(now time.Time) time.Duration {
	if r.expires.IsZero() {
		return r.expiresIn
	}
	left := r.expires.Sub(now)
	if !r.issued.IsZero() {
		left = min(left, r.expires.Sub(r.issued))
	}
	// A Date outside of the token's validity comes from another clock.
	if !r.date.IsZero() && r.date.Before(r.expires) && !r.date.Before(r.issued.Add(-clockTolerance)) {
		if byServer := r.expires.Sub(r.date); left <= 0 || byServer < left {
			left = byServer
		}
	} else if left <= 0 {
		left = r.expiresIn
	}
	return max(0, min(left, maxLifetime))
}
