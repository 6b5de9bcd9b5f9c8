package eventrule

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// NewRotationFailed creates a rule that tells the topic what to do, and the event. secretARN is what EventBridge matches with the secret's
// ARN: the ARN, or a filter of its own such as a prefix.
//
// The events come by way of CloudTrail. AWS does not show which member of them has the secret, and reports of real ones differ: some have
// it as additionalEventData.SecretId, others as serviceEventDetails.secretId; so do they about the detail type. Either is taken.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html#cloudtrail_log_entries_rotation
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
func NewRotationFailed(scope constructs.Construct, topic awssns.ITopic, description, whatToDo string, secretARN any) {
	secret := []any{secretARN}
	event := awsevents.EventField_FromPath(jsii.String("$.detail"))
	message := awsevents.RuleTargetInput_FromObject(map[string]any{"do": whatToDo, "event": event})
	New(scope, "RotationFailed", description, Topic(topic, message), awsevents.RuleProps{
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.secretsmanager"),
			DetailType: jsii.Strings("AWS Service Event via CloudTrail", "AWS API Call via CloudTrail"),
			Detail: &map[string]any{
				"eventName": []string{"RotationFailed", "RotationAbandoned", "TestRotationFailed"},
				"$or": []any{
					map[string]any{"additionalEventData": map[string]any{"SecretId": secret}},
					map[string]any{"serviceEventDetails": map[string]any{"secretId": secret}},
				},
			},
		},
	})
}
