package waf

import (
	"fmt"
	"regexp"
	"sync"
)

// maxPattern is the quota on the characters of a regular expression.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const maxPattern = 200

// compilePattern shows nothing of the pattern in an error: the patterns of a set can be secrets.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if pattern == "" || len(pattern) > maxPattern {
		return nil, fmt.Errorf("a pattern has %d bytes, want 1 to %d", len(pattern), maxPattern)
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("a pattern of %d bytes is not in RE2's syntax, https://golang.org/s/re2syntax, the part of PCRE's that is "+
			"simulated", len(pattern))
	}
	return compiled, nil
}

// patternCache keeps the patterns of sets compiled: rotations change them, and each request needs them.
type patternCache struct {
	mu       sync.RWMutex
	compiled map[string]*regexp.Regexp
}

// maxCached bounds the cache. It is emptied when full, as patterns that rotated away are never asked for again.
const maxCached = 128

func newPatternCache() *patternCache { return &patternCache{compiled: map[string]*regexp.Regexp{}} }

func (c *patternCache) compile(source string) (*regexp.Regexp, error) {
	c.mu.RLock()
	found := c.compiled[source]
	c.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	compiled, err := compilePattern(source)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.compiled) >= maxCached {
		clear(c.compiled)
	}
	c.compiled[source] = compiled
	return compiled, nil
}
