package audittrail

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

const day = 24 * time.Hour

// check notes what is wrong with the props, and fills in defaults.
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
		errs.Addf("ManagementEvents", "%s is not allowed: use WRITE_ONLY or ALL, since requests for tokens are events that write", s.ManagementEvents)
	}
	if s.MultiRegion == nil {
		s.MultiRegion = jsii.Bool(true)
	}
	if s.BucketRetention == nil {
		s.BucketRetention = awscdk.Duration_Days(jsii.Number(awslimits.DefaultBucketDays))
	} else if retention, err := report.Duration(s.BucketRetention); err != nil {
		errs.Add("BucketRetention", err)
	} else if retention < day || retention%day != 0 {
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
