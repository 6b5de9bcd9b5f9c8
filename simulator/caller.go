package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

// Authorizer is the function of a Lambda authorizer: Request for one of type REQUEST, Token for one of type TOKEN. An error with the text
// "Unauthorized" is answered 401, any other 500.
type Authorizer struct {
	Request func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)
	Token   func(context.Context, events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error)
}

// RequestHandler makes an authorizer of type REQUEST of a Lambda handler with types of its own: event and response go through JSON, as they
// do on AWS.
func RequestHandler[Event, Response any](handle func(context.Context, Event) (Response, error)) Authorizer {
	return Authorizer{Request: func(ctx context.Context,
		asked events.APIGatewayCustomAuthorizerRequestTypeRequest) (answer events.APIGatewayCustomAuthorizerResponse, err error) {
		var event Event
		if err := through(asked, &event); err != nil {
			return answer, err
		}
		response, err := handle(ctx, event)
		if err != nil {
			return answer, err
		}
		return answer, through(response, &answer)
	}}
}

func through(from, into any) error {
	body, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// authorizer finds the function of a Lambda authorizer: what the Options give, or else one of the project's own.
func (s *System) authorizer(arn string) (apigw.Authorizer, error) {
	if known, ok := s.options.Authorizers[arn]; ok {
		return apigw.Authorizer(known), nil
	}
	for _, r := range s.assembly.OfType("AWS::Lambda::Function") {
		if arn != functionARN(r) {
			continue
		}
		if known, ok := s.options.Authorizers[r.Path()]; ok {
			return apigw.Authorizer(known), nil
		}
		switch r.Properties["Description"] {
		case allowlist.Description:
			own, err := s.ownAuthorizer(r)
			return apigw.Authorizer(own), err
		case settings.Description:
			own, err := s.ownTokenAuthorizer(r)
			return apigw.Authorizer(own), err
		}
		return apigw.Authorizer{}, fmt.Errorf("the authorizer's function %s is not run: give it to Options.Authorizers by its path", r.Path())
	}
	return apigw.Authorizer{}, fmt.Errorf("the authorizer's function %s is not in the assembly: give it to Options.Authorizers by its ARN",
		arn)
}

// Caller is an IAM user or role that signs requests.
type Caller struct {
	// ARN is the user's, or for a session the role's. Its account is compared with the API's.
	ARN string
	// Credentials are its access key.
	Credentials aws.Credentials
	// Invoke and InvalidateCache say whether its identity policies allow execute-api:Invoke and execute-api:InvalidateCache on the method.
	Invoke, InvalidateCache bool
}

var principalARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):(?:user|role)/.`)

// callers reads the Options'.
func (s *System) callers() ([]apigw.Caller, error) {
	var all []apigw.Caller
	for i, c := range s.options.Callers {
		account := principalARN.FindStringSubmatch(c.ARN)
		if account == nil || !c.Credentials.HasKeys() {
			return nil, fmt.Errorf("Options.Callers[%d]: ARN %q: want the ARN of a user or role, and an access key", i, c.ARN)
		}
		all = append(all, apigw.Caller{Credentials: c.Credentials, ARN: c.ARN, Account: account[1], Invoke: c.Invoke,
			InvalidateCache: c.InvalidateCache})
	}
	return all, nil
}
