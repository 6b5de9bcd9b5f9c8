// Package eventrule creates EventBridge rules that send to functions, queues and topics.
//
// CDK's awseventstargets has these targets too, but imports one package for each kind of target that exists (ECS, RDS, AppSync and others),
// and a Go build compiles them all.
package eventrule

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Target is where a rule sends events. It implements awsevents.IRuleTarget.
type Target struct {
	config awsevents.RuleTargetConfig
	// allow lets the rule send to the target.
	allow func(rule awsevents.Rule)
}

var _ awsevents.IRuleTarget = (*Target)(nil)

// Bind returns a copy of the target's configuration: jsii takes a pointer to the first field of the target for the target itself. CDK calls
// it.
func (t *Target) Bind(interfacesawsevents.IRuleRef, *string) *awsevents.RuleTargetConfig {
	config := t.config
	return &config
}

// New creates a rule with one target, and lets it send there.
func New(scope constructs.Construct, id, description string, target *Target, props awsevents.RuleProps) {
	props.Description = jsii.String(description)
	props.Targets = &[]awsevents.IRuleTarget{target}
	target.allow(awsevents.NewRule(scope, jsii.String(id), &props))
}

// Function invokes a function. An event that cannot be delivered is tried three times more, for at most maxAge. input replaces the event
// unless it is nil.
func Function(function awslambda.IFunction, maxAge awscdk.Duration, input awsevents.RuleTargetInput) *Target {
	return &Target{
		config: awsevents.RuleTargetConfig{
			Arn: function.FunctionArn(), Input: input,
			RetryPolicy: &awsevents.CfnRule_RetryPolicyProperty{
				MaximumEventAgeInSeconds: maxAge.ToSeconds(nil), MaximumRetryAttempts: jsii.Number(3),
			},
		},
		allow: func(rule awsevents.Rule) {
			awslambda.NewCfnPermission(rule, jsii.String("Invoke"), &awslambda.CfnPermissionProps{
				Action: jsii.String("lambda:InvokeFunction"), FunctionName: function.FunctionArn(),
				Principal: jsii.String(service), SourceArn: rule.RuleArn(),
			})
		},
	}
}

// Queue sends input to a queue, and what cannot be delivered to deadLetters. Neither queue may be encrypted with a KMS key.
func Queue(queue, deadLetters awssqs.IQueue, input awsevents.RuleTargetInput) *Target {
	return &Target{
		config: awsevents.RuleTargetConfig{
			Arn: queue.QueueArn(), Input: input, DeadLetterConfig: &awsevents.CfnRule_DeadLetterConfigProperty{Arn: deadLetters.QueueArn()},
		},
		allow: func(rule awsevents.Rule) {
			for _, to := range []awssqs.IQueue{queue, deadLetters} {
				to.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
					Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(service), nil)},
					Actions:    jsii.Strings("sqs:SendMessage"),
					Resources:  &[]*string{to.QueueArn()},
					Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": rule.RuleArn()}},
				}))
			}
		},
	}
}

// Topic sends input to a topic. Conditions on the source of a message are not supported there:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
func Topic(topic awssns.ITopic, input awsevents.RuleTargetInput) *Target {
	return &Target{
		config: awsevents.RuleTargetConfig{Arn: topic.TopicArn(), Input: input},
		allow: func(awsevents.Rule) {
			topic.GrantPublish(awsiam.NewServicePrincipal(jsii.String(service), nil))
		},
	}
}

const service = "events.amazonaws.com"
