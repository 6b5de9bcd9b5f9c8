package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/verifiedpermissions"
	"github.com/aws/aws-sdk-go-v2/service/verifiedpermissions/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
)

// policyStore asks a policy store of Amazon Verified Permissions.
type policyStore struct {
	api           isAuthorized
	id, namespace string
	log           *slog.Logger
}

type isAuthorized interface {
	IsAuthorized(
		context.Context, *verifiedpermissions.IsAuthorizedInput, ...func(*verifiedpermissions.Options),
	) (*verifiedpermissions.IsAuthorizedOutput, error)
}

var _ token.PolicyStore = (*policyStore)(nil)

// Allows takes only ALLOW for an answer, and only one without errors: a policy that fails to evaluate is skipped, also one that would have
// forbidden. https://docs.cedarpolicy.com/auth/authorization.html
func (s *policyStore) Allows(ctx context.Context, q token.Question) (bool, error) {
	action := q.Verb(s.namespace)
	answer, err := s.api.IsAuthorized(ctx, &verifiedpermissions.IsAuthorizedInput{
		PolicyStoreId: aws.String(s.id),
		Principal:     entity(q.Principal(s.namespace)),
		Action:        &types.ActionIdentifier{ActionType: aws.String(action.Type), ActionId: aws.String(action.ID)},
		Resource:      entity(q.Resource(s.namespace)),
		Entities:      &types.EntitiesDefinitionMemberCedarJson{Value: q.Entities(s.namespace)},
	})
	if err != nil {
		return false, fmt.Errorf("asking policy store %s: %w", s.id, err)
	}
	if len(answer.Errors) > 0 {
		// A text of Cedar's, which names policies, entities and attributes.
		s.log.ErrorContext(ctx, "policies failed to evaluate", "policyStore", s.id, "errors", len(answer.Errors), "first",
			aws.ToString(answer.Errors[0].ErrorDescription))
		return false, nil
	}
	return answer.Decision == types.DecisionAllow, nil
}

func entity(uid token.UID) *types.EntityIdentifier {
	return &types.EntityIdentifier{EntityType: aws.String(uid.Type), EntityId: aws.String(uid.ID)}
}
