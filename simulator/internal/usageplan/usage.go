// Package usageplan executes API Gateway's API keys and usage plans: who may call a stage, how often, and how many times a day, week or
// month.
//
// AWS counts on a best-effort basis, so that a client may exceed its plan; here every request counts at once.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
package usageplan

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/throttle"
)

// Verdict is what becomes of a request.
type Verdict int

// The verdicts.
const (
	Allowed Verdict = iota
	// Unknown is a key that is missing, not enabled, or in no plan of the stage.
	Unknown
	Throttled
	QuotaExceeded
)

// Key is an API key that works.
type Key struct{ ID, Name, Value string }

// Keys are the API keys of all plans. It is safe for concurrent use after the last call of an Add method.
type Keys struct {
	clock func() time.Time
	keys  map[string]*key  // by id
	plans map[string]*plan // by id
	// byValue has the keys that a request may carry.
	byValue map[string]*key
}

type key struct {
	Key
	enabled bool
	members map[string]*member // by API and stage
}

type plan struct {
	name        string
	stages      []string
	rate, burst float64
	throttles   bool
	quota       int64
	period      string
}

// member is a key's use of a stage by its plan.
type member struct {
	plan   *plan
	bucket *throttle.Bucket // nil: no limit

	mu    sync.Mutex
	since time.Time // the period that used counts in
	used  int64
}

// New has no keys yet.
func New(clock func() time.Time) *Keys {
	return &Keys{clock: clock, keys: map[string]*key{}, plans: map[string]*plan{}, byValue: map[string]*key{}}
}

// All are the keys that may call the stage, by name.
func (k *Keys) All(apiID, stage string) []Key {
	var all []Key
	for _, one := range k.keys {
		if one.enabled && one.members[stageKey(apiID, stage)] != nil {
			all = append(all, one.Key)
		}
	}
	slices.SortFunc(all, func(a, b Key) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all
}

// Use counts a request with the key's value to the stage and returns the key's id. Throttled requests count toward no quota.
func (k *Keys) Use(value, apiID, stage string) (id string, verdict Verdict) {
	used, ok := k.byValue[value]
	if !ok || !used.enabled {
		return "", Unknown
	}
	m := used.members[stageKey(apiID, stage)]
	switch {
	case m == nil:
		return used.ID, Unknown
	case m.bucket != nil && !m.bucket.Take():
		return used.ID, Throttled
	case !m.count(k.clock()):
		return used.ID, QuotaExceeded
	}
	return used.ID, Allowed
}

// count says whether the request is within the quota of its period.
func (m *member) count(now time.Time) bool {
	if m.plan.quota == 0 {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if since := began(m.plan.period, now); !since.Equal(m.since) {
		m.since, m.used = since, 0
	}
	if m.used >= m.plan.quota {
		return false
	}
	m.used++
	return true
}

// began is when the current period did: at midnight UTC, of a Sunday for a week.
// https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
func began(period string, now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	switch period {
	case "WEEK":
		day -= int(now.UTC().Weekday())
	case "MONTH":
		day = 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func stageKey(apiID, stage string) string { return apiID + "/" + stage }
