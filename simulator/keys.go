package simulator

import (
	"context"
	"time"
)

// Keys are the keys that Cognito signs tokens with.
type Keys struct{ system *System }

// Keys returns the user pool's signing keys.
func (s *System) Keys() Keys { return Keys{s} }

// Rotate makes Cognito sign with a new key. The new key is published lead before its first token, for which it waits. The former key
// stays published for keep after that: if its tokens live longer, requests with them are refused.
func (k Keys) Rotate(ctx context.Context, lead, keep time.Duration) error {
	s := k.system
	if err := s.pool.PublishKey(); err != nil {
		return err
	}
	if err := s.underWay.wait(ctx); err != nil { // The lead begins when every request reads the new key.
		return err
	}
	if err := s.options.Sleep(ctx, lead); err != nil {
		return err
	}
	if err := s.underWay.wait(ctx); err != nil { // Some may have read the keys before.
		return err
	}
	return s.pool.UseKey(keep)
}
