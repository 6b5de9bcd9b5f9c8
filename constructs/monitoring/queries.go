package monitoring

import (
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/insights"
)

// addQueries saves the queries over the logs that there are.
func (m *Monitoring) addQueries(s *settings) {
	props := &insights.SavedQueriesProps{AccessLog: s.Proxy.AccessLog(), ClientsInAccessLog: jsii.Bool(s.Proxy.LogsClients())}
	if s.Queries != nil {
		props.Folder, props.UnusedDays = s.Queries.Folder, s.Queries.UnusedDays
	}
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
	m.queries = insights.NewSavedQueries(m.Construct, jsii.String("Queries"), props)
}

func (m *Monitoring) addCostReports(s *settings) {
	m.costReports = costreports.NewCostReports(m.Construct, jsii.String("CostReports"), s.CostReports)
}
