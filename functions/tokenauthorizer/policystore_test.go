package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/verifiedpermissions"
	"github.com/aws/aws-sdk-go-v2/service/verifiedpermissions/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
)

type answers struct {
	output *verifiedpermissions.IsAuthorizedOutput
	err    error
	asked  *verifiedpermissions.IsAuthorizedInput
}

func (a *answers) IsAuthorized(
	_ context.Context, input *verifiedpermissions.IsAuthorizedInput, _ ...func(*verifiedpermissions.Options),
) (*verifiedpermissions.IsAuthorizedOutput, error) {
	a.asked = input
	return a.output, a.err
}

// Only an ALLOW without errors opens: a policy that fails to evaluate is skipped, and it may have been one that forbids.
func TestPolicyStore_needsAnAllowWithoutErrors(t *testing.T) {
	failed := []types.EvaluationErrorItem{{ErrorDescription: aws.String("policy `suspended` has no attribute")}}
	for name, test := range map[string]struct {
		answers answers
		want    bool
		err     bool
	}{
		"allow":        {answers{output: &verifiedpermissions.IsAuthorizedOutput{Decision: types.DecisionAllow}}, true, false},
		"deny":         {answers{output: &verifiedpermissions.IsAuthorizedOutput{Decision: types.DecisionDeny}}, false, false},
		"nothing":      {answers{output: &verifiedpermissions.IsAuthorizedOutput{}}, false, false},
		"another word": {answers{output: &verifiedpermissions.IsAuthorizedOutput{Decision: "allow"}}, false, false},
		"allow with errors": {answers{output: &verifiedpermissions.IsAuthorizedOutput{Decision: types.DecisionAllow, Errors: failed}},
			false, false},
		"no answer": {answers{err: errors.New("throttled")}, false, true},
	} {
		var log strings.Builder
		store := policyStore{api: &test.answers, id: "PS1", namespace: "Orders", log: slog.New(slog.NewJSONHandler(&log, nil))}
		owner := "shop"
		got, err := store.Allows(t.Context(), token.Question{
			ClientID: "1example", Tenant: "shop", Scopes: []string{"orders/read"}, Action: "ReadOrder", ResourceType: "Order",
			ResourceID: "7", ResourceTenant: &owner,
		})
		if got != test.want || (err != nil) != test.err {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		if logged := strings.Contains(log.String(), "policies failed to evaluate"); logged != (test.answers.output != nil &&
			len(test.answers.output.Errors) > 0) {
			t.Errorf("%s: log is %q", name, log.String())
		}
		asked := test.answers.asked
		if got := *asked.PolicyStoreId + " " + *asked.Principal.EntityType + " " + *asked.Principal.EntityId + " " +
			*asked.Action.ActionType + " " + *asked.Action.ActionId + " " + *asked.Resource.EntityType + " " +
			*asked.Resource.EntityId; got != "PS1 Orders::Client 1example Orders::Action ReadOrder Orders::Order 7" {
			t.Errorf("%s: asked %s", name, got)
		}
		const entities = `[{"uid":{"type":"Orders::Client","id":"1example"},` +
			`"attrs":{"tenant":{"__entity":{"type":"Orders::Tenant","id":"shop"}}},` +
			`"parents":[{"type":"Orders::Tenant","id":"shop"},{"type":"Orders::Scope","id":"orders/read"}]},` +
			`{"uid":{"type":"Orders::Order","id":"7"},"attrs":{"tenant":{"__entity":{"type":"Orders::Tenant","id":"shop"}}},"parents":[]}]`
		if got := asked.Entities.(*types.EntitiesDefinitionMemberCedarJson).Value; got != entities {
			t.Errorf("%s: entities\n got %s\nwant %s", name, got, entities)
		}
	}
}
