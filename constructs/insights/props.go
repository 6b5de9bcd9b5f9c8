package insights

import "github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

// SavedQueriesProps configure SavedQueries. The queries over a log that is not given are left out; one log at least is required.
type SavedQueriesProps struct {
	// Folder has the queries: names without ':' and '*', separated by '/', at most 200 characters. Two environments in one account and Region need two
	// folders. Default: "cognito-m2m".
	Folder *string
	// TrailLogGroup gets CloudTrail's management events (audittrail.AuditTrail.LogGroup).
	TrailLogGroup awslogs.ILogGroup
	// AccessLog is the token proxy's (tokenproxy.TokenProxy.AccessLog).
	AccessLog awslogs.ILogGroup
	// ClientsInAccessLog adds the query by client: the access log names clients only when the proxy has a Lambda authorizer
	// (tokenproxy.TokenProxy.LogsClients). Default: false.
	ClientsInAccessLog *bool
	// PoolWebACLLog is AWS WAF's for the user pool's web ACL.
	PoolWebACLLog awslogs.ILogGroup
	// EdgeWebACLLog is AWS WAF's for the edge web ACL (webacl.EdgeWebACL.Log).
	EdgeWebACLLog awslogs.ILogGroup
	// RotationLog is the log of the origin header's rotation (originheader.HeaderRotation.Log).
	RotationLog awslogs.ILogGroup
	// ClientSecretRotationLog is the log of the client secrets' rotation (clientsecret.SecretRotation.Log).
	ClientSecretRotationLog awslogs.ILogGroup
	// UnusedDays is after how many days without a token a client counts as unused: a whole number from 1 to 365. The trail's log must be kept for longer.
	// Default: 30.
	UnusedDays *float64
}
