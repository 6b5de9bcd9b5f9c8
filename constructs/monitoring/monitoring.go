// Package monitoring shows and watches the use, the cost and the health of the token service.
package monitoring

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/audittrail"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/insights"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/usage"
)

// Monitoring has a dashboard, alarms and a budget of a token service. It depends on what it looks at, never the other way round: it may live in a stack of
// its own, which can be deleted without a trace in the others.
type Monitoring struct {
	constructs.Construct
	topic       awssns.ITopic
	pagingTopic awssns.ITopic
	trail       *audittrail.AuditTrail
	usage       *usage.Usage
	alarms      alarms.Set
	unprotected awscloudwatch.Alarm
	silent      awscloudwatch.Alarm
	paging      awscloudwatch.CompositeAlarm
	dashboard   awscloudwatch.Dashboard
	budget      awsbudgets.CfnBudget
	queries     *insights.SavedQueries
	costReports *costreports.CostReports
}

// NewMonitoring creates, in this order, the topic unless there is one, the audit trail with the tenants' metrics if it is configured, the alarms that none
// of the other constructs has, the paging alarm over the urgent ones of all with its topic unless there is one, the dashboard, the budget if one is given, the
// saved queries, and the cost reports if they are configured.
//
// Alarms that the other constructs have (Cognito throttles, rotation overdue and their like) are not made twice: the dashboard shows them and the paging
// alarm looks at the urgent ones. Mistakes in props become error annotations on the construct, all of them in one synth; a missing Pool, Proxy or
// PoolWebACL is a programmer's error and panics.
func NewMonitoring(scope constructs.Construct, id *string, props *MonitoringProps) *Monitoring {
	if props == nil || props.Pool == nil || props.Proxy == nil || props.PoolWebACL == nil {
		panic("monitoring: MonitoringProps.Pool, Proxy and PoolWebACL are required")
	}
	m := &Monitoring{Construct: constructs.NewConstruct(scope, id), topic: props.AlarmTopic}
	var errs report.Errors
	s := props.check(&errs, m.Construct)
	errs.Attach(m.Construct)

	m.addTopic(&s)
	m.addTrail(&s)
	if isOff(s.DisableAlarms) {
		m.addAlarms(&s)
		m.addAnomalies(&s)
		m.addPaging(&s)
	}
	if isOff(s.DisableDashboard) {
		m.addDashboard(&s)
	}
	if s.budget != nil {
		m.addBudget(s.budget)
	}
	if isOff(s.DisableQueries) {
		m.addQueries(&s)
	}
	if s.CostReports != nil {
		m.addCostReports(&s)
	}
	return m
}

func (m *Monitoring) addTopic(s *settings) {
	if m.topic == nil && s.OriginHeaderRotation != nil {
		m.topic = s.OriginHeaderRotation.AlarmTopic()
	}
	if needed := isOff(s.DisableAlarms) || s.budget != nil || s.Trail != nil && isOff(s.DisableUsage); m.topic == nil && needed {
		newTopic := alarmtopic.New
		if s.budget != nil {
			newTopic = alarmtopic.NewWithBudgets
		}
		m.topic = newTopic(m.Construct, s.RemovalPolicy)
	}
}

func isOff(flag *bool) bool { return flag == nil || !*flag }

// AlarmTopic gets the alarms; nil when there is nothing that tells it, unless one was given.
func (m *Monitoring) AlarmTopic() awssns.ITopic { return m.topic }

// PagingTopic gets the paging alarm; nil with DisableAlarms.
func (m *Monitoring) PagingTopic() awssns.ITopic { return m.pagingTopic }

// Trail is the audit trail; nil without one.
func (m *Monitoring) Trail() *audittrail.AuditTrail { return m.trail }

// Usage has the tenants' metrics; nil without Trail, or with DisableUsage.
func (m *Monitoring) Usage() *usage.Usage { return m.usage }

// Alarms are its own alarms, but for PagingAlarm and those of Usage.
func (m *Monitoring) Alarms() []awscloudwatch.Alarm { return slices.Clone(m.alarms.All) }

// PagingAlarm is in alarm while an urgent alarm is, its own or another construct's; nil with DisableAlarms.
func (m *Monitoring) PagingAlarm() awscloudwatch.CompositeAlarm { return m.paging }

// Dashboard is nil with DisableDashboard.
func (m *Monitoring) Dashboard() awscloudwatch.Dashboard { return m.dashboard }

// Budget is nil without MonthlyBudget.
func (m *Monitoring) Budget() awsbudgets.CfnBudget { return m.budget }

// Queries are the saved queries; nil with DisableQueries.
func (m *Monitoring) Queries() *insights.SavedQueries { return m.queries }

// CostReports are nil unless they are configured.
func (m *Monitoring) CostReports() *costreports.CostReports { return m.costReports }
