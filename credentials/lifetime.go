package credentials

import "time"

const (
	// maxLifetime is the longest validity of an access token.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	maxLifetime = 24 * time.Hour
	// entryDelay is how long after the token's iat its entry may come into the gateway's cache.
	entryDelay = 5 * time.Second
	// aheadFrom and aheadTo bound the part of a token's time after which it is replaced in the background.
	aheadFrom, aheadTo = 0.8, 0.9
	// clockTolerance is by how much iat may be ahead of the answer's Date.
	clockTolerance = time.Minute
)

// lifetime is what is to be done with a token, and when.
type lifetime struct {
	// refresh is when it is replaced in the background, end when it is used no more unless there is no other, and expires when it expires.
	refresh, end, expires time.Time
}

// lifetimeOf plans a token's use. random is in [0, 1).
func (r response) lifetimeOf(now time.Time, margin time.Duration, random float64) lifetime {
	left := r.left(now)
	usable := left - min(margin, left/2)
	ahead := time.Duration((aheadFrom + (aheadTo-aheadFrom)*random) * float64(usable))
	// Until exp - expires_in the gateway's cache may hold this token: by what it subtracts from expires_in. The wait is of no use without a cache.
	if r.expiresIn > 0 && !r.expires.IsZero() {
		if entry := left - r.expiresIn + entryDelay; entry > ahead && entry < usable {
			ahead = entry + time.Duration(random/2*float64(usable-entry))
		}
	}
	return lifetime{refresh: now.Add(ahead), end: now.Add(usable), expires: now.Add(left)}
}

// left is for how long the token is valid, by the token's own exp if it has one: by the local clock or by the server's, whichever leaves less. A local
// clock by which a new token has expired is wrong, and then the server's counts, or else expires_in.
func (r response) left(now time.Time) time.Duration {
	if r.expires.IsZero() {
		return r.expiresIn
	}
	left := r.expires.Sub(now)
	if !r.issued.IsZero() {
		left = min(left, r.expires.Sub(r.issued))
	}
	// A Date that is not of the token's time is of another clock.
	if !r.date.IsZero() && r.date.Before(r.expires) && !r.date.Before(r.issued.Add(-clockTolerance)) {
		if byServer := r.expires.Sub(r.date); left <= 0 || byServer < left {
			left = byServer
		}
	} else if left <= 0 {
		left = r.expiresIn
	}
	return max(0, min(left, maxLifetime))
}
