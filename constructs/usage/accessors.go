package usage

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// Namespace is the CloudWatch namespace of the metrics.
const Namespace = usage.Namespace

// TokensIssued are the tokens that Cognito issued for clients of the pool: what it charges for. Tokens from the gateway's cache are not among them. Sum in
// five minutes.
func (u *Usage) TokensIssued() awscloudwatch.Metric { return u.metric(usage.TokensIssued, nil) }

// TokensIssuedBy are the tokens that Cognito issued for one tenant, by its app client's name. Only a named tenant is sure to have this metric: see
// UsageProps.NamedTenants. Sum in five minutes.
func (u *Usage) TokensIssuedBy(tenant *string) awscloudwatch.Metric {
	return u.metric(usage.TokensIssued, map[string]*string{usage.DimensionTenant: tenant})
}

// RequestsFailed are the requests for which Cognito issued no token. Sum in five minutes.
func (u *Usage) RequestsFailed() awscloudwatch.Metric {
	return u.metric(usage.TokenRequestsFailed, nil)
}

// RequestsFailedWith are the requests that failed with an error, such as invalid_client or "HTTP 400". Sum in five minutes.
func (u *Usage) RequestsFailedWith(name *string) awscloudwatch.Metric {
	return u.metric(usage.TokenRequestsFailed, map[string]*string{usage.DimensionError: name})
}

// RequestsWithoutClientID are the requests of which CloudTrail tells no app client, so that they count for no tenant. Sum in five minutes.
func (u *Usage) RequestsWithoutClientID() awscloudwatch.Metric {
	return u.metric(usage.RequestsWithoutClientID, nil)
}

// TopTenants is a search for the metrics of the tenants of the pool that have one, for a graph: in the order of their sums, the greatest first, as many as
// given. An alarm cannot have a search.
func (u *Usage) TopTenants(count int) awscloudwatch.SearchExpression {
	return awscloudwatch.NewSearchExpression(&awscloudwatch.SearchExpressionProps{
		Expression: jsii.String(topTenants(*u.pool, count)), Label: jsii.String(""), Period: u.TokensIssued().Period(),
	})
}

// Function counts.
func (u *Usage) Function() awslambda.IFunction { return u.function }

// Role is the function's role.
func (u *Usage) Role() awsiam.IRole { return u.role }

// Log is the function's log: JSON lines, most of them metrics in the embedded metric format, of which CloudWatch makes the metrics.
func (u *Usage) Log() awslogs.ILogGroup { return u.log }

// DeadLetters has the batches that were given up.
func (u *Usage) DeadLetters() awssqs.IQueue { return u.deadLetters }

// AlarmTopic gets the alarms.
func (u *Usage) AlarmTopic() awssns.ITopic { return u.topic }

// Alarms are all alarms.
func (u *Usage) Alarms() []awscloudwatch.Alarm { return u.alarms }
