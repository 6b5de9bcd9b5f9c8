package apigw

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxCachedBytes is API Gateway's limit of a cached response.
const maxCachedBytes = 1 << 20

// cache keeps answers of every status, as API Gateway does by all that is known.
type cache struct {
	clock func() time.Time

	mu      sync.Mutex
	entries map[string]entry
}

type entry struct {
	answer  *Answer
	expires time.Time
}

func newCache(clock func() time.Time) *cache {
	return &cache{clock: clock, entries: map[string]entry{}}
}

func (c *cache) get(key string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || !c.clock().Before(e.expires) {
		return nil
	}
	return e.answer
}

func (c *cache) put(key string, a *Answer, ttl time.Duration) {
	if len(a.Body) > maxCachedBytes {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = entry{answer: a, expires: c.clock().Add(ttl)}
}

func (c *cache) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.entries)
}

// cacheKey is the values of the declared key parameters.
func (r *route) cacheKey(req *request) string {
	var b strings.Builder
	b.WriteString(r.path)
	for _, key := range r.keys {
		writePart(&b, key.value(req))
	}
	return b.String()
}

// writePart writes a part of a key so that it cannot run into the next one: preceded by its length.
func writePart(b *strings.Builder, part string) {
	b.WriteString(" " + strconv.Itoa(len(part)) + ":" + part)
}
