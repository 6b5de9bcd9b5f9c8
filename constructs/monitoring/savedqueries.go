package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

// SavedQueries are CloudWatch Logs Insights queries over the logs of the token service, in one folder of the console. docs/runbook.md says
// when to run which. AWS charges $0.005 for each GB that a query scans (us-east-1); saved queries are free.
type SavedQueries struct {
	constructs.Construct
	names []*string
}

// NewSavedQueries creates a query definition for each query whose log is set. Their construct IDs are the names of the queries.
//
// Invalid props become error annotations on the construct.
func NewSavedQueries(scope constructs.Construct, id *string, props *SavedQueriesProps) *SavedQueries {
	q := &SavedQueries{Construct: constructs.NewConstruct(scope, id)}
	s := SavedQueriesProps{}
	if props != nil {
		s = *props
	}
	var errs report.Errors
	days := s.check(&errs)
	errs.Attach(q.Construct)

	logs := s.logs()
	for _, query := range insights.Queries(days) {
		group := logs[query.Source]
		if group == nil || (query.Name == insights.RequestsByClient && !isOn(s.ClientsInAccessLog)) {
			continue
		}
		name := jsii.String(*s.Folder + "/" + query.Name)
		awslogs.NewCfnQueryDefinition(q.Construct, jsii.String(query.Name), &awslogs.CfnQueryDefinitionProps{
			Name: name, QueryString: jsii.String(query.Text), LogGroupNames: &[]any{group.LogGroupName()},
		})
		q.names = append(q.names, name)
	}
	return q
}

// Names returns the names of the queries, with the folder.
func (q *SavedQueries) Names() []*string { return q.names }
