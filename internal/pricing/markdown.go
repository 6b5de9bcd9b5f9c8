package pricing

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Markdown returns the tables of prices and break-even in docs/cost.md.
func (b *Book) Markdown() string {
	region := b.Regions[DefaultRegion]
	var out strings.Builder
	fmt.Fprintf(&out, "Prices in %s, sources read on %s:\n\n", DefaultRegion, b.Read)
	out.WriteString("| Price of | USD | for | Confidence | Source |\n|---|---:|---|:---:|---|\n")
	r := region
	for _, p := range []Price{r.TokenRequests, r.AppClients, r.GatewayRequests, r.WebACL, r.WebACLRule, r.WebACLRequests} {
		p.row(&out)
	}
	fmt.Fprintf(&out, "| %s, by size | see below | %s | %s | %s |\n", r.Cache.Item, r.Cache.Unit, r.Cache.Confidence, r.Cache.Source)
	for _, p := range []Price{
		r.Secret, r.SecretCalls, r.Key, r.KeyRequests, r.Metric, r.Alarm, r.CompositeAlarm, r.Dashboard, r.LogIngestion,
	} {
		p.row(&out)
	}
	fmt.Fprintf(&out, "\nBreak-even, in token requests saved a month (%d hours), at the prices of the first tiers:\n\n", HoursPerMonth)
	out.WriteString("| Cache (GB) | USD an hour | USD a month | Saved tokens that pay for the cache | …in an hour " +
		"| …for cache, web ACL and requests¹ |\n|---:|---:|---:|---:|---:|---:|\n")
	for _, c := range region.Cache.Sizes {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s |\n", c.SizeGB, c.Hour, c.Month(),
			Thousands(region.BreakEven(c)), Thousands(ceilDiv(region.BreakEven(c), HoursPerMonth)),
			Thousands(region.BreakEvenWithProtection(c, HitsPer100)))
	}
	fmt.Fprintf(&out, "\n¹ At %d %% cache hits, with %d WAF rules, API Gateway's charge for every request and WAF's for every miss.\n\n",
		HitsPer100, Rules)
	last := r.TokenRequests.Tiers[len(r.TokenRequests.Tiers)-1]
	fmt.Fprintf(&out, "Where tokens cost less, in a higher tier, it takes more saved ones: for the cache alone up to %s times as many. "+
		"`m2m cost` reckons with the tiers.\n",
		ratio(r.TokenRequests.First(), last.Amount))
	return out.String()
}

// ratio is a/b with up to two decimals.
func ratio(a, b USD) string {
	return strconv.FormatFloat(math.Round(100*a.Dollars()/b.Dollars())/100, 'f', -1, 64)
}

func (p Price) row(out *strings.Builder) {
	item := p.Item
	if !p.Charged {
		item += ", no longer charged"
	}
	var amounts []string
	for i, tier := range p.Tiers {
		switch {
		case tier.UpTo > 0:
			amounts = append(amounts, tier.Amount.String()+" up to "+Thousands(tier.UpTo))
		case i > 0:
			amounts = append(amounts, tier.Amount.String()+" above")
		default:
			amounts = append(amounts, tier.Amount.String())
		}
	}
	fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", item, strings.Join(amounts, ", "), p.For(), p.Confidence, p.Source)
}

// CredentialsMarkdown returns the table in docs/cost.md of the cost of tenants' credentials in Secrets Manager.
func (b *Book) CredentialsMarkdown() string {
	r := b.Regions[DefaultRegion]
	var out strings.Builder
	fmt.Fprintf(&out, "| Tenants | Secrets (USD a month) | %d keys | Together |\n|---:|---:|---:|---:|\n", CredentialsKeys)
	for _, tenants := range []int64{10, 100, 1_000, 10_000} {
		secrets, keys := r.Secret.Of(tenants), r.Key.Of(CredentialsKeys)
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", Thousands(tenants), secrets, keys, secrets+keys)
	}
	return out.String()
}
