package cost

import (
	"fmt"
	"strings"
)

// Markdown is the README's section of prices and break-even.
func Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Prices in us-east-1, sources read on %s:\n\n", Read)
	b.WriteString("| Price of | USD | for | Confidence | Source |\n|---|---:|---|:---:|---|\n")
	for _, p := range []Price{TokenRequests, GatewayRequests, WebACL, WebACLRule, WebACLRequests} {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", p.Item, p.Amount, p.Unit, p.Confidence, p.Source)
	}
	fmt.Fprintf(&b, "| API Gateway cache, by size | see below | hour | %s | %s |\n", CacheConfidence, CacheSource)
	fmt.Fprintf(&b, "\nBreak-even, in token requests saved a month (%d hours):\n\n", HoursPerMonth)
	b.WriteString("| Cache (GB) | USD an hour | USD a month | Saved tokens that pay for the cache | …in an hour | …for cache, web ACL and requests¹ |\n")
	b.WriteString("|---:|---:|---:|---:|---:|---:|\n")
	for _, c := range Caches() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", c.SizeGB, c.Hour, c.Month(),
			thousands(c.BreakEven()), thousands(ceilDiv(c.BreakEven(), HoursPerMonth)), thousands(c.BreakEvenWithProtection(HitsPer100)))
	}
	fmt.Fprintf(&b, "\n¹ At %d %% cache hits, with %d WAF rules, API Gateway's charge for every request and WAF's for every miss.\n", HitsPer100, Rules)
	return b.String()
}

// String is the amount with as many decimals as it needs, two at least.
func (d USD) String() string {
	decimals := strings.TrimRight(fmt.Sprintf("%06d", d%Dollar), "0")
	for len(decimals) < 2 {
		decimals += "0"
	}
	return thousands(int64(d/Dollar)) + "." + decimals
}

// thousands is n with a comma before every three digits.
func thousands(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
