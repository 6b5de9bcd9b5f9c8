package verify

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// cache remembers the claims of tokens whose signature is good, those used last. It has no tokens, only their digests: what can be read out of memory
// cannot be presented.
type cache struct {
	size    int
	mu      sync.Mutex
	entries map[[sha256.Size]byte]*list.Element
	recent  *list.List // of *entry, the one used last in front
}

type entry struct {
	digest [sha256.Size]byte
	claims *claims
	key    *key
}

func newCache(size int) *cache {
	return &cache{size: size, entries: make(map[[sha256.Size]byte]*list.Element, size), recent: list.New()}
}

// get returns nil for a token that is not known, or whose key is not the user pool's any more.
func (c *cache) get(digest [sha256.Size]byte, keys *keyring) *claims {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[digest]
	if !ok {
		return nil
	}
	e := element.Value.(*entry)
	if !keys.has(e.key) {
		c.remove(element)
		return nil
	}
	c.recent.MoveToFront(element)
	return e.claims
}

func (c *cache) put(digest [sha256.Size]byte, verified *claims, k *key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[digest]; ok {
		return
	}
	if c.recent.Len() >= c.size {
		c.remove(c.recent.Back())
	}
	c.entries[digest] = c.recent.PushFront(&entry{digest, verified, k})
}

func (c *cache) remove(element *list.Element) {
	delete(c.entries, element.Value.(*entry).digest)
	c.recent.Remove(element)
}
