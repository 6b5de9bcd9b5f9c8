package verify_test

import (
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func BenchmarkVerify(b *testing.B) {
	for name, size := range map[string]int{"without cache": 0, "with cache": 64} {
		b.Run(name, func(b *testing.B) {
			issuer := verifytest.NewIssuer(b)
			config := issuer.Config()
			config.CacheSize = size
			v := newVerifier(b, config)
			token, required := issuer.Token("orders/read", "orders/write"), verify.AllScopes("orders/read")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(b.Context(), token, required); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
