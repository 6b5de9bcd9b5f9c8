package credentials

import (
	"net/http"
	"testing"
)

// A token that is held costs a lock: workloads ask for it with every request.
func BenchmarkHeldToken(b *testing.B) {
	w := newWorld()
	s, err := New(Config{SecretID: tenantSecret, SecretsManager: w, HTTPClient: &http.Client{Transport: w}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := s.TokenContext(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}
