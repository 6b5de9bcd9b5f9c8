package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// GatewayStackProps configure a GatewayStack.
type GatewayStackProps struct {
	awscdk.StackProps
	// Pool is the user pool behind the gateway. Required.
	Pool *m2mpool.M2MPool
	// OriginHeader configures the header by which the pool's web ACL knows the gateway. Default: all defaults.
	OriginHeader *originheader.OriginHeaderProps
	// DisableKeyDiscovery is passed to the pool's web ACL. Default: false.
	DisableKeyDiscovery *bool
	// Proxy configures the token proxy; its Pool and OriginHeader are the stack's. Required.
	Proxy tokenproxy.TokenProxyProps
	// Rotation configures the rotation of the origin header; what it rotates, where, and the encryption of its log are the stack's. Default: all
	// defaults.
	Rotation originheader.RotationProps
	// AlarmTopicArn is an existing topic for the alarms, when Rotation has none. Default: a topic of the rotation's own.
	AlarmTopicArn *string
}

// GatewayStack holds the way in: the origin header with its rotation, the pool's web ACL and the token proxy.
type GatewayStack struct {
	awscdk.Stack
	header   *originheader.OriginHeader
	webACL   *webacl.PoolWebACL
	proxy    *tokenproxy.TokenProxy
	rotation *originheader.Rotation
}

// NewGatewayStack creates the origin header, the web ACL, the token proxy and the rotation, and the outputs TokenEndpoint and AlarmTopicArn, and for
// docs/runbook.md AcceptedValuesId, AcceptedValuesName, OriginHeaderSecret, RestApiId, RotationFunction and StageName.
func NewGatewayStack(scope constructs.Construct, id *string, props *GatewayStackProps) *GatewayStack {
	s := &GatewayStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	s.header = originheader.NewOriginHeader(s.Stack, jsii.String("OriginHeader"), props.OriginHeader)
	s.webACL = webacl.NewPoolWebACL(s.Stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{
		UserPool:            props.Pool.UserPool(),
		OriginHeader:        s.header,
		DisableKeyDiscovery: props.DisableKeyDiscovery,
	})
	proxy := props.Proxy
	proxy.Pool, proxy.OriginHeader = props.Pool, s.header
	s.proxy = tokenproxy.NewTokenProxy(s.Stack, jsii.String("TokenProxy"), &proxy)
	rotation := props.Rotation
	rotation.OriginHeader, rotation.Stage, rotation.Association = s.header, s.proxy.Stage(), s.webACL.Association()
	rotation.CognitoTokenURL, rotation.GatewayTokenURL = props.Pool.TokenURL(), s.proxy.TokenEndpoint()
	if rotation.AlarmTopic == nil && props.AlarmTopicArn != nil {
		rotation.AlarmTopic = awssns.Topic_FromTopicArn(s.Stack, jsii.String("AlarmTopic"), props.AlarmTopicArn)
	}
	rotation.LogEncryptionKey = s.proxy.LogEncryptionKey()
	s.rotation = originheader.NewRotation(s.Stack, jsii.String("Rotation"), &rotation)
	set := s.header.AcceptedValues()
	output(s.Stack, "AcceptedValuesId", "Id of the regex pattern set of accepted values", set.AttrId())
	output(s.Stack, "AcceptedValuesName", "Name of the regex pattern set of accepted values", set.Name())
	output(s.Stack, "RestApiId", "Id of the REST API", s.proxy.RestAPI().RestApiId())
	output(s.Stack, "StageName", "Name of its stage", s.proxy.StageName())
	output(s.Stack, "RotationFunction", "Name of the function that rotates and reconciles the origin header", s.rotation.Function().FunctionName())
	output(s.Stack, "OriginHeaderSecret", "ARN of the secret that holds the origin header's value", s.header.Secret().SecretArn())
	output(s.Stack, "AlarmTopicArn", "Topic of the alarms: subscribe to it", s.rotation.AlarmTopic().TopicArn())
	output(s.Stack, "TokenEndpoint", "Where clients ask for tokens, with ?scope=...&client_id=...", s.proxy.TokenEndpoint())
	return s
}

// OriginHeader is the header by which the pool's web ACL knows the gateway.
func (s *GatewayStack) OriginHeader() *originheader.OriginHeader { return s.header }

// PoolWebACL is the user pool's web ACL.
func (s *GatewayStack) PoolWebACL() *webacl.PoolWebACL { return s.webACL }

// Rotation rotates the origin header.
func (s *GatewayStack) Rotation() *originheader.Rotation { return s.rotation }

// Proxy is the token proxy.
func (s *GatewayStack) Proxy() *tokenproxy.TokenProxy { return s.proxy }
