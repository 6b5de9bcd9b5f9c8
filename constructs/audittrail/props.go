package audittrail

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// AuditTrailProps configure an AuditTrail. All are optional.
type AuditTrailProps struct {
	// ExistingLogGroup is the name of the log group of this Region that a trail of the account, or of the organization, already delivers this account's
	// management events to: no trail is made then, and every other prop is a mistake. What the log group masks is its owner's to decide.
	//
	// A log group has room for two subscription filters, and Usage takes one of them
	// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html). Default: a trail of its own.
	ExistingLogGroup *string
	// ManagementEvents are WRITE_ONLY or ALL. Requests for tokens are among those that write. The first trail's copy of management events is free of
	// charge, what CloudWatch Logs takes in is not, and reading is most of what happens in an account. Default: WRITE_ONLY.
	ManagementEvents awscloudtrail.ReadWriteType
	// MultiRegion takes in the events of all Regions. Tokens are issued in the pool's Region; but calls to global services, such as IAM, come with it only.
	// Default: true.
	MultiRegion *bool
	// BucketRetention is how long the files in the bucket are kept: whole days, at least 1. Default: 365 days.
	BucketRetention awscdk.Duration
	// LogRetention is how long the events in the log group are kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the log group. The policy of a key from outside the app must let CloudWatch Logs use it. Default: the trail's own key.
	LogEncryptionKey awskms.IKey
	// AccessLogs gets the bucket's server access logs, under the prefix audit-trail/. Default: none.
	AccessLogs awss3.IBucket
	// RemovalPolicy says what happens to the bucket, the log and the keys when their stack is deleted. The bucket is retained unless it is DESTROY, and with
	// DESTROY it must be emptied by hand first. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in
	// the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
