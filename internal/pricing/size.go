package pricing

// Assumptions about the number of entries in a cache. AWS documents neither, so both are on the safe side.
const (
	// EntryBytes is for one cached response: some 1.2 KB for a token response, the key (Authorization, scope, client_id), and what encryption
	// and the cache itself need for an entry.
	EntryBytes = 2048
	// UsablePer100 is how much of the capacity is reckoned to be there for entries.
	UsablePer100 = 75
)

// Holds is how many entries a capacity is reckoned to hold.
func (c Cache) Holds() int64 {
	// A capacity has one decimal at most, so tenths of GB are whole.
	return int64(parseTenths(c.SizeGB)) * (1 << 30) / 10 * UsablePer100 / 100 / EntryBytes
}

// Smallest is the smallest and so the cheapest capacity that holds as many entries; ok is false when none does. It says nothing about
// throughput: a capacity also has its share of processor and network, for which AWS gives no numbers but the advice to run a load test.
// https://repost.aws/knowledge-center/api-gateway-cache-capacity
func (c Caches) Smallest(entries int64) (cache Cache, ok bool) {
	for _, cache := range c.Sizes {
		if cache.Holds() >= entries {
			return cache, true
		}
	}
	return Cache{}, false
}

// parseTenths reads a capacity of rules.CacheSizes in tenths of a GB.
func parseTenths(sizeGB string) (tenths int) {
	whole, tenth := sizeGB, "0"
	if n := len(sizeGB) - 2; n > 0 && sizeGB[n] == '.' {
		whole, tenth = sizeGB[:n], sizeGB[n+1:]
	}
	for _, digit := range whole + tenth {
		tenths = 10*tenths + int(digit-'0')
	}
	return tenths
}
