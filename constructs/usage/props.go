package usage

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// UsageProps configure a Usage.
type UsageProps struct {
	// TrailLogGroup gets CloudTrail's management events of the pool's account and Region. A log group has room for two subscription filters, and this is one of
	// them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html. Required.
	TrailLogGroup awslogs.ILogGroup
	// UserPool is the pool whose tokens are counted. Required.
	UserPool awscognito.IUserPool
	// NamedTenants always have a metric of their own: those that a graph or an alarm is about. At most 20, each by its app client's name, which is the
	// tenant's id. Default: none.
	NamedTenants []*string
	// MaxTenants bounds the tenants with a metric of their own, the named ones among them: a whole number from 1 to 1000. The others are counted together. A
	// metric that had data in a month costs about $0.30 (us-east-1, the first 10,000), so that 100 tenants are at most $30 a month. Default: 100.
	MaxTenants *float64
	// AlarmTopic gets the alarms. Its policy and its key's must let CloudWatch publish. Default: an encrypted topic of its own, without subscriptions.
	AlarmTopic awssns.ITopic
	// ReservedConcurrency bounds the function: batches wait for up to six hours. Each instance lists the pool's app clients when it starts, which takes one
	// call to Cognito for every 60. Accounts with a concurrency of 10 can reserve none. Default: none is reserved.
	ReservedConcurrency *float64
	// LogRetention is how long the function's log is kept. The metrics stay for 15 months whatever it is. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a customer
	// managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and the keys when their stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
