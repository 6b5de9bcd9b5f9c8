package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
)

// MonitoringStackProps configure a MonitoringStack.
type MonitoringStackProps struct {
	awscdk.StackProps
	// Monitoring configures the monitoring. What it looks at may be in other stacks, which do not come to depend on this one. Required.
	Monitoring monitoring.MonitoringProps
	// PagingTopicArn is an existing topic for the paging alarm, when Monitoring has none. Default: a topic of the monitoring's own.
	PagingTopicArn *string
}

// MonitoringStack shows and watches the token service. It is deployed after the stacks that it looks at, and deleted before them.
type MonitoringStack struct {
	awscdk.Stack
	monitoring *monitoring.Monitoring
}

// NewMonitoringStack creates the monitoring, and of the outputs DashboardName, PagingAlarm and TrailLogGroup those whose part is there, and
// PagingTopicArn and AlarmTopicArn if the topic is the monitoring's own.
func NewMonitoringStack(scope constructs.Construct, id *string, props *MonitoringStackProps) *MonitoringStack {
	s := &MonitoringStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	if props.Monitoring.PagingTopic == nil && props.PagingTopicArn != nil {
		props.Monitoring.PagingTopic = awssns.Topic_FromTopicArn(s.Stack, jsii.String("PagingTopic"), props.PagingTopicArn)
	}
	s.monitoring = monitoring.NewMonitoring(s.Stack, jsii.String("Monitoring"), &props.Monitoring)
	if dashboard := s.monitoring.Dashboard(); dashboard != nil {
		output(s.Stack, "DashboardName", "Name of the CloudWatch dashboard", dashboard.DashboardName())
	}
	if paging := s.monitoring.PagingAlarm(); paging != nil {
		output(s.Stack, "PagingAlarm", "Name of the alarm that is on while an urgent alarm is", paging.AlarmName())
	}
	if topic := s.monitoring.PagingTopic(); topic != nil && props.Monitoring.PagingTopic == nil {
		output(s.Stack, "PagingTopicArn", "Topic of the paging alarm: subscribe who is to be woken", topic.TopicArn())
	}
	if topic := s.monitoring.AlarmTopic(); topic != nil && props.Monitoring.AlarmTopic == nil && props.Monitoring.OriginHeaderRotation == nil {
		output(s.Stack, "AlarmTopicArn", "Topic of the alarms: subscribe to it", topic.TopicArn())
	}
	if trail := s.monitoring.Trail(); trail != nil {
		output(s.Stack, "TrailLogGroup", "Log group of the audit trail", trail.LogGroupName())
	}
	return s
}

// Monitoring is the monitoring.
func (s *MonitoringStack) Monitoring() *monitoring.Monitoring { return s.monitoring }
