package verify

import "time"

// Event describes one verification, for metrics.
type Event struct {
	Reason   Reason // empty if the token was accepted
	Tenant   string // only of an accepted token
	Issuer   string // only of an accepted token
	CacheHit bool   // the signature was found in the cache
	Duration time.Duration
}

// KeysEvent describes one attempt to read the keys of an issuer, for metrics.
type KeysEvent struct {
	JWKSURL string
	// Err is nil if the keys were read. Otherwise the present ones remain in use until Config.MaxStale.
	Err      error
	Keys     int // number of usable keys that were read
	Duration time.Duration
}
