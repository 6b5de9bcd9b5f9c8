// Package alarmtopic creates the SNS topic that alarms and failure events go to.
package alarmtopic

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// New creates a topic that takes TLS only, encrypted with a key of its own. CloudWatch's alarms of this account may publish: without a grant on the key
// as well as on the topic their messages are lost, and nothing says so (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
// EventBridge, for which conditions on the source are not supported there, is let in by CDK's target when a rule has the topic as its target.
func New(scope constructs.Construct, removal awscdk.RemovalPolicy) awssns.ITopic {
	account := awscdk.Stack_Of(scope).Account()
	key := awskms.NewKey(scope, jsii.String("AlarmKey"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts alarm messages"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     removal,
	})
	topic := awssns.NewTopic(scope, jsii.String("AlarmTopic"), &awssns.TopicProps{MasterKey: key, EnforceSSL: jsii.Bool(true)})
	alarms := &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)}
	inThisAccount := &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}}
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: alarms,
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: inThisAccount,
	}), nil)
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: alarms,
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: inThisAccount,
	}))
	return topic
}
