package verify

import "time"

// Event is one verification, for metrics. It has nothing of the token but the tenant of one that was accepted.
type Event struct {
	Reason   Reason // why it was refused, empty if it was not
	Tenant   string // only of an accepted token
	CacheHit bool   // the signature was known to be good
	Duration time.Duration
}

// KeysEvent is one attempt to read the user pool's keys.
type KeysEvent struct {
	// Err is nil if they were read. Otherwise those read before remain in use for Config.MaxStale.
	Err      error
	Keys     int // usable keys that were read
	Duration time.Duration
}
