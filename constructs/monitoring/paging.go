package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
)

// addPaging creates the alarm that somebody is to be woken for, and the topic for it unless there is one: each alarm tells the alarms' topic by itself, and
// who is subscribed to that should not be told twice. Its rule is a few dozen alarms at most, far from the 100 that it may look at and the 10,240
// characters that it may have: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func (m *Monitoring) addPaging(s *settings) {
	var rules []awscloudwatch.IAlarmRule
	for _, alarm := range s.urgent(m) {
		rules = append(rules, awscloudwatch.AlarmRule_FromAlarm(alarm, awscloudwatch.AlarmState_ALARM))
	}
	rules = append(rules, awscloudwatch.AlarmRule_AllOf(
		awscloudwatch.AlarmRule_FromAlarm(m.unprotected, awscloudwatch.AlarmState_ALARM), awscloudwatch.AlarmRule_FromAlarm(m.silent, awscloudwatch.AlarmState_OK)))
	m.paging = awscloudwatch.NewCompositeAlarm(m.Construct, jsii.String("PagingAlarm"), &awscloudwatch.CompositeAlarmProps{
		AlarmDescription: jsii.String("Clients get no tokens, or get some that they should not. The alarms that are on say which, and what to do; see \"Paging\" in docs/runbook.md."),
		AlarmRule:        awscloudwatch.AlarmRule_AnyOf(rules...),
	})
	if m.pagingTopic = s.PagingTopic; m.pagingTopic == nil {
		m.pagingTopic = alarmtopic.New(constructs.NewConstruct(m.Construct, jsii.String("Paging")), s.RemovalPolicy)
	}
	m.paging.AddAlarmAction(awscloudwatchactions.NewSnsAction(m.pagingTopic))
}

// urgent are the alarms that page by themselves, of all constructs.
func (s *settings) urgent(m *Monitoring) []awscloudwatch.Alarm {
	urgent := append([]awscloudwatch.Alarm(nil), m.alarms.Urgent...)
	urgent = append(urgent, s.Proxy.UrgentAlarms()...)
	if s.OriginHeaderRotation != nil {
		urgent = append(urgent, s.OriginHeaderRotation.UrgentAlarms()...)
	}
	if s.ClientSecretRotation != nil {
		urgent = append(urgent, s.ClientSecretRotation.UrgentAlarms()...)
	}
	if s.Revocation != nil {
		urgent = append(urgent, s.Revocation.UrgentAlarms()...)
	} else {
		urgent = append(urgent, s.Proxy.StaleErrorsAlarm()) // No flush follows it.
	}
	return urgent
}

// others are all alarms of the other constructs.
func (s *settings) others() []awscloudwatch.Alarm {
	others := append([]awscloudwatch.Alarm(nil), s.Proxy.Alarms()...)
	if s.OriginHeaderRotation != nil {
		others = append(others, s.OriginHeaderRotation.Alarms()...)
	}
	if s.ClientSecretRotation != nil {
		others = append(others, s.ClientSecretRotation.Alarms()...)
	}
	if s.Revocation != nil {
		others = append(others, s.Revocation.Alarms()...)
	}
	if s.usage != nil {
		others = append(others, s.usage.Alarms()...)
	}
	return others
}
