package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
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
	// LogDirectAccess keeps a log of what the pool's web ACL blocks, as long and as encrypted as the proxy's logs. Default: false.
	LogDirectAccess *bool
	// Proxy configures the token proxy; its Pool and OriginHeader are the stack's. Required.
	Proxy tokenproxy.TokenProxyProps
	// AuthorizerFunctionArn is an existing function of this account and Region, for a Lambda authorizer that has neither a function nor an allow list.
	// Default: none.
	AuthorizerFunctionArn *string
	// Domain gives the gateway a domain name of its own; its Proxy is the stack's. Default: none.
	Domain *tokendomain.TokenDomainProps
	// Edge configures the web ACL before the gateway; its Proxy and OriginHeader are the stack's. Default: none.
	Edge *webacl.EdgeWebACLProps
	// Rotation configures the rotation of the origin header; what it rotates, where, and the encryption of its log are the stack's. Default: all
	// defaults.
	Rotation originheader.HeaderRotationProps
	// AlarmTopicArn is an existing topic for the alarms, when Rotation has none. Default: a topic of the rotation's own.
	AlarmTopicArn *string
}

// GatewayStack holds the way in: the origin header with its rotation, the pool's web ACL and the token proxy.
type GatewayStack struct {
	awscdk.Stack
	header   *originheader.OriginHeader
	webACL   *webacl.PoolWebACL
	proxy    *tokenproxy.TokenProxy
	domain   *tokendomain.TokenDomain
	edge     *webacl.EdgeWebACL
	rotation *originheader.HeaderRotation
}

// NewGatewayStack creates the origin header, the pool's web ACL, the token proxy with the lock of its cache, the domain name and the edge web ACL if
// configured, and the rotation, and the outputs TokenEndpoint and AlarmTopicArn, and for docs/runbook.md AcceptedValuesId, AcceptedValuesName,
// OriginHeaderSecret, RestApiId, RotationFunction and StageName.
func NewGatewayStack(scope constructs.Construct, id *string, props *GatewayStackProps) *GatewayStack {
	s := &GatewayStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	s.header = originheader.NewOriginHeader(s.Stack, jsii.String("OriginHeader"), props.OriginHeader)
	s.addProxy(props)
	s.addPoolWebACL(props)
	if props.Domain != nil {
		domain := *props.Domain
		domain.Proxy = s.proxy
		s.domain = tokendomain.NewTokenDomain(s.Stack, jsii.String("TokenDomain"), &domain)
	}
	if props.Edge != nil {
		s.addEdge(*props.Edge)
	}
	s.addRotation(props)
	s.addOutputs()
	return s
}

func (s *GatewayStack) addPoolWebACL(props *GatewayStackProps) {
	acl := &webacl.PoolWebACLProps{UserPool: props.Pool.UserPool(), OriginHeader: s.header, DisableKeyDiscovery: props.DisableKeyDiscovery}
	if props.LogDirectAccess != nil && *props.LogDirectAccess {
		acl.Log = &webacl.PoolLog{Retention: props.Proxy.LogRetention, EncryptionKey: s.proxy.LogEncryptionKey(), RemovalPolicy: props.Proxy.RemovalPolicy}
	}
	s.webACL = webacl.NewPoolWebACL(s.Stack, jsii.String("PoolWebAcl"), acl)
}

func (s *GatewayStack) addProxy(props *GatewayStackProps) {
	proxy := props.Proxy
	proxy.Pool, proxy.OriginHeader = props.Pool, s.header
	if arn := props.AuthorizerFunctionArn; arn != nil && proxy.Authorization != nil && proxy.Authorization.Lambda != nil {
		authorization, lambda := *proxy.Authorization, *proxy.Authorization.Lambda
		lambda.Function = awslambda.Function_FromFunctionAttributes(s.Stack, jsii.String("Authorizer"), &awslambda.FunctionAttributes{
			FunctionArn: arn, SameEnvironment: jsii.Bool(true),
		})
		authorization.Lambda = &lambda
		proxy.Authorization = &authorization
	}
	s.proxy = tokenproxy.NewTokenProxy(s.Stack, jsii.String("TokenProxy"), &proxy)
	tokenproxy.NewCacheLock(s.Stack, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: s.proxy})
}

func (s *GatewayStack) addEdge(edge webacl.EdgeWebACLProps) {
	edge.Proxy, edge.OriginHeader = s.proxy, s.header
	edge.LogEncryptionKey = s.proxy.LogEncryptionKey()
	s.edge = webacl.NewEdgeWebACL(s.Stack, jsii.String("EdgeWebAcl"), &edge)
}

func (s *GatewayStack) addRotation(props *GatewayStackProps) {
	rotation := props.Rotation
	rotation.OriginHeader, rotation.Stage, rotation.Association = s.header, s.proxy.Stage(), s.webACL.Association()
	rotation.CognitoTokenURL = props.Pool.TokenURL()
	// A probe has neither a client certificate nor what an extra authorization asks for.
	if s.proxy.Probeable() && (props.Domain == nil || props.Domain.MutualTLS == nil) {
		rotation.GatewayTokenURL = s.TokenURL()
	}
	if rotation.AlarmTopic == nil && props.AlarmTopicArn != nil {
		rotation.AlarmTopic = awssns.Topic_FromTopicArn(s.Stack, jsii.String("AlarmTopic"), props.AlarmTopicArn)
	}
	rotation.LogEncryptionKey = s.proxy.LogEncryptionKey()
	s.rotation = originheader.NewHeaderRotation(s.Stack, jsii.String("Rotation"), &rotation)
	if props.Proxy.AlarmTopic == nil {
		for _, alarm := range s.proxy.Alarms() {
			alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(s.rotation.AlarmTopic()))
		}
	}
}

func (s *GatewayStack) addOutputs() {
	set := s.header.AcceptedValues()
	output(s.Stack, "AcceptedValuesId", "Id of the regex pattern set of accepted values", set.AttrId())
	output(s.Stack, "AcceptedValuesName", "Name of the regex pattern set of accepted values", set.Name())
	output(s.Stack, "RestApiId", "Id of the REST API", s.proxy.RestAPI().RestApiId())
	output(s.Stack, "StageName", "Name of its stage", s.proxy.StageName())
	output(s.Stack, "RotationFunction", "Name of the function that rotates and reconciles the origin header", s.rotation.Function().FunctionName())
	output(s.Stack, "OriginHeaderSecret", "ARN of the secret that holds the origin header's value", s.header.Secret().SecretArn())
	output(s.Stack, "AlarmTopicArn", "Topic of the alarms: subscribe to it", s.rotation.AlarmTopic().TopicArn())
	output(s.Stack, "TokenEndpoint", "Where clients ask for tokens, with ?scope=...&client_id=...", s.TokenURL())
}

// TokenURL is where clients ask for tokens: on the gateway's own domain name if it has one.
func (s *GatewayStack) TokenURL() *string {
	if s.domain != nil {
		return s.domain.TokenURL()
	}
	return s.proxy.TokenURL()
}

// OriginHeader is the header by which the pool's web ACL knows the gateway.
func (s *GatewayStack) OriginHeader() *originheader.OriginHeader { return s.header }

// PoolWebACL is the user pool's web ACL.
func (s *GatewayStack) PoolWebACL() *webacl.PoolWebACL { return s.webACL }

// Rotation rotates the origin header.
func (s *GatewayStack) Rotation() *originheader.HeaderRotation { return s.rotation }

// Proxy is the token proxy.
func (s *GatewayStack) Proxy() *tokenproxy.TokenProxy { return s.proxy }

// Domain is the gateway's own domain name, nil without one.
func (s *GatewayStack) Domain() *tokendomain.TokenDomain { return s.domain }

// EdgeWebACL is the web ACL before the gateway, nil without one.
func (s *GatewayStack) EdgeWebACL() *webacl.EdgeWebACL { return s.edge }
