package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// A request that left the gateway with the former value is answered, however long it takes to the web ACL.
func TestRotateOriginHeader_waitsForASlowRequest(t *testing.T) {
	var slow atomic.Bool
	arrived, released := make(chan struct{}), make(chan struct{})
	// asked of at the web ACL
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{Country: func(netip.Addr) string {
		if slow.CompareAndSwap(true, false) {
			close(arrived)
			<-released
		}
		return "DE"
	}})
	if err != nil {
		t.Fatal(err)
	}
	slow.Store(true)
	answered := make(chan *httptest.ResponseRecorder)
	go func() { answered <- ask(t, system, func(*http.Request) {}) }()
	<-arrived
	updates := 0
	system.SetFault(func(call string) error {
		if call == "PatternSet.Update" {
			updates++
		}
		if updates == 2 { // The first accepts the new value, the second removes the former one.
			updates++
			time.AfterFunc(20*time.Millisecond, func() { close(released) })
		}
		return nil
	})
	if err := system.Origin().Rotate(t.Context(), 0, 0); err != nil || system.Origin().Accepted() != 1 {
		t.Errorf("rotation: %v, %d values accepted", err, system.Origin().Accepted())
	}
	if got := <-answered; got.Code != 200 {
		t.Errorf("the slow request: %d %s", got.Code, got.Body)
	}
}
