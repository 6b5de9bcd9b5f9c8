package monitoring

import (
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/audittrail"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/usage"
)

// addTrail creates the trail, and the metrics that are made from it.
func (m *Monitoring) addTrail(s *settings) {
	if s.Trail == nil {
		return
	}
	trail := *s.Trail
	if trail.ExistingLogGroup == nil { // Else these are mistakes.
		if trail.LogRetention == "" {
			trail.LogRetention = s.LogRetention
		}
		if trail.LogEncryptionKey == nil {
			trail.LogEncryptionKey = s.LogEncryptionKey
		}
		if trail.RemovalPolicy == "" {
			trail.RemovalPolicy = s.RemovalPolicy
		}
	}
	m.trail = audittrail.NewAuditTrail(m.Construct, jsii.String("Trail"), &trail)
	if !isOff(s.DisableUsage) {
		return
	}
	m.usage = usage.NewUsage(m.Construct, jsii.String("Usage"), &usage.UsageProps{
		TrailLogGroup:    m.trail.LogGroup(),
		UserPool:         s.Pool.UserPool(),
		NamedTenants:     s.Usage.NamedTenants,
		MaxTenants:       s.Usage.MaxTenants,
		AlarmTopic:       m.topic,
		LogRetention:     s.LogRetention,
		LogEncryptionKey: s.LogEncryptionKey,
		RemovalPolicy:    s.RemovalPolicy,
	})
	s.usage = m.usage
}
