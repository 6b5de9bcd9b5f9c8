package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// Pool is the user pool behind a TokenProxy. *m2mpool.M2MPool is one.
type Pool interface {
	// TokenURL is Cognito's own token endpoint.
	TokenURL() *string
}

// OriginHeader is the secret header that a TokenProxy adds. *originheader.OriginHeader is one.
type OriginHeader interface {
	// HeaderName is the header's name, known at synth.
	HeaderName() *string
	// Value is a dynamic reference to the header's value.
	Value() *string
}

// TokenProxyProps configure a TokenProxy.
type TokenProxyProps struct {
	// Pool is the user pool of the token endpoint behind the gateway. Required.
	Pool Pool
	// OriginHeader is the secret header that the gateway adds. Required.
	OriginHeader OriginHeader
	// ShortestTokenValidity is the shortest access-token validity of any client behind the cache, 10 minutes to 24 hours. It bounds CacheTTL.
	// Default: 1 hour, which is also the default of a tenantclient.TenantClient.
	ShortestTokenValidity awscdk.Duration
	// CacheTTL is how long a token response may stay in the cache: whole seconds, at most ShortestTokenValidity minus 5 minutes and at most 1
	// hour. Default: the smallest of 75 % of ShortestTokenValidity, ShortestTokenValidity minus 5 minutes, and 1 hour.
	CacheTTL awscdk.Duration
	// CacheSizeGB is the capacity of the cache cluster: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. Default: 0.5.
	CacheSizeGB *string
	// Integration says how a request is passed on. Default: CanonicalIntegration.
	Integration Integration
	// AllowMissingClientID takes client_id out of what a request must have, out of the cache key and out of what Cognito gets. Cognito's
	// CloudTrail events then don't say whose token it was. Default: false.
	AllowMissingClientID *bool
	// StageName is the first part of the path, letters, digits, '-' and '_'. Default: v1.
	StageName *string
	// Authorization is what a request must pass before its parameters are looked at and before the cache is asked, so that it holds for
	// answers from the cache as well. Default: none; clients authenticate to Cognito alone.
	Authorization *Authorization
	// Endpoint says who reaches the API and how. Default: a Regional endpoint for everyone, with API Gateway's own TLS policy.
	Endpoint *Endpoint
	// ExpectedRequestsPerSecond are all requests that clients together make at a busy time, answers from the cache included: more than 0 up to
	// 10,000, the account's default quota. It sets the stage's throttle unless that is given: twice the rate, so that a busier day than
	// expected is not cut off, with a burst of two seconds of that, which is what clients do that all start or retry at once.
	//
	// A stage's throttle counts every request, and most never reach Cognito. At Cognito's quota for client_credentials, which is far below
	// what the proxy is meant to carry, it would refuse requests that the cache answers, and still not protect the quota: after a flush every
	// request is a miss. It protects the account's quota of API Gateway, which other APIs share, and bounds the cost; UpstreamThrottledAlarm
	// says when Cognito's quota is met. Default: 50, by which the throttle is 100 with a burst of 200.
	ExpectedRequestsPerSecond *float64
	// ThrottlingRateLimit is the steady rate of the stage in requests a second, cache hits included. Default: see ExpectedRequestsPerSecond.
	ThrottlingRateLimit *float64
	// ThrottlingBurstLimit is the burst of the stage in requests. Default: see ExpectedRequestsPerSecond.
	ThrottlingBurstLimit *float64
	// AlarmTopic gets the alarms. Its policy and its key's must let CloudWatch publish. Default: none; add actions to Alarms.
	AlarmTopic awssns.ITopic
	// AlarmThresholds say from which number on something is an alarm. Default: those of AlarmThresholds.
	AlarmThresholds *AlarmThresholds
	// LogRetention is how long access and execution logs are kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the logs. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a customer
	// managed key of its own.
	LogEncryptionKey awskms.IKey
	// ExecutionLogging is OFF or ERROR: a finer level would write the origin header to the log. Default: ERROR.
	ExecutionLogging awsapigateway.MethodLoggingLevel
	// ExistingAccountLogRole says that this account and Region already have a CloudWatch role for API Gateway. Without one a stage with logs
	// cannot be created. Default: false, the role is created, and kept when the stack is deleted since other APIs may have come to use it.
	ExistingAccountLogRole *bool
	// Tracing turns X-Ray on. Default: false.
	Tracing *bool
	// RemovalPolicy says what happens to the logs and their own key when the stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// Integration says how the gateway passes a token request on to Cognito.
type Integration string

const (
	// CanonicalIntegration rebuilds the request from the cache key: Authorization, scope and client_id. What is cached is thereby a function
	// of the key: no other grant, no scope hidden in the body.
	CanonicalIntegration Integration = "canonical"
	// HTTPProxyIntegration passes requests and responses through unchanged but for the origin header, as AWS's guide does it. It gives up: a
	// truthful expires_in on cache hits, protection from parameters in the body that are no part of the cache key (scope above all), and
	// statuses that tell the WAF's refusal from Cognito's, by which the rotation notices a mistake right after a removal instead of at the
	// next reconcile.
	HTTPProxyIntegration Integration = "http-proxy"
)
