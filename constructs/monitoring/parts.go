package monitoring

import "github.com/aws/jsii-runtime-go"

// addTrail creates the trail, and the metrics that are made from it.
func (m *Monitoring) addTrail(s *settings) {
	if s.Trail == nil {
		return
	}
	trail := *s.Trail
	if trail.ExistingLogGroup == nil { // Otherwise setting these is an error.
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
	m.trail = NewAuditTrail(m.Construct, jsii.String("Trail"), &trail)
	if isOn(s.DisableUsage) {
		return
	}
	usage := *s.Usage
	usage.TrailLogGroup, usage.UserPool, usage.AlarmTopic = m.trail.LogGroup(), s.UserPool, m.topic
	usage.LogRetention, usage.LogEncryptionKey, usage.RemovalPolicy = s.LogRetention, s.LogEncryptionKey, s.RemovalPolicy
	m.usage = NewUsage(m.Construct, jsii.String("Usage"), &usage)
	s.usage = m.usage
}

// addQueries saves the queries over all logs that exist.
func (m *Monitoring) addQueries(s *settings) {
	props := SavedQueriesProps{}
	if s.Queries != nil {
		props = *s.Queries
	}
	props.AccessLog, props.ClientsInAccessLog = s.Proxy.AccessLog(), jsii.Bool(s.Proxy.LogsClients())
	if log := s.PoolWebACL.Log(); log != nil {
		props.PoolWebACLLog = log
	}
	if m.trail != nil {
		props.TrailLogGroup = m.trail.LogGroup()
	}
	if s.Edge != nil {
		props.EdgeWebACLLog = s.Edge.Log()
	}
	if s.OriginHeaderRotation != nil {
		props.RotationLog = s.OriginHeaderRotation.Log()
	}
	if s.ClientSecretRotation != nil {
		props.ClientSecretRotationLog = s.ClientSecretRotation.Log()
	}
	m.queries = NewSavedQueries(m.Construct, jsii.String("Queries"), &props)
}
