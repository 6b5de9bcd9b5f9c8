package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
)

// GatewayStackProps configure a GatewayStack.
type GatewayStackProps struct {
	awscdk.StackProps
	// TokenService configures the token service. Its Pool is required, unless there is ExistingPool.
	TokenService tokenservice.TokenServiceProps
	// ExistingPool is a user pool that the app does not create, which no IdentityStack holds therefore. Default: none.
	ExistingPool *m2mpool.ExistingPoolProps
	// AlarmTopicArn is an existing topic for the alarms, when TokenService has none. Default: a topic of the rotation's own.
	AlarmTopicArn *string
}

// GatewayStack holds the way in: the token service.
type GatewayStack struct {
	awscdk.Stack
	service *tokenservice.TokenService
	pool    *m2mpool.M2MPool
}

// NewGatewayStack creates the token service, and the outputs TokenEndpoint and AlarmTopicArn, and for docs/runbook.md AcceptedValuesId,
// AcceptedValuesName, OriginHeaderSecret, RestApiId, RotationFunction and StageName. With an existing pool it has the outputs of an
// IdentityStack, too.
func NewGatewayStack(scope constructs.Construct, id *string, props *GatewayStackProps) *GatewayStack {
	s := &GatewayStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	service := props.TokenService
	if props.ExistingPool != nil {
		s.pool = m2mpool.FromUserPool(s.Stack, jsii.String("Pool"), props.ExistingPool)
		service.Pool = s.pool
		poolOutputs(s.Stack, s.pool)
	}
	if service.AlarmTopic == nil && props.AlarmTopicArn != nil {
		service.AlarmTopic = awssns.Topic_FromTopicArn(s.Stack, jsii.String("AlarmTopic"), props.AlarmTopicArn)
	}
	// CDK leaves the ID Default out of logical IDs and names: the service is all that the stack has.
	s.service = tokenservice.NewTokenService(s.Stack, jsii.String("Default"), &service)
	set, rotation := s.service.OriginHeader().AcceptedValues(), s.service.Rotation()
	output(s.Stack, "AcceptedValuesId", "Id of the regex pattern set of accepted values", set.AttrId())
	output(s.Stack, "AcceptedValuesName", "Name of the regex pattern set of accepted values", set.Name())
	output(s.Stack, "RestApiId", "Id of the REST API", s.service.Proxy().RestAPI().RestApiId())
	output(s.Stack, "StageName", "Name of its stage", s.service.StageName())
	output(s.Stack, "RotationFunction", "Name of the function that rotates and reconciles the origin header",
		rotation.Function().FunctionName())
	output(s.Stack, "OriginHeaderSecret", "ARN of the secret that holds the origin header's value",
		s.service.OriginHeader().Secret().SecretArn())
	output(s.Stack, "AlarmTopicArn", "Topic of the alarms: subscribe to it", rotation.AlarmTopic().TopicArn())
	output(s.Stack, "TokenEndpoint", "Where clients ask for tokens, with ?scope=...&client_id=...", s.service.TokenURL())
	return s
}

// ExistingPool is the user pool that the app does not create, or nil.
func (s *GatewayStack) ExistingPool() *m2mpool.M2MPool { return s.pool }

// TokenService is the token service.
func (s *GatewayStack) TokenService() *tokenservice.TokenService { return s.service }
