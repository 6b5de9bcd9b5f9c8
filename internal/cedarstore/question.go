package cedarstore

import (
	"context"

	"github.com/cedar-policy/cedar-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/tokenauthorizer"
)

var _ tokenauthorizer.PolicyStore = (*Store)(nil)

// Allows decides without the detour over the API. As in the function, a decision with errors allows nothing.
func (s *Store) Allows(_ context.Context, q tokenauthorizer.Question) (bool, error) {
	decision, diagnostic, err := s.decide(cedar.Request{
		Principal: uid(q.Principal(s.namespace)), Action: uid(q.Verb(s.namespace)), Resource: uid(q.Resource(s.namespace)), Context: cedar.NewRecord(nil),
	}, q.Entities(s.namespace))
	return err == nil && decision == cedar.Allow && len(diagnostic.Errors) == 0, err
}

func uid(u tokenauthorizer.UID) cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(u.Type), cedar.String(u.ID))
}
