package monitoring

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsbcmdataexports"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// addExport creates the bucket and the export, in this order: AWS checks that it can write to the bucket when the export is created.
func (r *CostReports) addExport(e *costExportSettings) {
	r.bucket = newExportBucket(r.Construct, e)
	var columns []string
	for _, column := range costreports.Columns() {
		columns = append(columns, column[0])
	}
	r.export = awsbcmdataexports.NewCfnExport(r.Construct, jsii.String("Export"), &awsbcmdataexports.CfnExportProps{
		Export: &awsbcmdataexports.CfnExport_ExportProperty{
			Name:        jsii.String(e.name),
			Description: jsii.String("Cost and Usage Report 2.0 for queries of what Cognito bills for machine-to-machine authorization"),
			// The query must name its columns: Data Exports does not allow SELECT *.
			DataQuery: &awsbcmdataexports.CfnExport_DataQueryProperty{
				QueryStatement: jsii.String("SELECT " + strings.Join(columns, ", ") + " FROM COST_AND_USAGE_REPORT"),
				TableConfigurations: map[string]map[string]string{"COST_AND_USAGE_REPORT": {
					"TIME_GRANULARITY":                      "DAILY",
					"INCLUDE_RESOURCES":                     "TRUE",
					"INCLUDE_SPLIT_COST_ALLOCATION_DATA":    "FALSE",
					"INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
				}},
			},
			DestinationConfigurations: &awsbcmdataexports.CfnExport_DestinationConfigurationsProperty{
				S3Destination: &awsbcmdataexports.CfnExport_S3DestinationProperty{
					S3Bucket: r.bucket.BucketName(),
					S3Prefix: jsii.String(e.prefix),
					S3Region: awscdk.Stack_Of(r.Construct).Region(),
					S3OutputConfigurations: &awsbcmdataexports.CfnExport_S3OutputConfigurationsProperty{
						Format: jsii.String("PARQUET"), Compression: jsii.String("PARQUET"),
						OutputType: jsii.String("CUSTOM"), Overwrite: jsii.String("OVERWRITE_REPORT"),
					},
				},
			},
			RefreshCadence: &awsbcmdataexports.CfnExport_RefreshCadenceProperty{Frequency: jsii.String("SYNCHRONOUS")},
		},
	})
	r.export.Node().AddDependency(r.bucket.Policy())
}

// newExportBucket creates a bucket that is encrypted with keys of S3: AWS does not document which permission Data Exports needs to write
// with a KMS key.
func newExportBucket(scope constructs.Construct, e *costExportSettings) awss3.Bucket {
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:        e.bucketName,
		Versioned:         jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     e.removal,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  jsii.String("expire"),
			Expiration:                          e.retention,
			NoncurrentVersionExpiration:         awscdk.Duration_Days(jsii.Number(30)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(7)),
		}},
	})
	bucket.AddToResourcePolicy(delivery(scope, bucket))
	nag.Suppress(bucket, nag.Suppression{
		Rule:   "AwsSolutions-S1",
		Reason: "The bucket's policy lets only AWS write. CloudTrail's data events show who reads cost data, if the account has them.",
	})
	return bucket
}

// delivery is the statement that AWS documents. Data Exports checks the bucket's policy and may stop the delivery if it finds another
// statement.
// https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
func delivery(scope constructs.Construct, bucket awss3.Bucket) awsiam.PolicyStatement {
	stack := awscdk.Stack_Of(scope)
	arn := func(service, resource string) *string {
		return stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String(service), Region: jsii.String(exportRegion), Resource: jsii.String(resource), ResourceName: jsii.String("*"),
		})
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("EnableAWSDataExportsToWriteToS3AndCheckPolicy"),
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(jsii.String("bcm-data-exports.amazonaws.com"), nil),
			awsiam.NewServicePrincipal(jsii.String("billingreports.amazonaws.com"), nil),
		},
		Actions:   jsii.Strings("s3:PutObject", "s3:GetBucketPolicy"),
		Resources: &[]*string{bucket.BucketArn(), bucket.ArnForObjects(jsii.String("*"))},
		Conditions: &map[string]any{
			"StringLike": map[string]any{
				"aws:SourceAccount": stack.Account(),
				"aws:SourceArn":     []*string{arn("cur", "definition"), arn("bcm-data-exports", "export")},
			},
		},
	})
}
