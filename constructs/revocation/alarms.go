package revocation

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// patience is how long a change may wait in the queue beyond the window before it is an alarm: time for one flush that fails, not for two.
const patience = 10 * time.Minute

// addAlarms notices changes that no flush follows. Queues without messages have no data.
func (r *Revocation) addAlarms() {
	const missing = awscloudwatch.TreatMissingData_NOT_BREACHING
	fiveMinutes := &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(5)), Statistic: jsii.String("Maximum")}
	r.alarms = alarms.NewSet(r.Construct, r.topic,
		alarms.Alarm{
			ID: "Waiting",
			Description: "A change at Cognito waits for the flush of the token gateway's cache: revoked credentials may still get tokens. See " +
				"\"Cache not flushed\" in docs/runbook.md.",
			Metric: r.queue.MetricApproximateAgeOfOldestMessage(fiveMinutes), Threshold: (r.window + patience).Seconds(), Missing: missing,
			Urgent: true,
		},
		alarms.Alarm{
			ID: "DeadLetters",
			Description: "Changes at Cognito were given up without a flush of the token gateway's cache. See \"Cache not flushed\" in " +
				"docs/runbook.md.",
			Metric: r.deadLetters.MetricApproximateNumberOfMessagesVisible(fiveMinutes), Threshold: 1, Missing: missing, Urgent: true,
		},
		alarms.Alarm{
			ID: "Errors",
			Description: "The function that flushes the token gateway's cache failed three times in an hour. Its log says why; see \"Cache not " +
				"flushed\" in docs/runbook.md.",
			Metric: alarms.Errors(r.function), Threshold: 3, Missing: missing,
		},
	)
}
