package verify

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// cache has the claims of the most recently used tokens with a valid signature. It holds digests instead of tokens: a copy of its memory
// is of no use to an attacker.
type cache struct {
	size    int
	mu      sync.Mutex
	entries map[[sha256.Size]byte]*list.Element
	recent  *list.List // of *entry, the most recently used one first
}

type entry struct {
	digest [sha256.Size]byte
	claims *claims
	key    *key
	keys   *keyring // of the issuer
}

func newCache(size int) *cache {
	return &cache{size: size, entries: make(map[[sha256.Size]byte]*list.Element, size), recent: list.New()}
}

// get returns nil for an unknown token, and for one whose issuer no longer has the key.
func (c *cache) get(digest [sha256.Size]byte) *claims {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[digest]
	if !ok {
		return nil
	}
	e := element.Value.(*entry)
	if !e.keys.has(e.key) {
		c.remove(element)
		return nil
	}
	c.recent.MoveToFront(element)
	return e.claims
}

func (c *cache) put(e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[e.digest]; ok {
		return
	}
	if c.recent.Len() >= c.size {
		c.remove(c.recent.Back())
	}
	c.entries[e.digest] = c.recent.PushFront(e)
}

func (c *cache) remove(element *list.Element) {
	delete(c.entries, element.Value.(*entry).digest)
	c.recent.Remove(element)
}
