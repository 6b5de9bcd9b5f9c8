package monitoring

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
)

// addPaging creates the alarm that pages, and its topic unless one is given. The topic must not be the one that each alarm notifies: its
// subscribers would be notified twice. The rule has a few dozen alarms, well below the limits of 100 alarms and 10,240 characters:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func (m *Monitoring) addPaging(s *settings) {
	when := func(alarm awscloudwatch.Alarm, state awscloudwatch.AlarmState) awscloudwatch.IAlarmRule {
		return awscloudwatch.AlarmRule_FromAlarm(alarm, state)
	}
	var rules []awscloudwatch.IAlarmRule
	for _, alarm := range s.urgent(m) {
		rules = append(rules, when(alarm, awscloudwatch.AlarmState_ALARM))
	}
	rules = append(rules, awscloudwatch.AlarmRule_AllOf(
		when(m.unprotected, awscloudwatch.AlarmState_ALARM), when(m.silent, awscloudwatch.AlarmState_OK)))
	m.paging = awscloudwatch.NewCompositeAlarm(m.Construct, jsii.String("PagingAlarm"), &awscloudwatch.CompositeAlarmProps{
		AlarmDescription: jsii.String("Clients get no tokens, or get some that they should not. " +
			"The alarms that are on say which, and what to do; see \"Paging\" in docs/runbook.md."),
		AlarmRule: awscloudwatch.AlarmRule_AnyOf(rules...),
	})
	if m.pagingTopic = s.PagingTopic; m.pagingTopic == nil {
		m.pagingTopic = alarmtopic.New(constructs.NewConstruct(m.Construct, jsii.String("Paging")), s.RemovalPolicy)
	}
	m.paging.AddAlarmAction(alarms.Notify(m.pagingTopic))
}

// alarmed is a construct that has alarms.
type alarmed interface {
	Alarms() []awscloudwatch.Alarm
	UrgentAlarms() []awscloudwatch.Alarm
}

// alarmed returns the other constructs that have alarms.
func (s *settings) alarmed() []alarmed {
	all := []alarmed{s.Proxy}
	if s.OriginHeaderRotation != nil {
		all = append(all, s.OriginHeaderRotation)
	}
	if s.ClientSecretRotation != nil {
		all = append(all, s.ClientSecretRotation)
	}
	if s.Revocation != nil {
		all = append(all, s.Revocation)
	}
	return all
}

// urgent returns the alarms of all constructs that page by themselves.
func (s *settings) urgent(m *Monitoring) []awscloudwatch.Alarm {
	urgent := slices.Clone(m.alarms.Urgent)
	for _, construct := range s.alarmed() {
		urgent = append(urgent, construct.UrgentAlarms()...)
	}
	if s.Revocation == nil {
		urgent = append(urgent, s.Proxy.StaleErrorsAlarm()) // Nothing flushes the cache after it.
	}
	return urgent
}

// others returns all alarms of the other constructs.
func (s *settings) others() []awscloudwatch.Alarm {
	var others []awscloudwatch.Alarm
	for _, construct := range s.alarmed() {
		others = append(others, construct.Alarms()...)
	}
	if s.usage != nil {
		others = append(others, s.usage.Alarms()...)
	}
	return others
}
