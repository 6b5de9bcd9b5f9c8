// Package alarms creates CloudWatch alarms that tell a topic.
package alarms

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Alarm looks at one period of a metric.
type Alarm struct {
	// ID names the construct; Description says what to do.
	ID, Description string
	Metric          awscloudwatch.IMetric
	Threshold       float64
	// Missing says what a period without data means.
	Missing awscloudwatch.TreatMissingData
	// Comparison with the threshold. Default: greater or equal.
	Comparison awscloudwatch.ComparisonOperator
}

// New creates the alarms, in this order.
func New(scope constructs.Construct, topic awssns.ITopic, alarms ...Alarm) []awscloudwatch.Alarm {
	created := make([]awscloudwatch.Alarm, 0, len(alarms))
	for _, a := range alarms {
		comparison := a.Comparison
		if comparison == "" {
			comparison = awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD
		}
		alarm := awscloudwatch.NewAlarm(scope, jsii.String(a.ID+"Alarm"), &awscloudwatch.AlarmProps{
			AlarmDescription:   jsii.String(a.Description),
			Metric:             a.Metric,
			Threshold:          jsii.Number(a.Threshold),
			ComparisonOperator: comparison,
			EvaluationPeriods:  jsii.Number(1),
			TreatMissingData:   a.Missing,
		})
		alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(topic))
		created = append(created, alarm)
	}
	return created
}

// Own is one of a function's own metrics, which have its name as their dimension.
func Own(function awslambda.IFunction, namespace, metric, statistic string, period awscdk.Duration) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(namespace),
		MetricName:    jsii.String(metric),
		DimensionsMap: &map[string]*string{"FunctionName": function.FunctionName()},
		Period:        period,
		Statistic:     jsii.String(statistic),
	})
}

// Errors are a function's failed invocations in an hour.
func Errors(function awslambda.IFunction) awscloudwatch.IMetric {
	return function.MetricErrors(&awscloudwatch.MetricOptions{Period: Hours(1), Statistic: jsii.String("Sum")})
}

// Hours is a period.
func Hours(n float64) awscdk.Duration { return awscdk.Duration_Hours(jsii.Number(n)) }
