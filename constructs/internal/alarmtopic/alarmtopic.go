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

// services may publish. Without a grant on the key as well as on the topic their messages are lost, and nothing says so.
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
var services = []string{"cloudwatch.amazonaws.com", "events.amazonaws.com"}

// New creates a topic that takes TLS only, encrypted with a key of its own that CloudWatch's alarms and EventBridge may use, in this account.
func New(scope constructs.Construct, removal awscdk.RemovalPolicy) awssns.ITopic {
	account := awscdk.Stack_Of(scope).Account()
	key := awskms.NewKey(scope, jsii.String("AlarmKey"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts alarm messages"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     removal,
	})
	topic := awssns.NewTopic(scope, jsii.String("AlarmTopic"), &awssns.TopicProps{MasterKey: key, EnforceSSL: jsii.Bool(true)})
	inThisAccount := &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}}
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals(),
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: inThisAccount,
	}), nil)
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals(),
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: inThisAccount,
	}))
	return topic
}

func principals() *[]awsiam.IPrincipal {
	var all []awsiam.IPrincipal
	for _, service := range services {
		all = append(all, awsiam.NewServicePrincipal(jsii.String(service), nil))
	}
	return &all
}
