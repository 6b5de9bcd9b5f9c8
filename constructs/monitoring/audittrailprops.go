package monitoring

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// AuditTrailProps configure an AuditTrail. All are optional.
type AuditTrailProps struct {
	// ExistingLogGroup is the name of a log group in this Region to which a trail of the account, or of the organization, already delivers
	// this account's management events. No trail is created then, and all other props must be unset. The owner of the log group decides what
	// it masks.
	//
	// A log group allows two subscription filters, and Usage needs one of them
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html). Default: none; a trail is created.
	ExistingLogGroup *string
	// ManagementEvents is WRITE_ONLY or ALL. Token requests are write events. AWS does not charge for the first copy of management events in
	// an account, but it charges for what CloudWatch Logs ingests, and most events of an account are read events. Default: WRITE_ONLY.
	ManagementEvents awscloudtrail.ReadWriteType
	// MultiRegion records the events of all Regions. Tokens are issued in the pool's Region, but events of global services, such as IAM, are
	// recorded only with MultiRegion. Default: true.
	MultiRegion *bool
	// BucketRetention is how long the files in the bucket are kept, in whole days, at least 1. Default: 365 days.
	BucketRetention awscdk.Duration
	// LogRetention is how long the events in the log group are kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the log group. The policy of a key from outside the app must let CloudWatch Logs use it. Default:
	// AuditTrail.Key.
	LogEncryptionKey awskms.IKey
	// AccessLogs receives the bucket's server access logs, under the prefix audit-trail/. Default: none.
	AccessLogs awss3.IBucket
	// RemovalPolicy says what happens to the bucket, the log and the keys when their stack is deleted. The bucket is retained unless
	// RemovalPolicy is DESTROY; an operator must then empty it first. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a failed creation leaves no
	// resource whose name blocks the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

const oneDay = 24 * time.Hour

// check reports invalid props and fills in defaults.
func (s *AuditTrailProps) check(errs *report.Errors) {
	if s.ExistingLogGroup != nil {
		s.checkExisting(errs)
		return
	}
	switch s.ManagementEvents {
	case "":
		s.ManagementEvents = awscloudtrail.ReadWriteType_WRITE_ONLY
	case awscloudtrail.ReadWriteType_WRITE_ONLY, awscloudtrail.ReadWriteType_ALL:
	default:
		errs.Addf("ManagementEvents", "%s is not allowed: use WRITE_ONLY or ALL, since token requests are write events", s.ManagementEvents)
	}
	if s.MultiRegion == nil {
		s.MultiRegion = jsii.Bool(true)
	}
	if s.BucketRetention == nil {
		s.BucketRetention = awscdk.Duration_Days(jsii.Number(awslimits.DefaultBucketDays))
	} else if retention, err := report.Duration(s.BucketRetention); err != nil {
		errs.Add("BucketRetention", err)
	} else if retention < oneDay || retention%oneDay != 0 {
		errs.Addf("BucketRetention", "%s is not allowed: use whole days, at least 1", retention)
		s.BucketRetention = awscdk.Duration_Days(jsii.Number(awslimits.DefaultBucketDays))
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}

func (s *AuditTrailProps) checkExisting(errs *report.Errors) {
	if name := s.ExistingLogGroup; !report.IsToken(name) {
		if err := awslimits.LogGroupName(*name); err != nil {
			errs.Add("ExistingLogGroup", err)
			s.ExistingLogGroup = jsii.String("refused")
		}
	}
	for _, other := range []struct {
		name string
		set  bool
	}{
		{"ManagementEvents", s.ManagementEvents != ""}, {"MultiRegion", s.MultiRegion != nil}, {"BucketRetention", s.BucketRetention != nil},
		{"LogRetention", s.LogRetention != ""}, {"LogEncryptionKey", s.LogEncryptionKey != nil}, {"AccessLogs", s.AccessLogs != nil},
		{"RemovalPolicy", s.RemovalPolicy != ""},
	} {
		if other.set {
			errs.Addf(other.name, "is set beside ExistingLogGroup, with which no trail is made: set one of them")
		}
	}
}
