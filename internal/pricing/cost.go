// Package pricing computes how many tokens the gateway's cache must save to pay for itself. All prices are in prices.yaml, with their dates
// and sources. The package also makes the tables of docs/cost.md.
package pricing

// Assumptions about a month, and the fixed part of the protection.
const (
	// HoursPerMonth is what AWS's own calculators take for a month.
	HoursPerMonth = 730
	// Rules is the number of rules of the pool's web ACL.
	Rules = 2
	// HitsPer100 is the share of requests answered from the cache for which Region.BreakEvenWithProtection is shown.
	HitsPer100 = 90
)

// Month is the cache's price for a month.
func (c Cache) Month() USD { return c.Hour * HoursPerMonth }

// BreakEven is how many token requests a month the cache alone must save to pay for itself, at the price of the first tier. In a higher
// tier, where a saved token is worth less, it takes more.
func (r *Region) BreakEven(c Cache) int64 {
	return ceilDiv(int64(c.Month())*r.TokenRequests.Per, int64(r.TokenRequests.First()))
}

// BreakEvenWithProtection is how many token requests a month must be saved to pay for the cache, the web ACL with its rules, API Gateway's
// charge for every request and WAF's for every miss, when hits of 100 requests are answered from the cache, at the prices of the first
// tiers. It panics unless hits is 1 to 100.
func (r *Region) BreakEvenWithProtection(c Cache, hits int64) int64 {
	if hits < 1 || hits > 100 {
		panic("cost: hits of 100 requests must be 1 to 100")
	}
	// Every term is the price of 100 requests times 10,000, since gateway and WAF charge by the million: 1,000,000 / 100 = 10,000.
	const million = 1_000_000
	saved := hits * int64(r.TokenRequests.First()) * (million / r.TokenRequests.Per)
	spent := 100*int64(r.GatewayRequests.First())*(million/r.GatewayRequests.Per) +
		(100-hits)*int64(r.WebACLRequests.First())*(million/r.WebACLRequests.Per)
	fixed := int64(c.Month() + r.WebACL.First() + Rules*r.WebACLRule.First())
	return ceilDiv(fixed*million*hits, saved-spent)
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
