// Package insights saves CloudWatch Logs Insights queries over the logs of the system, in one folder.
package insights

import (
	"math"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

const defaultFolder = "cognito-m2m"

// folderPattern is CloudFormation's for the names of queries, whose folder is what is before the last '/'.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-querydefinition.html
var folderPattern = regexp.MustCompile(`^[^:*/]+(/[^:*/]+)*$`)

// SavedQueries are queries in the console's list of them. What they answer, and what they cannot, is in internal/insights. Running one costs $0.005 per GB
// that the log has in the time that is asked about (us-east-1); that they are there costs nothing.
type SavedQueries struct {
	constructs.Construct
	names []string
}

// NewSavedQueries creates a query definition for each query whose log is given. Their IDs are the queries' names.
//
// Mistakes in props become error annotations on the construct.
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
		if group == nil || (query.Name == insights.RequestsByClient && !isTrue(s.ClientsInAccessLog)) {
			continue
		}
		awslogs.NewCfnQueryDefinition(q.Construct, jsii.String(query.Name), &awslogs.CfnQueryDefinitionProps{
			Name:          jsii.String(*s.Folder + "/" + query.Name),
			QueryString:   jsii.String(query.Text),
			LogGroupNames: &[]any{group.LogGroupName()},
		})
		q.names = append(q.names, *s.Folder+"/"+query.Name)
	}
	return q
}

func isTrue(b *bool) bool { return b != nil && *b }

func (s *SavedQueriesProps) logs() map[insights.Source]awslogs.ILogGroup {
	return map[insights.Source]awslogs.ILogGroup{
		insights.Trail: s.TrailLogGroup, insights.AccessLog: s.AccessLog, insights.PoolWebACL: s.PoolWebACLLog, insights.EdgeWebACL: s.EdgeWebACLLog,
		insights.OriginHeaderRotation: s.RotationLog, insights.ClientSecretRotation: s.ClientSecretRotationLog,
	}
}

// check notes what is wrong, and fills in defaults. It returns the days.
func (s *SavedQueriesProps) check(errs *report.Errors) int {
	switch {
	case s.Folder == nil:
		s.Folder = jsii.String(defaultFolder)
	case report.IsToken(s.Folder):
		errs.Addf("Folder", "must be known at synth, where it is checked")
	case len(*s.Folder) > 200 || !folderPattern.MatchString(*s.Folder):
		errs.Addf("Folder", "%q is not allowed: want a match of %s of at most 200 characters", *s.Folder, folderPattern)
	}
	given := 0
	for _, group := range s.logs() {
		if group != nil {
			given++
		}
	}
	if given == 0 {
		errs.Addf("TrailLogGroup, AccessLog, …", "there is no log to query: set one at least")
	}
	if isTrue(s.ClientsInAccessLog) && s.AccessLog == nil {
		errs.Addf("ClientsInAccessLog", "is set without AccessLog")
	}
	days := float64(insights.DefaultUnusedDays)
	if s.UnusedDays != nil {
		days = *s.UnusedDays
	}
	if days != math.Trunc(days) {
		errs.Addf("UnusedDays", "%v is not allowed: use a whole number from 1 to %d", days, insights.MaxUnusedDays)
	} else {
		errs.Add("UnusedDays", insights.UnusedDays(int(days)))
	}
	return int(days)
}

// Names are the names of the queries, with the folder.
func (q *SavedQueries) Names() []string { return q.names }
