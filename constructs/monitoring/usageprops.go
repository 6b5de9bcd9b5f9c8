package monitoring

import (
	"math"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// UsageProps configure a Usage.
type UsageProps struct {
	// TrailLogGroup has CloudTrail's management events of the pool's account and Region. A log group allows two subscription filters, and
	// Usage needs one of them: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html. Required.
	TrailLogGroup awslogs.ILogGroup
	// UserPool is the pool whose tokens are counted. Required.
	UserPool awscognito.IUserPool
	// NamedTenants are tenants that always have a metric of their own, for graphs and alarms: up to 20, each by the name of its app client,
	// which is the tenant's ID. Default: none.
	NamedTenants []*string
	// MaxTenants is the maximum number of tenants with a metric of their own, the named ones included: a whole number from 1 to 1000. Tokens
	// of the other tenants are counted together. A metric with data costs about $0.30 a month (us-east-1, the first 10,000 metrics). Default:
	// 100.
	MaxTenants *float64
	// AlarmTopic is notified by the alarms. Its policy and its key's policy must let CloudWatch publish. Default: a new encrypted topic
	// without subscriptions.
	AlarmTopic awssns.ITopic
	// ReservedConcurrency limits the function; batches wait for up to six hours. Each instance lists the pool's app clients when it starts,
	// with one call to Cognito for every 60 clients. Accounts with a concurrency limit of 10 cannot reserve any. Default: none.
	ReservedConcurrency *float64
	// LogRetention is how long the function's log is kept. Metrics are kept for 15 months. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a new
	// customer managed key.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and the keys when their stack is deleted. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a
	// failed creation leaves no resource whose name blocks the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// usageSettings are checked props with their defaults.
type usageSettings struct {
	UsageProps
	maxTenants int
	tenants    []string
}

func (s *usageSettings) check(errs *report.Errors) {
	s.maxTenants = awslimits.DefaultUsageTenants
	if s.MaxTenants != nil {
		s.maxTenants = int(*s.MaxTenants)
		if *s.MaxTenants != math.Trunc(*s.MaxTenants) {
			errs.Addf("MaxTenants", "%v is not allowed: use a whole number from 1 to %d", *s.MaxTenants, awslimits.MaxUsageTenants)
		}
	}
	s.tenants = errs.Texts("NamedTenants", s.NamedTenants, func(string) error { return nil })
	errs.Add("NamedTenants, MaxTenants", usage.Bounds(s.tenants, s.maxTenants))
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}
