package waf

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// rateBased compiles a rule that matches requests over a limit.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
func (c *compiler) rateBased(o *properties.Object, depth int) matcher {
	if depth > 0 {
		o.Errorf("", "a rate-based statement cannot be part of another statement")
	}
	o.Require("Limit", "AggregateKeyType")
	refuseForwarded(o, "ForwardedIPConfig")
	r := &rate{
		limit:     o.Int("Limit", 10, 2_000_000_000, 0),
		key:       aggregateKey(o),
		slot:      evaluationWindow(o) / slots,
		instances: map[instance]*counter{},
	}
	if scope := o.Object("ScopeDownStatement"); scope != nil {
		r.scope = c.statement(scope, depth+1)
	}
	return r.matches
}

func evaluationWindow(o *properties.Object) time.Duration {
	seconds := o.Int("EvaluationWindowSec", 60, 600, 300)
	if !slices.Contains([]int64{60, 120, 300, 600}, seconds) {
		o.Errorf("EvaluationWindowSec", "got %d, allowed are 60, 120, 300, 600", seconds)
	}
	return time.Duration(seconds) * time.Second
}

// slots are the parts of the evaluation window that are counted apart. The window slides by one of them, that is by 1 to 10 seconds.
const slots = 60

// maxInstances is how many aggregation instances AWS WAF limits at most for one rule. Beyond it, a new instance is neither counted nor
// limited.
const maxInstances = 10_000

// instance is a hash of the values of the aggregation keys, so that a client's long header takes no more memory than a short one.
type instance [sha256.Size]byte

func newInstance(values []string) instance {
	var b []byte
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return sha256.Sum256(b)
}

type rate struct {
	limit int64
	slot  time.Duration
	scope matcher // nil for all requests
	key   func(*Request) (values []string, ok bool)

	mu        sync.Mutex
	instances map[instance]*counter
	swept     int64 // slot of the last sweep
}

// counter counts one instance's requests in the slots up to last.
type counter struct {
	last   int64
	counts [slots]int64
	total  int64
}

// matches counts the request and says whether its instance is over the limit.
func (r *rate) matches(e *evaluation) (bool, error) {
	if r.scope != nil {
		if ok, err := r.scope(e); !ok || err != nil {
			return false, err
		}
	}
	values, ok := r.key(e.request)
	if !ok {
		return false, nil
	}
	now := e.now.UnixNano() / int64(r.slot)
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counter(newInstance(values), now)
	return c != nil && c.add(now) > r.limit, nil
}

func (r *rate) counter(i instance, now int64) *counter {
	if c, ok := r.instances[i]; ok {
		return c
	}
	if len(r.instances) >= maxInstances && r.swept != now {
		r.swept = now
		for key, c := range r.instances {
			if c.last <= now-slots {
				delete(r.instances, key)
			}
		}
	}
	if len(r.instances) >= maxInstances {
		return nil
	}
	c := &counter{last: now}
	r.instances[i] = c
	return c
}

// add counts one request and returns how many the window holds now. A clock that goes backwards counts in the slot reached before.
func (c *counter) add(now int64) int64 {
	if now-c.last >= slots {
		*c = counter{last: now}
	}
	for c.last < now {
		c.last++
		index := slotIndex(c.last)
		c.total -= c.counts[index]
		c.counts[index] = 0
	}
	c.counts[slotIndex(c.last)]++
	c.total++
	return c.total
}

// slotIndex is never negative, though times before 1970 are.
func slotIndex(slot int64) int64 { return (slot%slots + slots) % slots }
