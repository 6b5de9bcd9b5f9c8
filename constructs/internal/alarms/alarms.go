// Package alarms creates CloudWatch alarms.
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

// Alarm looks at the last periods of a metric.
type Alarm struct {
	// ID names the construct; Description says what to do.
	ID, Description string
	Metric          awscloudwatch.IMetric
	Threshold       float64
	// Missing says what a period without data means.
	Missing awscloudwatch.TreatMissingData
	// Comparison with the threshold. Default: greater or equal.
	Comparison awscloudwatch.ComparisonOperator
	// Periods is how many periods in a row must be beyond the threshold. Default: 1.
	Periods float64
	// Urgent says that clients get no tokens, or get some that they should not, until somebody acts.
	Urgent bool
}

// Set is what NewSet has created.
type Set struct {
	// All are all alarms, in their order; Urgent those of them that are.
	All, Urgent []awscloudwatch.Alarm
}

// New creates the alarms, in this order. They tell the topic, unless it is nil.
func New(scope constructs.Construct, topic awssns.ITopic, alarms ...Alarm) []awscloudwatch.Alarm {
	return NewSet(scope, topic, alarms...).All
}

// NewSet is New for alarms of which some are urgent.
func NewSet(scope constructs.Construct, topic awssns.ITopic, alarms ...Alarm) Set {
	var created Set
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
			EvaluationPeriods:  jsii.Number(max(1, a.Periods)),
			TreatMissingData:   a.Missing,
		})
		if topic != nil {
			alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(topic))
		}
		created.All = append(created.All, alarm)
		if a.Urgent {
			created.Urgent = append(created.Urgent, alarm)
		}
	}
	return created
}

// Own is one of a function's own metrics, which have its name as their dimension.
func Own(function awslambda.IFunction, namespace, metric, statistic string, period awscdk.Duration) awscloudwatch.Metric {
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
