package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
)

// MonitoringStackProps configure a MonitoringStack.
type MonitoringStackProps struct {
	awscdk.StackProps
	// Identity and Gateway are looked at. Required.
	Identity *IdentityStack
	Gateway  *GatewayStack
	// Credentials are looked at, too, if there are any. Default: none.
	Credentials *CredentialsStack
	// Monitoring says what is made. What it looks at is the stacks'.
	Monitoring monitoring.MonitoringProps
}

// MonitoringStack holds what records, counts, shows and watches. It depends on the stacks that it looks at, and none of them on it.
type MonitoringStack struct {
	awscdk.Stack
	monitoring *monitoring.Monitoring
}

// NewMonitoringStack creates the monitoring, and the outputs DashboardName, PagingAlarmName and TrailLogGroup for what there is.
func NewMonitoringStack(scope constructs.Construct, id *string, props *MonitoringStackProps) *MonitoringStack {
	s := &MonitoringStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	m := props.Monitoring
	m.Pool = props.Identity.Pool()
	m.Proxy, m.PoolWebACL, m.Edge, m.OriginHeaderRotation = props.Gateway.Proxy(), props.Gateway.PoolWebACL(), props.Gateway.EdgeWebACL(), props.Gateway.Rotation()
	if props.Credentials != nil {
		m.ClientSecretRotation, m.Revocation = props.Credentials.Rotation(), props.Credentials.Revocation()
	}
	s.monitoring = monitoring.NewMonitoring(s.Stack, jsii.String("Monitoring"), &m)
	if dashboard := s.monitoring.Dashboard(); dashboard != nil {
		output(s.Stack, "DashboardName", "Name of the dashboard", dashboard.DashboardName())
	}
	if alarm := s.monitoring.PagingAlarm(); alarm != nil {
		output(s.Stack, "PagingAlarmName", "Name of the alarm that is on while an urgent one is", alarm.AlarmName())
	}
	if trail := s.monitoring.Trail(); trail != nil {
		output(s.Stack, "TrailLogGroup", "Log group of CloudTrail's management events", trail.LogGroupName())
	}
	return s
}

// Monitoring is what the stack holds.
func (s *MonitoringStack) Monitoring() *monitoring.Monitoring { return s.monitoring }
