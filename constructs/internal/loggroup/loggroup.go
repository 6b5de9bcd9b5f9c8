// Package loggroup creates encrypted CloudWatch Logs log groups.
package loggroup

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Props configure a log group. All are required.
type Props struct {
	// Name is the group's name. It must not come from the group itself, which depends on the key.
	Name string
	Key  awskms.IKey
	// Retention is how long events are kept.
	Retention     awslogs.RetentionDays
	RemovalPolicy awscdk.RemovalPolicy
}

// New creates a log group and lets CloudWatch Logs use the key for it, without which the group cannot be created. The policy of a key from
// outside the app is not CDK's to change: its owner has to let CloudWatch Logs in.
func New(scope constructs.Construct, id string, props *Props) awslogs.LogGroup {
	allowLogs(scope, props.Key, props.Name)
	return awslogs.NewLogGroup(scope, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(props.Name),
		Retention:     props.Retention,
		EncryptionKey: props.Key,
		RemovalPolicy: props.RemovalPolicy,
	})
}

// Key returns the given key, or creates one.
func Key(scope constructs.Construct, given awskms.IKey, description string, removal awscdk.RemovalPolicy) awskms.IKey {
	if given != nil {
		return given
	}
	return awskms.NewKey(scope, jsii.String("LogKey"), &awskms.KeyProps{
		Description:       jsii.String(description),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     removal,
	})
}

// allowLogs names the group by its literal ARN, since the group's own would make key and group depend on each other.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func allowLogs(scope constructs.Construct, key awskms.IKey, name string) {
	stack := awscdk.Stack_Of(scope)
	arn := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: jsii.String(name),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("logs."+*stack.Region()+".amazonaws.com"), nil)},
		Actions: jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
			"kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: &map[string]any{"ArnEquals": map[string]any{"kms:EncryptionContext:aws:logs:arn": arn}},
	}), nil)
}
