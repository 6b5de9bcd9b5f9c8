// Package alarms creates CloudWatch alarms.
package alarms

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Alarm describes an alarm on the last periods of a metric.
type Alarm struct {
	// ID is the construct ID without the suffix Alarm; Description says what happened and what to do.
	ID, Description string
	Metric          awscloudwatch.IMetric
	Threshold       float64
	// Missing says what a period without data means.
	Missing awscloudwatch.TreatMissingData
	// Comparison with the threshold. Default: greater or equal.
	Comparison awscloudwatch.ComparisonOperator
	// Periods is the number of consecutive periods that must be beyond the threshold. Default: 1.
	Periods float64
	// Urgent means that clients get no tokens, or tokens that they should not get, until a person acts.
	Urgent bool
}

// Set is a set of created alarms.
type Set struct {
	// All has all alarms in their order; Urgent has the urgent ones.
	All, Urgent []awscloudwatch.Alarm
}

// New creates the alarms in this order. They notify the topic unless it is nil.
func New(scope constructs.Construct, topic awssns.ITopic, alarms ...Alarm) []awscloudwatch.Alarm {
	return NewSet(scope, topic, alarms...).All
}

// NewSet creates the alarms as New does, and also returns the urgent ones.
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
			alarm.AddAlarmAction(Notify(topic))
		}
		created.All = append(created.All, alarm)
		if a.Urgent {
			created.Urgent = append(created.Urgent, alarm)
		}
	}
	return created
}

// Notify returns the action that notifies a topic. CDK's awscloudwatchactions has it too, but imports Auto Scaling, which a Go build
// compiles.
func Notify(topic awssns.ITopic) awscloudwatch.IAlarmAction { return &notification{topic} }

type notification struct{ topic awssns.ITopic }

// Bind returns the topic's ARN. CDK calls it.
func (n *notification) Bind(constructs.Construct, awscloudwatch.IAlarm) *awscloudwatch.AlarmActionConfig {
	return &awscloudwatch.AlarmActionConfig{AlarmActionArn: n.topic.TopicArn()}
}

// Own returns a metric that a function writes itself, with its name as the dimension FunctionName.
func Own(function awslambda.IFunction, namespace, metric, statistic string, period awscdk.Duration) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(namespace),
		MetricName:    jsii.String(metric),
		DimensionsMap: &map[string]*string{"FunctionName": function.FunctionName()},
		Period:        period,
		Statistic:     jsii.String(statistic),
	})
}

// Errors returns the number of a function's failed invocations in an hour.
func Errors(function awslambda.IFunction) awscloudwatch.IMetric {
	return function.MetricErrors(&awscloudwatch.MetricOptions{Period: Hours(1), Statistic: jsii.String("Sum")})
}

// Hours returns a period of n hours.
func Hours(n float64) awscdk.Duration { return awscdk.Duration_Hours(jsii.Number(n)) }
