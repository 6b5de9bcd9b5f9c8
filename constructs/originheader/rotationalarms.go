package originheader

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"

	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/originheader"
)

// alarm is an alarm on an hour of a metric: an hour holds four periodic reconciles, so an hour without data means that none works.
type alarm struct {
	id, description string
	metric          awscloudwatch.IMetric
	threshold       float64
	missing         awscloudwatch.TreatMissingData
}

// addAlarms notices failures without a trail: by the function's own metrics, whose absence is a failure as well, and by its errors.
func (r *Rotation) addAlarms(s *rotationSettings) {
	overdue := 1.5 * s.interval.Hours() / 24
	for _, a := range []alarm{
		{"Drift", "The web ACL or the gateway's stage was not as the origin header's secret says, or nothing reconciles. Find out who wrote them; see \"Drift\" in docs/runbook.md.",
			r.own(rotation.DriftFound), 1, awscloudwatch.TreatMissingData_BREACHING},
		{"Stuck", "A rotation of the origin header did not finish and is being undone, or nothing reconciles. See \"Stuck rotation\" in docs/runbook.md.",
			r.own(rotation.RotationStuck), 1, awscloudwatch.TreatMissingData_BREACHING},
		{"Overdue", fmt.Sprintf("The origin header's value is older than %.2f days, 1.5 rotation intervals, or nothing reconciles. See \"Rotation overdue\" in docs/runbook.md.", overdue),
			r.own(rotation.ValueAgeDays), overdue, awscloudwatch.TreatMissingData_BREACHING},
		{"Errors", "The function that rotates the origin header failed three times in an hour. Its log says why; see \"Function errors\" in docs/runbook.md.",
			r.function.MetricErrors(&awscloudwatch.MetricOptions{Period: hour(), Statistic: jsii.String("Sum")}), 3, awscloudwatch.TreatMissingData_NOT_BREACHING},
	} {
		created := awscloudwatch.NewAlarm(r.Construct, jsii.String(a.id+"Alarm"), &awscloudwatch.AlarmProps{
			AlarmDescription:   jsii.String(a.description),
			Metric:             a.metric,
			Threshold:          jsii.Number(a.threshold),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			EvaluationPeriods:  jsii.Number(1),
			TreatMissingData:   a.missing,
		})
		created.AddAlarmAction(awscloudwatchactions.NewSnsAction(r.topic))
		r.alarms = append(r.alarms, created)
	}
}

// own is the hour's maximum of one of the function's own metrics.
func (r *Rotation) own(metric rotation.Metric) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(MetricsNamespace),
		MetricName:    jsii.String(string(metric)),
		DimensionsMap: &map[string]*string{"FunctionName": r.function.FunctionName()},
		Period:        hour(),
		Statistic:     jsii.String("Maximum"),
	})
}

func hour() awscdk.Duration { return awscdk.Duration_Hours(jsii.Number(1)) }
