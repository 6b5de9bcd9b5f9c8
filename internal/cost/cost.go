// Package cost says how many tokens the gateway's cache must save to pay for itself. The prices stand in one place, dated and with their sources;
// the tables that the README shows are made here.
package cost

// What a month and the fixed part of the protection are reckoned with.
const (
	// HoursPerMonth is what AWS's own calculators take for a month.
	HoursPerMonth = 730
	// Rules is the number of rules of the pool's web ACL.
	Rules = 2
	// HitsPer100 is the share of requests answered from the cache for which Cache.BreakEvenWithProtection is shown.
	HitsPer100 = 90
)

// Month is the cache's price for a month.
func (c Cache) Month() USD { return c.Hour * HoursPerMonth }

// BreakEven is how many token requests a month the cache alone must save to pay for itself.
func (c Cache) BreakEven() int64 {
	return ceilDiv(int64(c.Month())*1_000, int64(TokenRequests.Amount))
}

// BreakEvenWithProtection is how many token requests a month must be saved to pay for the cache, the web ACL with its rules, API Gateway's charge for
// every request and WAF's for every miss, when hits of 100 requests are answered from the cache. It panics unless hits is 1 to 100.
func (c Cache) BreakEvenWithProtection(hits int64) int64 {
	if hits < 1 || hits > 100 {
		panic("cost: hits of 100 requests must be 1 to 100")
	}
	// Every term is the price of 100 requests times 10,000, since gateway and WAF charge by the million: 1,000,000 / 100 = 10,000.
	saved := hits * int64(TokenRequests.Amount) * 1_000
	spent := 100*int64(GatewayRequests.Amount) + (100-hits)*int64(WebACLRequests.Amount)
	fixed := int64(c.Month() + WebACL.Amount + Rules*WebACLRule.Amount)
	return ceilDiv(fixed*1_000_000*hits, saved-spent)
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }
