// Package monitoring shows and watches the use, the cost and the health of the token service. NewMonitoring creates all of it. The audit
// trail, the tenants' metrics, the saved queries and the cost reports are also constructs of their own.
package monitoring

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsbudgets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// Monitoring has the dashboard, the alarms and the budget of a token service. No other construct depends on it. In a stack of its own it
// can be deleted without a change of the others.
type Monitoring struct {
	constructs.Construct
	topic       awssns.ITopic
	pagingTopic awssns.ITopic
	trail       *AuditTrail
	usage       *Usage
	alarms      alarms.Set
	unprotected awscloudwatch.Alarm
	silent      awscloudwatch.Alarm
	paging      awscloudwatch.CompositeAlarm
	dashboard   awscloudwatch.Dashboard
	budget      awsbudgets.CfnBudget
	queries     *SavedQueries
	costReports *CostReports
}

// NewMonitoring creates, in this order, the topic unless there is one, the audit trail with the tenants' metrics if configured, the alarms
// that no other construct has, the paging alarm over the urgent alarms of all constructs with its topic unless one is given, the dashboard,
// the budget if configured, the saved queries, and the cost reports if configured.
//
// It does not repeat the alarms of the other constructs, such as UpstreamThrottled of the proxy: the dashboard shows them, and the paging
// alarm includes the urgent ones. Invalid props become error annotations on the construct, all of them in one synth. NewMonitoring panics
// if UserPool, Proxy or PoolWebACL is nil.
func NewMonitoring(scope constructs.Construct, id *string, props *MonitoringProps) *Monitoring {
	if props == nil || props.UserPool == nil || props.Proxy == nil || props.PoolWebACL == nil {
		panic("monitoring: MonitoringProps.UserPool, Proxy and PoolWebACL are required")
	}
	m := &Monitoring{Construct: constructs.NewConstruct(scope, id), topic: props.AlarmTopic}
	var errs report.Errors
	s := props.check(&errs, m.Construct)
	errs.Attach(m.Construct)

	m.addTopic(&s)
	m.addTrail(&s)
	if !isOn(s.DisableAlarms) {
		m.addAlarms(&s)
		m.addAnomalies(&s)
		m.addPaging(&s)
	}
	if !isOn(s.DisableDashboard) {
		m.addDashboard(&s)
	}
	if s.budget != nil {
		m.addBudget(s.budget)
	}
	if !isOn(s.DisableQueries) {
		m.addQueries(&s)
	}
	if s.CostReports != nil {
		m.costReports = NewCostReports(m.Construct, jsii.String("CostReports"), s.CostReports)
	}
	return m
}

func (m *Monitoring) addTopic(s *settings) {
	if m.topic == nil && s.OriginHeaderRotation != nil {
		m.topic = s.OriginHeaderRotation.AlarmTopic()
	}
	if needed := !isOn(s.DisableAlarms) || s.budget != nil || s.Trail != nil && !isOn(s.DisableUsage); m.topic == nil && needed {
		newTopic := alarmtopic.New
		if s.budget != nil {
			newTopic = alarmtopic.NewWithBudgets
		}
		m.topic = newTopic(m.Construct, s.RemovalPolicy)
	}
}

func isOn(flag *bool) bool { return flag != nil && *flag }

// AlarmTopic is the topic that the alarms notify; nil if there are no alarms and none was given.
func (m *Monitoring) AlarmTopic() awssns.ITopic { return m.topic }

// PagingTopic is the topic that the paging alarm notifies; nil with DisableAlarms.
func (m *Monitoring) PagingTopic() awssns.ITopic { return m.pagingTopic }

// Trail is the audit trail; nil without MonitoringProps.Trail.
func (m *Monitoring) Trail() *AuditTrail { return m.trail }

// Usage has the tenants' metrics; nil without MonitoringProps.Trail, or with DisableUsage.
func (m *Monitoring) Usage() *Usage { return m.usage }

// Alarms returns the alarms of the construct, without PagingAlarm and those of Usage.
func (m *Monitoring) Alarms() []awscloudwatch.Alarm { return slices.Clone(m.alarms.All) }

// PagingAlarm is in alarm while an urgent alarm of any construct is; nil with DisableAlarms.
func (m *Monitoring) PagingAlarm() awscloudwatch.CompositeAlarm { return m.paging }

// Dashboard is the dashboard; nil with DisableDashboard.
func (m *Monitoring) Dashboard() awscloudwatch.Dashboard { return m.dashboard }

// Budget is the budget; nil without MonthlyBudget.
func (m *Monitoring) Budget() awsbudgets.CfnBudget { return m.budget }

// Queries are the saved queries; nil with DisableQueries.
func (m *Monitoring) Queries() *SavedQueries { return m.queries }

// CostReports are the cost reports; nil without MonitoringProps.CostReports.
func (m *Monitoring) CostReports() *CostReports { return m.costReports }
