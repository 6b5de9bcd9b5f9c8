package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// FromAuthorizer takes the policy that a Lambda authorizer returned. It has neither principals nor, in the SDK's type, conditions.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
func FromAuthorizer(response events.APIGatewayCustomAuthorizerResponse) (*Policy, error) {
	if response.PrincipalID == "" {
		return nil, errors.New("the authorizer's answer has no principalId")
	}
	if len(response.PolicyDocument.Statement) == 0 {
		return nil, errors.New("the authorizer's answer has no policyDocument with a statement")
	}
	p := &Policy{Principal: response.PrincipalID}
	for i, from := range response.PolicyDocument.Statement {
		s := statement{principals: principals{everyone: true}, resources: from.Resource}
		switch from.Effect {
		case "Allow":
			s.effect = Allow
		case "Deny":
			s.effect = Deny
		default:
			return nil, fmt.Errorf("statement %d of the authorizer's policy has the effect %q, want Allow or Deny", i, from.Effect)
		}
		if len(from.Action) == 0 || len(from.Resource) == 0 {
			return nil, fmt.Errorf("statement %d of the authorizer's policy has %d actions and %d resources, want one of each at least", i,
				len(from.Action), len(from.Resource))
		}
		for _, action := range from.Action {
			s.actions = append(s.actions, strings.ToLower(action))
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}
