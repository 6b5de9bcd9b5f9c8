package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
)

// HeaderRotationProps configure a HeaderRotation.
type HeaderRotationProps struct {
	// OriginHeader is what is rotated. Required.
	OriginHeader *OriginHeader
	// Stage injects the header, by its variable StageVariable. Required.
	Stage awsapigateway.IStage
	// Association ties the web ACL, which accepts the header's values, to the user pool. Required: without it the rotation's probes prove
	// nothing.
	Association awswafv2.CfnWebACLAssociation
	// CognitoTokenURL is the user pool's own token endpoint, which the function asks whether it takes a new value. Required.
	CognitoTokenURL *string
	// GatewayTokenURL is the gateway's token endpoint, which the function asks whether it still works after a value was removed. Default:
	// none, for a gateway that the function cannot reach; a mistake in the removal is then found by the next reconcile.
	GatewayTokenURL *string
	// Interval is the time between two rotations: whole hours from 4 hours to 1,000 days. Default: 30 days.
	Interval awscdk.Duration
	// WAFBound is how long after a change AWS WAF may still use the set as it was, 1 to 4 minutes. Default: 2 minutes.
	WAFBound awscdk.Duration
	// StageBound is how long after a change a request with the former value may still come out of API Gateway, 1 to 4 minutes. Default: 2
	// minutes.
	StageBound awscdk.Duration
	// Grace is how long a former value stays accepted; longer than a stack update takes, and at least WAFBound + StageBound + the function's
	// timeout, which is 10 to 15 minutes, and less than Interval. Default: 1 hour.
	Grace awscdk.Duration
	// StuckLimit is how long a rotation may rest unfinished before it is undone, at least Grace and less than Interval. Default: 3 hours, or
	// Grace when that is longer.
	StuckLimit awscdk.Duration
	// OverdueAfter is how many intervals old the value may be before it is an alarm, 1.1 to 10. Default: 1.5.
	OverdueAfter *float64
	// FlushInterval is the least time between two flushes of the stage's cache. Default: 15 minutes.
	FlushInterval awscdk.Duration
	// DisableReservedConcurrency lets invocations overlap. New accounts cannot reserve any. The rotation stays safe as far as AWS's APIs
	// allow: AWS WAF has a lock token, the stage has none. Default: false, one invocation at a time.
	DisableReservedConcurrency *bool
	// Trail says that this account has a CloudTrail trail of management events in this Region, without which Secrets Manager's failure events
	// do not reach EventBridge. Default: false, failures are noticed by the alarms alone.
	Trail *bool
	// AlarmTopic gets the alarms and the failure events. Its policy and its key's must let CloudWatch and EventBridge publish. Default: an
	// encrypted topic of its own, without subscriptions.
	AlarmTopic awssns.ITopic
	// BudgetAlerts lets the budgets of this account publish to the rotation's own topic (AWS Budgets). Default: false.
	BudgetAlerts *bool
	// LogRetention is how long the function's log is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a
	// customer managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and the keys when their stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
