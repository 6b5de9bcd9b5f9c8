package verify_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// clock stands still until it is advanced.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(c.seconds.Load(), 0) }
func (c *clock) advance(d time.Duration) { c.seconds.Add(int64(d / time.Second)) }

// stage has an issuer, the configuration of a verifier for it, and their clock.
type stage struct {
	*verifytest.Issuer
	clock  *clock
	config verify.Config
	read   chan verify.KeysEvent
}

func newStage(tb testing.TB) *stage {
	tb.Helper()
	s := &stage{Issuer: verifytest.NewIssuer(tb), clock: new(clock), read: make(chan verify.KeysEvent, 1000)}
	s.clock.seconds.Store(time.Now().Unix())
	s.Now = s.clock.now
	s.config = s.Config()
	s.config.KeysObserver = func(e verify.KeysEvent) { s.read <- e }
	return s
}
