package pricing_test

import (
	"fmt"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

func ExampleRegion_BreakEven() {
	region := pricing.Default().Regions[pricing.DefaultRegion]
	for _, c := range region.Cache.Sizes {
		fmt.Printf("%4s GB  %8s USD a month  %9d tokens saved\n", c.SizeGB, c.Month(), region.BreakEven(c))
	}
	// Output:
	//  0.5 GB     14.60 USD a month       6489 tokens saved
	//  1.6 GB     27.74 USD a month      12329 tokens saved
	//  6.1 GB    146.00 USD a month      64889 tokens saved
	// 13.5 GB    182.50 USD a month      81112 tokens saved
	// 28.4 GB    365.00 USD a month     162223 tokens saved
	// 58.2 GB    730.00 USD a month     324445 tokens saved
	//  118 GB  1,387.00 USD a month     616445 tokens saved
	//  237 GB  2,774.00 USD a month    1232889 tokens saved
}

// Fewer saved tokens than the break-even cost more than they save, and the break-even itself does not.
func TestBreakEven_isTheFirstThatPays(t *testing.T) {
	r := pricing.Default().Regions[pricing.DefaultRegion]
	for _, c := range r.Cache.Sizes {
		price := float64(r.TokenRequests.First()) / 1_000
		if n := float64(r.BreakEven(c)); n*price < float64(c.Month()) || (n-1)*price >= float64(c.Month()) {
			t.Errorf("%s GB: %v tokens are not the first to pay for %v USD", c.SizeGB, n, c.Month())
		}
		for _, hits := range []int64{1, 50, 90, 100} {
			balance := func(saved float64) float64 {
				requests := saved * 100 / float64(hits)
				spent := requests*float64(r.GatewayRequests.First())/1e6 + (requests-saved)*float64(r.WebACLRequests.First())/1e6
				fixed := float64(c.Month() + r.WebACL.First() + 2*r.WebACLRule.First())
				return saved*price - spent - fixed
			}
			if n := float64(r.BreakEvenWithProtection(c, hits)); balance(n) < 0 || balance(n-1) >= 0 {
				t.Errorf("%s GB at %d hits of 100: %v tokens leave %v, one less %v", c.SizeGB, hits, n, balance(n), balance(n-1))
			}
		}
	}
}
