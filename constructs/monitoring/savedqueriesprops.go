package monitoring

import (
	"math"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

// SavedQueriesProps configure SavedQueries. Queries over a log that is not set are not created; at least one log is required.
type SavedQueriesProps struct {
	// Folder is the folder of the queries: names without ':' and '*', separated by '/', at most 200 characters. Two environments in one
	// account and Region need different folders. Default: cognito-m2m.
	Folder *string
	// TrailLogGroup has CloudTrail's management events, see AuditTrail.LogGroup.
	TrailLogGroup awslogs.ILogGroup
	// AccessLog is the token proxy's access log, see tokenproxy.TokenProxy.AccessLog.
	AccessLog awslogs.ILogGroup
	// ClientsInAccessLog adds the query by client. The access log names clients only if the proxy has a Lambda authorizer, see
	// tokenproxy.TokenProxy.LogsClients. Default: false.
	ClientsInAccessLog *bool
	// PoolWebACLLog is AWS WAF's log of the user pool's web ACL, see webacl.PoolWebACL.Log.
	PoolWebACLLog awslogs.ILogGroup
	// EdgeWebACLLog is AWS WAF's log of the edge web ACL, see webacl.EdgeWebACL.Log.
	EdgeWebACLLog awslogs.ILogGroup
	// RotationLog is the log of the origin header's rotation, see originheader.HeaderRotation.Log.
	RotationLog awslogs.ILogGroup
	// ClientSecretRotationLog is the log of the client secrets' rotation, see clientsecret.SecretRotation.Log.
	ClientSecretRotationLog awslogs.ILogGroup
	// UnusedDays is the number of days without a token after which a client counts as unused: a whole number from 1 to 365. The trail's log
	// must be kept for longer. Default: 30.
	UnusedDays *float64
}

// folderPattern is CloudFormation's pattern for the names of queries, whose folder is the part before the last '/'.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-logs-querydefinition.html
var folderPattern = regexp.MustCompile(`^[^:*/]+(/[^:*/]+)*$`)

// check reports invalid props and fills in defaults. It returns the days.
func (s *SavedQueriesProps) check(errs *report.Errors) int {
	switch {
	case s.Folder == nil:
		s.Folder = jsii.String("cognito-m2m")
	case report.IsToken(s.Folder):
		errs.Addf("Folder", "must be known at synth, where it is checked")
	case len(*s.Folder) > 200 || !folderPattern.MatchString(*s.Folder):
		errs.Addf("Folder", "%q is not allowed: want a match of %s of at most 200 characters", *s.Folder, folderPattern)
	}
	logs := 0
	for _, group := range s.logs() {
		if group != nil {
			logs++
		}
	}
	if logs == 0 {
		errs.Addf("TrailLogGroup, AccessLog, …", "there is no log to query: set at least one")
	}
	if isOn(s.ClientsInAccessLog) && s.AccessLog == nil {
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

func (s *SavedQueriesProps) logs() map[insights.Source]awslogs.ILogGroup {
	return map[insights.Source]awslogs.ILogGroup{
		insights.Trail:                s.TrailLogGroup,
		insights.AccessLog:            s.AccessLog,
		insights.PoolWebACL:           s.PoolWebACLLog,
		insights.EdgeWebACL:           s.EdgeWebACLLog,
		insights.OriginHeaderRotation: s.RotationLog,
		insights.ClientSecretRotation: s.ClientSecretRotationLog,
	}
}
