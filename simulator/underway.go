package simulator

import (
	"context"
	"sync"
)

// underWay are the requests that have begun and not ended. A change that requests under way must not meet waits for them: so the simulation
// holds that a request takes less time than a rotation waits, however slow the machine is.
type underWay struct {
	mu    sync.Mutex
	begun *sync.WaitGroup // since the last wait
	ended chan struct{}   // closed when those before it have ended
}

// begin counts a request until end.
func (u *underWay) begin() (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.begun == nil {
		u.begun = new(sync.WaitGroup)
	}
	u.begun.Add(1)
	return u.begun.Done
}

// wait returns when the requests that have begun before have ended.
func (u *underWay) wait(ctx context.Context) error {
	u.mu.Lock()
	before, earlier, ended := u.begun, u.ended, make(chan struct{})
	u.begun, u.ended = nil, ended
	u.mu.Unlock()
	go func() {
		defer close(ended)
		if before != nil {
			before.Wait()
		}
		if earlier != nil {
			<-earlier
		}
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
