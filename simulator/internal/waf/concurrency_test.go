package waf_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// TestConcurrency is for the race detector, and checks that no request goes uncounted.
func TestConcurrency(t *testing.T) {
	acl := limited(t, `"Limit": 100, "AggregateKeyType": "IP"`)
	r := from("192.0.2.1", "", "/")
	pool := poolACL(t)
	var let atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			let.Add(int64(passed(acl, 50, r, time.Unix(0, 0))))
			for n := range 50 {
				sets := fakeSets{patterns: map[string][]string{"arn:set": {fmt.Sprintf("^%d-%d$", i, n)}}}
				if d := pool.Evaluate(r, sets, time.Unix(0, 0)); d.Rule != "block-all" {
					t.Errorf("got %+v", d)
				}
			}
		})
	}
	wg.Wait()
	if let.Load() != 100 {
		t.Errorf("%d passed, want 100", let.Load())
	}
}

func BenchmarkEvaluate(b *testing.B) {
	acl, sets := poolACL(b), fakeSets{patterns: map[string][]string{"arn:set": {"^current0$", "^pending1$"}}}
	r := from("192.0.2.1", "", "/oauth2/token")
	r.Header.Set("X-WafAuthAllowRule", "pending1")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if d := acl.Evaluate(r, sets, time.Time{}); d.Blocked {
				b.Fatalf("got %+v", d)
			}
		}
	})
}

var _ waf.Sets = fakeSets{}
