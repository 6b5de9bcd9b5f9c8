package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// AuditTrail is a log group with the account's management events and, unless there is one already, the trail that fills it.
//
// Cognito reports every request to its token endpoint as the management event Token_POST, which is a write event ("readOnly": false). A
// trail of management events has them without further settings. Responses from the gateway's cache never reach Cognito and are not among
// them.
// https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
type AuditTrail struct {
	constructs.Construct
	logGroup awslogs.ILogGroup
	name     string
	arn      *string
	key      awskms.Key
	bucket   awss3.Bucket
	trail    awscloudtrail.CfnTrail
}

// NewAuditTrail creates, in this order, the key, the bucket with its policy, the log group, the role that delivers to it, and the trail.
// With AuditTrailProps.ExistingLogGroup it creates nothing.
//
// The data protection policy of the log group masks secret values. The bucket has the events as CloudTrail recorded them, with the values
// of UpdateStage and UpdateRegexPatternSet: anyone who can read the bucket and use its key can read the origin header's value.
//
// Invalid props become error annotations on the construct.
func NewAuditTrail(scope constructs.Construct, id *string, props *AuditTrailProps) *AuditTrail {
	t := &AuditTrail{Construct: constructs.NewConstruct(scope, id)}
	s := AuditTrailProps{}
	if props != nil {
		s = *props
	}
	var errs report.Errors
	s.check(&errs)
	errs.Attach(t.Construct)
	if s.ExistingLogGroup != nil {
		t.logGroup = awslogs.LogGroup_FromLogGroupName(t.Construct, jsii.String("LogGroup"), s.ExistingLogGroup)
		return t
	}
	// The trail has a name of its own because the policies of key and bucket, which must exist before it, name it.
	t.name = *awscdk.Names_UniqueResourceName(t.Construct, &awscdk.UniqueResourceNameOptions{
		MaxLength: jsii.Number(128), Separator: jsii.String("-"),
	})
	t.arn = awscdk.Stack_Of(t.Construct).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("cloudtrail"), Resource: jsii.String("trail"), ResourceName: jsii.String(t.name),
	})
	t.addKey(&s)
	t.addBucket(&s)
	t.addLogGroup(&s)
	t.addTrail(&s)
	return t
}

func (t *AuditTrail) addTrail(s *AuditTrailProps) {
	readWrite := "WriteOnly"
	if s.ManagementEvents == awscloudtrail.ReadWriteType_ALL {
		readWrite = "All"
	}
	t.trail = awscloudtrail.NewCfnTrail(t.Construct, jsii.String("Trail"), &awscloudtrail.CfnTrailProps{
		TrailName:                  jsii.String(t.name),
		IsLogging:                  true,
		S3BucketName:               t.bucket.BucketName(),
		KmsKeyId:                   t.key.KeyArn(),
		EnableLogFileValidation:    true,
		IsMultiRegionTrail:         s.MultiRegion,
		IncludeGlobalServiceEvents: s.MultiRegion, // CloudTrail refuses a multi-Region trail without them.
		EventSelectors: []any{&awscloudtrail.CfnTrail_EventSelectorProperty{
			IncludeManagementEvents: true, ReadWriteType: jsii.String(readWrite),
		}},
		CloudWatchLogsLogGroupArn: t.logGroup.LogGroupArn(),
		CloudWatchLogsRoleArn:     t.newDeliveryRole().RoleArn(),
	})
	// CloudTrail tests whether it can write to the bucket when the trail is created.
	t.trail.Node().AddDependency(t.bucket.Policy())
}

// LogGroup is the log group with the events, one event a line.
func (t *AuditTrail) LogGroup() awslogs.ILogGroup { return t.logGroup }

// LogGroupName is the name of LogGroup.
func (t *AuditTrail) LogGroupName() *string { return t.logGroup.LogGroupName() }

// Created reports whether the construct created a trail. If not, Trail, TrailARN, Bucket and Key are nil.
func (t *AuditTrail) Created() bool { return t.trail != nil }

// Trail is the trail that fills the log group and the bucket.
func (t *AuditTrail) Trail() awscloudtrail.CfnTrail { return t.trail }

// TrailARN is the trail's ARN, made from its name without a reference to the resource.
func (t *AuditTrail) TrailARN() *string { return t.arn }

// Bucket is the bucket with the events as files, and with digests by which "aws cloudtrail validate-logs" proves that no file was changed
// or deleted.
func (t *AuditTrail) Bucket() awss3.IBucket {
	if t.bucket == nil {
		return nil
	}
	return t.bucket
}

// Key is the key that encrypts the files and, unless AuditTrailProps.LogEncryptionKey is set, the log group.
func (t *AuditTrail) Key() awskms.IKey {
	if t.key == nil {
		return nil
	}
	return t.key
}
