// Package cachelock keeps clients from emptying the cache of an API Gateway method.
//
// A request with Cache-Control: max-age=0 makes API Gateway ask the origin anew and replace the cache entry, unless the stage requires an authorization
// for it. CloudFormation has no property for that requirement, so it would rest on a default that is not documented, and on nobody changing it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
package cachelock

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/customresource"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// ResourceType is the custom resource's type in templates.
const ResourceType = "Custom::CacheLock"

// CacheLockProps configure a CacheLock.
type CacheLockProps struct {
	// Stage has the cache. One of this app. Required.
	Stage awsapigateway.IStage
	// Method is the cached method, for which Stage has settings of its own. Required.
	Method awsapigateway.Method
	// LogRetention is how long the function's log is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a customer
	// managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and its own key when their stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// CacheLock makes a stage ignore the wish of unauthorized callers to replace a cache entry: they get the cached answer, with a Warning header. Nobody is
// authorized, as long as no policy allows execute-api:InvalidateCache to a caller of a method with IAM authorization.
type CacheLock struct {
	constructs.Construct
	resource customresource.Resource
}

// NewCacheLock creates, in this order, the encryption key of the log unless one is given, the function with its log and role, and the custom resource,
// which CloudFormation runs after the stage is created, and again after any change of the stage's properties or deployment.
//
// A change that reaches the stage by a raw override (AddPropertyOverride) alone does not make it run again; set the property itself.
//
// The function is compiled at synth, which needs Go. A missing Stage or Method, or a Stage from outside the app, is a programmer's error and panics.
func NewCacheLock(scope constructs.Construct, id *string, props *CacheLockProps) *CacheLock {
	if props == nil || props.Stage == nil || props.Method == nil {
		panic("cachelock: CacheLockProps.Stage and Method are required")
	}
	stage, ok := props.Stage.Node().DefaultChild().(awsapigateway.CfnStage)
	if !ok {
		panic("cachelock: CacheLockProps.Stage must be a stage of this app: the settings of another one change without it")
	}
	p := *props
	if p.LogRetention == "" {
		p.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if p.RemovalPolicy == "" {
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	l := &CacheLock{Construct: constructs.NewConstruct(scope, id)}
	l.resource = customresource.New(l.Construct, ResourceType, &function.Props{
		Package:         "cachelock",
		Description:     "Makes API Gateway ignore the wish of clients to have their cached answer dropped",
		RoleDescription: "Lock of a stage's cache",
		PolicyName:      "cachelock",
		Statements:      []awsiam.PolicyStatement{policy.Statement("Stage", nil, policy.StageARN(p.Stage), "apigateway:PATCH")},
		LogName:         "cachelock",
		LogKey:          loggroup.Key(l.Construct, p.LogEncryptionKey, "Encrypts the log of a cache's lock", p.RemovalPolicy),
		LogRetention:    p.LogRetention,
		RemovalPolicy:   p.RemovalPolicy,
	}, map[string]any{
		"RestApiId":   p.Stage.RestApi().RestApiId(),
		"StageName":   p.Stage.StageName(),
		"MethodKey":   methodKey(p.Method),
		"Fingerprint": fingerprint(stage),
	})
	return l
}

// methodKey is the method as the path of an operation on the stage names it: a JSON pointer's reference token (RFC 6901 section 3) and the HTTP method.
func methodKey(m awsapigateway.Method) *string {
	return jsii.String(strings.NewReplacer("~", "~0", "/", "~1").Replace(*m.Resource().Path()) + "/" + *m.HttpMethod())
}

// Resource is the custom resource: what must not meet an unlocked cache depends on it.
func (l *CacheLock) Resource() awscdk.CustomResource { return l.resource.CustomResource }

// Function sets the settings.
func (l *CacheLock) Function() awslambda.IFunction { return l.resource.Function.Function }

// Log is the function's log.
func (l *CacheLock) Log() awslogs.ILogGroup { return l.resource.Function.Log }
