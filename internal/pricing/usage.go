package pricing

import (
	"math"
	"time"
)

// Usage is how a token service is used, as far as it has a price.
type Usage struct {
	// RequestsPerDay are token requests of all clients together; at least 1.
	RequestsPerDay int64
	// Clients and ScopeSets are the app clients and the different values of scope that each asks for; at least 1 each. The gateway's cache has
	// an entry for each of their combinations.
	Clients, ScopeSets int64
	// TTL is how long a token response stays in the cache; over 0.
	TTL time.Duration
	// FlushesPerMonth are flushes of the whole cache: after revocations, after a person's changes, by deployments.
	FlushesPerMonth int64
}

// Keys is the number of entries that the cache has at most.
func (u Usage) Keys() int64 { return u.Clients * u.ScopeSets }

// Requests is the number of token requests in a month.
func (u Usage) Requests() int64 { return ceilDiv(u.RequestsPerDay*HoursPerMonth, 24) }

// Misses is the expected number of requests in a month that the cache cannot answer, and which so cost a token, rounded up.
//
// Requests are spread evenly over all keys and come independently of each other (a Poisson process of rate λ for each key). An entry lives
// for the TTL from the miss that made it, and the next request after that is the next miss, on average 1/λ later. So a key misses once in
// TTL + 1/λ, at a rate of λ/(1 + λ·TTL). That is concave in λ: clients of unequal size, with as many requests together, miss less often.
// Clients that ask at intervals just longer than the TTL miss every time, whatever the average says.
//
// A flush is reckoned to cost one token for each entry that lives at that moment, which a key's entry does for λ·TTL/(1 + λ·TTL) of the
// time. That is an upper bound, since entries that would soon have expired cost nothing more: at random moments it is half of that for busy
// keys.
func (u Usage) Misses() int64 {
	requests, keys := float64(u.Requests()), float64(u.Keys())
	perTTL := requests / keys * u.TTL.Hours() / HoursPerMonth
	expired := requests / (1 + perTTL)
	flushed := float64(u.FlushesPerMonth) * keys * perTTL / (1 + perTTL)
	return min(u.Requests(), int64(math.Ceil(expired+flushed)))
}

// HitRatio is the share of requests that the cache answers.
func (u Usage) HitRatio() float64 { return 1 - float64(u.Misses())/float64(u.Requests()) }
