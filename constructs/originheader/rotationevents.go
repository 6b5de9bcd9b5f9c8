package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/eventrule"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// reconcileMinutes is how often the function reconciles without a cause.
const reconcileMinutes = 15

// addEvents makes the function reconcile. An event that cannot be delivered, or waits for another invocation, is given up after 15 minutes,
// and one that failed is not tried again: the next reconcile does the same. Secrets Manager tries a failed rotation again by itself.
func (r *HeaderRotation) addEvents(s *rotationSettings) {
	maxAge := awscdk.Duration_Minutes(jsii.Number(reconcileMinutes))
	r.function.ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{MaxEventAge: maxAge, RetryAttempts: jsii.Number(0)})
	target := eventrule.Function(r.function, maxAge, nil)
	rule := func(id, description string, props awsevents.RuleProps) {
		eventrule.New(r.Construct, id, description, target, props)
	}
	rule("Periodically", "Reconciles the origin header", awsevents.RuleProps{
		Schedule: awsevents.Schedule_Rate(maxAge),
	})
	// https://docs.aws.amazon.com/eventbridge/latest/ref/event-detail-secret-label-updated-secretsmanager.html
	rule("LabelUpdated", "Reconciles the origin header when its secret has another current version", awsevents.RuleProps{
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.secretsmanager"),
			DetailType: jsii.Strings("Secret Label Updated"),
			Resources:  &[]*string{s.OriginHeader.Secret().SecretArn()},
		},
	})
	// CloudFormation may write the stage in any update that touches it; it then injects what is current at that moment.
	for _, e := range []struct{ id, detailType, description string }{
		{"StackChanged", "CloudFormation Stack Status Change", "Reconciles the origin header when CloudFormation has changed the stack"},
		{"ResourceChanged", "CloudFormation Resource Status Change",
			"Reconciles the origin header when CloudFormation has changed what it depends on"},
	} {
		detail := map[string]any{
			"stack-id":       s.stackIDs(r.Construct),
			"status-details": map[string]any{"status": []any{map[string]string{"suffix": "_COMPLETE"}, map[string]string{"suffix": "_FAILED"}}},
		}
		if e.id == "ResourceChanged" {
			detail["resource-type"] = rotation.WatchedResources()
		}
		rule(e.id, e.description, awsevents.RuleProps{
			EventPattern: &awsevents.EventPattern{Source: jsii.Strings("aws.cloudformation"), DetailType: jsii.Strings(e.detailType),
				Detail: &detail},
		})
	}
}

// addFailureEvents reports what Secrets Manager says of a failed rotation.
func (r *HeaderRotation) addFailureEvents(s *rotationSettings) {
	eventrule.NewRotationFailed(r.Construct, r.topic, "Reports a failed rotation of the origin header",
		"A rotation of the origin header failed. The value in use works on, and it is tried again. See Function errors in docs/runbook.md.",
		s.OriginHeader.Secret().SecretArn())
}
