package tokenproxy

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/customresource"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// CacheLockResource is the type of the cache lock's custom resource in templates.
const CacheLockResource = "Custom::CacheLock"

// CacheLockProps configure a CacheLock.
type CacheLockProps struct {
	// Proxy has the cache. Required. The retention, the encryption key and the removal policy of its logs are those of the lock's log, too.
	Proxy *TokenProxy
}

// CacheLock keeps clients from replacing entries of a proxy's cache. Without it, a request with Cache-Control: max-age=0 makes API Gateway
// ask Cognito again and replace the entry. With it, such a request gets the cached answer, with a Warning header. Callers are exempt if a
// policy allows them execute-api:InvalidateCache and the method has IAM authorization.
//
// CloudFormation has no property for the two flags of a stage's method that say so, and their default is not documented. So a custom
// resource sets them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
type CacheLock struct {
	constructs.Construct
	resource customresource.Resource
}

// NewCacheLock creates, in this order, the function with its log and role, and the custom resource. CloudFormation runs the custom resource
// after the stage is created, and again after any change of the stage's properties or deployment.
//
// A change that reaches the stage by a raw override (AddPropertyOverride) alone does not make it run again; set the property itself.
//
// The function is compiled at synth, which needs Go. A missing Proxy is a programmer's error and panics.
func NewCacheLock(scope constructs.Construct, id *string, props *CacheLockProps) *CacheLock {
	if props == nil || props.Proxy == nil {
		panic("tokenproxy: CacheLockProps.Proxy is required")
	}
	p := props.Proxy
	l := &CacheLock{Construct: constructs.NewConstruct(scope, id)}
	l.resource = customresource.New(l.Construct, CacheLockResource, &function.Props{
		Package:         "cachelock",
		Description:     "Makes API Gateway ignore the wish of clients to have their cached answer dropped",
		RoleDescription: "Lock of a stage's cache",
		PolicyName:      "cachelock",
		Statements:      []awsiam.PolicyStatement{policy.Statement("Stage", nil, policy.StageARN(p.Stage()), "apigateway:PATCH")},
		LogName:         "cachelock",
		LogKey:          p.logKey,
		LogRetention:    p.logRetention,
		RemovalPolicy:   p.removalPolicy,
	}, map[string]any{
		"RestApiId":   p.api.RestApiId(),
		"StageName":   p.Stage().StageName(),
		"MethodKey":   methodKey(p.method),
		"Fingerprint": fingerprint(p.Stage().Node().DefaultChild().(awsapigateway.CfnStage)),
	})
	return l
}

// methodKey is the method as the path of an operation on the stage names it: a JSON pointer's reference token (RFC 6901 section 3) and the
// HTTP method.
func methodKey(m awsapigateway.Method) *string {
	return jsii.String(strings.NewReplacer("~", "~0", "/", "~1").Replace(*m.Resource().Path()) + "/" + *m.HttpMethod())
}

// Resource is the custom resource: what must not meet an unlocked cache depends on it.
func (l *CacheLock) Resource() awscdk.CustomResource { return l.resource.CustomResource }

// Function sets the flags.
func (l *CacheLock) Function() awslambda.IFunction { return l.resource.Function.Function }

// Log is the function's log.
func (l *CacheLock) Log() awslogs.ILogGroup { return l.resource.Function.Log }
