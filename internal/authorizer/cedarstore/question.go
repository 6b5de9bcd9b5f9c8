package cedarstore

import (
	"context"

	"github.com/cedar-policy/cedar-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
)

// ForNamespace is the store as an authorizer asks it whose settings name the namespace, without the detour over the API.
func (s *Store) ForNamespace(namespace string) token.PolicyStore {
	return asker{s, namespace}
}

type asker struct {
	store     *Store
	namespace string
}

// Allows takes a decision with errors for a refusal, as the function does: a policy that could not be evaluated may have forbidden it.
func (a asker) Allows(_ context.Context, q token.Question) (bool, error) {
	decision, diagnostic, err := a.store.decide(cedar.Request{
		Principal: uid(q.Principal(a.namespace)), Action: uid(q.Verb(a.namespace)), Resource: uid(q.Resource(a.namespace)),
		Context: cedar.NewRecord(nil),
	}, q.Entities(a.namespace))
	return err == nil && decision == cedar.Allow && len(diagnostic.Errors) == 0, err
}

func uid(u token.UID) cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(u.Type), cedar.String(u.ID))
}
