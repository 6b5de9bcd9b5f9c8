package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
)

// noncurrentDays is how long overwritten, deleted and expired versions of a file are kept, so that there is time to notice a deletion.
const noncurrentDays = 30

// addKey creates a key with which CloudTrail can encrypt for this trail alone. AWS's example also requires the encryption context of
// CloudTrail. Its files have that context, but AWS does not document whether S3 passes it on when it encrypts by the bucket's default. The
// trail's ARN is there in both cases.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func (t *AuditTrail) addKey(s *AuditTrailProps) {
	t.key = awskms.NewKey(t.Construct, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts the audit trail"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     s.RemovalPolicy,
	})
	t.key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("CloudTrailEncrypts"),
		Principals: cloudTrail(),
		Actions:    jsii.Strings("kms:GenerateDataKey*", "kms:DescribeKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: t.ofThisTrail(nil),
	}), nil)
}

// addBucket creates a bucket to which CloudTrail can write for this trail alone.
//
// A retained bucket also remains when its creation is rolled back: CloudTrail has written to it by then, and CloudFormation cannot delete a
// bucket that is not empty. The next bucket gets another name.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
func (t *AuditTrail) addBucket(s *AuditTrailProps) {
	removal := s.RemovalPolicy
	if removal != awscdk.RemovalPolicy_DESTROY {
		removal = awscdk.RemovalPolicy_RETAIN
	}
	props := &awss3.BucketProps{
		Versioned:         jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_KMS,
		EncryptionKey:     t.key,
		BucketKeyEnabled:  jsii.Bool(true), // One call to KMS for many files.
		EnforceSSL:        jsii.Bool(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     removal,
		LifecycleRules: &[]*awss3.LifecycleRule{
			{
				Id:                                  jsii.String("Retention"),
				Expiration:                          s.BucketRetention,
				NoncurrentVersionExpiration:         awscdk.Duration_Days(jsii.Number(noncurrentDays)),
				AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(7)),
			},
			// S3 does not allow an expiration in days in the rule that removes delete markers.
			{Id: jsii.String("DeleteMarkers"), ExpiredObjectDeleteMarker: jsii.Bool(true)},
		},
	}
	if s.AccessLogs != nil {
		props.ServerAccessLogsBucket, props.ServerAccessLogsPrefix = s.AccessLogs, jsii.String("audit-trail/")
	}
	t.bucket = awss3.NewBucket(t.Construct, jsii.String("Bucket"), props)
	if s.AccessLogs == nil {
		nag.Suppress(t.bucket, nag.Suppression{
			Rule: "AwsSolutions-S1",
			Reason: "Server access logs show who read the trail's files. They need another bucket, which many teams share between all buckets: " +
				"set AccessLogs. The digests show changed or deleted files without these logs.",
		})
	}
	t.bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("CloudTrailChecks"),
		Principals: cloudTrail(),
		Actions:    jsii.Strings("s3:GetBucketAcl"),
		Resources:  &[]*string{t.bucket.BucketArn()},
		Conditions: t.ofThisTrail(nil),
	}))
	t.bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("CloudTrailWrites"),
		Principals: cloudTrail(),
		Actions:    jsii.Strings("s3:PutObject"),
		Resources:  &[]*string{t.bucket.ArnForObjects(jsii.String("AWSLogs/" + *awscdk.Stack_Of(t.Construct).Account() + "/*"))},
		Conditions: t.ofThisTrail(map[string]any{"s3:x-amz-acl": "bucket-owner-full-control"}),
	}))
}

func cloudTrail() *[]awsiam.IPrincipal {
	return &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudtrail.amazonaws.com"), nil)}
}

// ofThisTrail is the condition that CloudTrail calls for this trail, and not for a trail of another account that names this bucket or key.
func (t *AuditTrail) ofThisTrail(more map[string]any) *map[string]any {
	equals := map[string]any{"aws:SourceArn": t.arn}
	for key, value := range more {
		equals[key] = value
	}
	return &map[string]any{"StringEquals": equals}
}
