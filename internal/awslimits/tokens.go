package awslimits

import (
	"fmt"
	"time"
)

// Bounds of access tokens and of the cache that holds them.
const (
	// DefaultAccessTokenValidity is Cognito's own default.
	DefaultAccessTokenValidity = time.Hour
	// MinRemainingLife is what a token that comes from the cache has left at least.
	MinRemainingLife = 5 * time.Minute
	// MinCachedValidity is the shortest access-token validity of a client behind the cache: below it a cached token would be
	// served with too little life left, or hardly be cached at all.
	MinCachedValidity = 10 * time.Minute
	// MaxCacheTTL is API Gateway's longest cache TTL.
	MaxCacheTTL = time.Hour
)

var (
	// AccessTokenValidity checks a client's access-token validity: Cognito's bounds.
	AccessTokenValidity = numbers("access-token validity %v is not allowed", 5*time.Minute, 24*time.Hour, time.Minute,
		"whole minutes from 5m to 24h")
	// CachedValidity checks the access-token validity of a client behind the cache.
	CachedValidity = numbers("access-token validity %v is not allowed behind the cache", MinCachedValidity, 24*time.Hour, time.Minute,
		"whole minutes from 10m to 24h")
)

// ClientValidity is the access-token validity of one client behind the cache. Without a Client it is the shortest one of all clients.
type ClientValidity struct {
	Client   string
	Validity time.Duration
}

func (c ClientValidity) String() string {
	if c.Client == "" {
		return fmt.Sprintf("the shortest access-token validity is %v", c.Validity)
	}
	return fmt.Sprintf("client %q has an access-token validity of %v", c.Client, c.Validity)
}

// CacheTTL returns how long a token response may stay in the cache: requested, or, when that is 0, the default min(75 % of v, v − 5 min,
// 1 h), where v is the shortest validity of any client. A requested TTL must be at most min(v − 5 min, 1 h), so that every token from the
// cache has 5 minutes left, and 1 s at least, since 0 turns API Gateway's cache off.
//
// A client with a validity below 10 minutes is refused.
func CacheTTL(requested time.Duration, clients []ClientValidity) (time.Duration, error) {
	if len(clients) == 0 {
		return 0, fmt.Errorf("no access-token validity given: the cache TTL is bounded by the shortest one, so name every client's")
	}
	shortest := clients[0]
	for _, c := range clients[1:] {
		if c.Validity < shortest.Validity {
			shortest = c
		}
	}
	v := shortest.Validity
	if v < MinCachedValidity {
		return 0, fmt.Errorf("%v: a client behind the cache needs at least %v", shortest, MinCachedValidity)
	}
	longest := min(v-MinRemainingLife, MaxCacheTTL)
	if requested == 0 {
		return min(v*3/4, longest).Truncate(time.Second), nil
	}
	if requested < time.Second || requested > longest || requested%time.Second != 0 {
		return 0, fmt.Errorf("cache TTL %v is not allowed: use whole seconds from 1s to %v, since %v "+
			"(TTL is at most that minus %v, and at most %v)", requested, longest, shortest, MinRemainingLife, MaxCacheTTL)
	}
	return requested, nil
}

// OwnResourceServer is the identifier of the resource server that holds a tenant's own scopes.
func OwnResourceServer(tenantID string) string { return "tenant-" + tenantID }
