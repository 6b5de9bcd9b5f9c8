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

// New creates a topic that requires TLS, encrypted with a new key. CloudWatch alarms of this account may publish. They need a grant on the
// key as well as on the topic: without it their messages are lost silently
// (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html). A rule of package eventrule lets EventBridge publish.
func New(scope constructs.Construct, removal awscdk.RemovalPolicy) awssns.ITopic {
	topic, _ := create(scope, removal)
	return topic
}

// NewWithBudgets creates a topic as New does, to which the budgets of this account may publish as well.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
func NewWithBudgets(scope constructs.Construct, removal awscdk.RemovalPolicy) awssns.ITopic {
	topic, key := create(scope, removal)
	stack := awscdk.Stack_Of(scope)
	source := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("budgets"), Region: jsii.String(""), Resource: jsii.String("*"), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME,
	})
	allow(topic, key, "budgets.amazonaws.com", map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()},
		"ArnLike":      map[string]any{"aws:SourceArn": source},
	})
	return topic
}

func create(scope constructs.Construct, removal awscdk.RemovalPolicy) (awssns.Topic, awskms.Key) {
	key := awskms.NewKey(scope, jsii.String("AlarmKey"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts alarm messages"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     removal,
	})
	topic := awssns.NewTopic(scope, jsii.String("AlarmTopic"), &awssns.TopicProps{MasterKey: key, EnforceSSL: jsii.Bool(true)})
	account := awscdk.Stack_Of(scope).Account()
	allow(topic, key, "cloudwatch.amazonaws.com", map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}})
	return topic, key
}

// allow lets a service use the key and publish.
func allow(topic awssns.Topic, key awskms.Key, service string, conditions map[string]any) {
	principals := &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(service), nil)}
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals,
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // In a key policy: this key.
		Conditions: &conditions,
	}), nil)
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals,
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &conditions,
	}))
}
