package verify_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
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

// BenchmarkSignature is what crypto/rsa takes of BenchmarkVerify without cache, which cannot take less.
func BenchmarkSignature(b *testing.B) {
	key := verifytest.NewKey(b)
	digest := sha256.Sum256([]byte("signed"))
	signature, err := rsa.SignPKCS1v15(nil, key.Private, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := rsa.VerifyPKCS1v15(&key.Private.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
			b.Fatal(err)
		}
	}
}
