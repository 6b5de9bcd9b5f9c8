package simulator

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestUnderWay_waitsForRequestsBegunBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u underWay
		if err := u.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		end := u.begin()
		var waited, second bool
		go func() { waited = u.wait(t.Context()) == nil }()
		synctest.Wait()
		later := u.begin()
		go func() { second = u.wait(t.Context()) == nil }()
		later()
		synctest.Wait()
		if waited || second {
			t.Errorf("before the first request has ended: the first wait is over: %t, the second: %t", waited, second)
		}
		defer u.begin()()
		end()
		synctest.Wait()
		if !waited || !second {
			t.Errorf("with only a later request under way: the first wait is over: %t, the second: %t", waited, second)
		}
	})
}

func TestUnderWay_waitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u underWay
		end := u.begin()
		defer end()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := u.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
