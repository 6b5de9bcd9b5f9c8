package usage

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// addAlarms notices requests that were not counted. A queue without messages has no data.
func (u *Usage) addAlarms() {
	const missing = awscloudwatch.TreatMissingData_NOT_BREACHING
	u.alarms = alarms.New(u.Construct, u.topic,
		alarms.Alarm{
			ID:          "DeadLetters",
			Description: "Token requests were given up without being counted: the usage metrics are too low. See \"Usage not counted\" in docs/runbook.md.",
			Metric: u.deadLetters.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
				Period: awscdk.Duration_Minutes(jsii.Number(5)), Statistic: jsii.String("Maximum"),
			}),
			Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID:          "Errors",
			Description: "The function that counts token requests failed three times in an hour. Its log says why; see \"Usage not counted\" in docs/runbook.md.",
			Metric:      alarms.Errors(u.function), Threshold: 3, Missing: missing,
		},
	)
}
