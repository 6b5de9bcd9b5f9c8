package monitoring

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// tier is a part of a month's tokens, from a number on, and what one of them costs less than one of the tier before it.
type tier struct{ from, less float64 }

func (s *settings) checkPrices(errs *report.Errors, scope constructs.Construct) {
	region, err := pricing.Default().Region(*awscdk.Stack_Of(scope).Region())
	if err != nil {
		region, _ = pricing.Default().Region(pricing.DefaultRegion)
	}
	var p Prices
	if s.Prices != nil {
		p = *s.Prices
	}
	tokens := region.TokenRequests
	if p.PerThousandTokens == nil {
		for i, t := range tokens.Tiers[1:] {
			before := tokens.Tiers[i]
			s.tiers = append(s.tiers, tier{float64(before.UpTo), (before.Amount - t.Amount).Dollars() / float64(tokens.Per)})
		}
	}
	perHour := 0.0
	if size, err := region.Cache.Of(*s.Proxy.CacheSizeGB()); err == nil { // A wrong size is the proxy's mistake, which it has noted.
		perHour = size.Hour.Dollars()
	}
	setNumber(errs, "Prices.PerThousandTokens", &p.PerThousandTokens, tokens.First().Dollars()*1000/float64(tokens.Per), awslimits.Price)
	setNumber(errs, "Prices.CachePerHour", &p.CachePerHour, perHour, awslimits.Price)
	s.tokenPrice, s.cachePrice = *p.PerThousandTokens/1000, *p.CachePerHour
}

// priceOf is, as metric math, what so many tokens of a month cost; the number goes by its id.
func (s *settings) priceOf(tokens string) string {
	var price strings.Builder
	fmt.Fprintf(&price, "%s * %s", tokens, number(s.tokenPrice))
	for _, t := range s.tiers {
		fmt.Fprintf(&price, " - (%[1]s > %[2]s) * (%[1]s - %[2]s) * %[3]s", tokens, number(t.from), number(t.less))
	}
	return price.String()
}
