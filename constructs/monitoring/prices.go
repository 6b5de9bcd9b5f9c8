package monitoring

import (
	"math"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cost"
)

func (s *settings) checkPrices(errs *report.Errors) {
	var p Prices
	if s.Prices != nil {
		p = *s.Prices
	}
	amount := interval{above: 0, upTo: math.MaxInt32}
	amount.apply(errs, "Prices.PerThousandTokens", &p.PerThousandTokens, dollars(cost.TokenRequests.Amount))
	amount.apply(errs, "Prices.CachePerHour", &p.CachePerHour, cacheHour(s.Proxy.CacheSizeGB()))
	s.Prices = &p
	s.tokenPrice, s.cachePrice = *p.PerThousandTokens/1000, *p.CachePerHour
}

// cacheHour is the price of a size that the proxy has checked.
func cacheHour(sizeGB string) float64 {
	for _, c := range cost.Caches() {
		if c.SizeGB == sizeGB {
			return dollars(c.Hour)
		}
	}
	return dollars(cost.Caches()[0].Hour)
}

func dollars(amount cost.USD) float64 { return float64(amount) / float64(cost.Dollar) }
