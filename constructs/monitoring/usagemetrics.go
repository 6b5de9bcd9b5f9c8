package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// TokensIssued is the number of tokens that Cognito issued for clients of the pool, which is what it charges for. Tokens from the gateway's
// cache are not included. Sum in five minutes.
func (u *Usage) TokensIssued() awscloudwatch.Metric { return u.metric(usage.TokensIssued, nil) }

// TokensIssuedBy is the number of tokens that Cognito issued for one tenant, by the name of its app client. Only named tenants always have
// this metric, see UsageProps.NamedTenants. Sum in five minutes.
func (u *Usage) TokensIssuedBy(tenant *string) awscloudwatch.Metric {
	return u.metric(usage.TokensIssued, map[string]*string{usage.DimensionTenant: tenant})
}

// RequestsFailed is the number of requests for which Cognito issued no token. Sum in five minutes.
func (u *Usage) RequestsFailed() awscloudwatch.Metric {
	return u.metric(usage.TokenRequestsFailed, nil)
}

// RequestsFailedWith is the number of requests that failed with an error, such as invalid_client or "HTTP 400". Sum in five minutes.
func (u *Usage) RequestsFailedWith(name *string) awscloudwatch.Metric {
	return u.metric(usage.TokenRequestsFailed, map[string]*string{usage.DimensionError: name})
}

// RequestsWithoutClientID is the number of requests whose event in CloudTrail names no app client, so that they count for no tenant. Sum in
// five minutes.
func (u *Usage) RequestsWithoutClientID() awscloudwatch.Metric {
	return u.metric(usage.RequestsWithoutClientID, nil)
}

// TopTenants is a search expression for a graph of TokensIssuedBy: the count tenants with the greatest sums, the greatest first. CloudWatch
// finds at most 100 series, and none without data for two weeks. Alarms cannot use a search expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func (u *Usage) TopTenants(count int) awscloudwatch.SearchExpression {
	expression := fmt.Sprintf(`SLICE(SORT(SEARCH('{%s,%s,%s} MetricName="%s" %s="%s"', 'Sum'), SUM, DESC), 0, %d)`,
		usage.Namespace, usage.DimensionTenant, usage.DimensionUserPool, usage.TokensIssued, usage.DimensionUserPool, *u.pool, count)
	return awscloudwatch.NewSearchExpression(&awscloudwatch.SearchExpressionProps{
		Expression: jsii.String(expression), Label: jsii.String(""), Period: minutes(5),
	})
}

func (u *Usage) metric(name string, dimensions map[string]*string) awscloudwatch.Metric {
	all := map[string]*string{usage.DimensionUserPool: u.pool}
	for dimension, value := range dimensions {
		all[dimension] = value
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(usage.Namespace),
		MetricName:    jsii.String(name),
		DimensionsMap: &all,
		Statistic:     jsii.String("Sum"),
		Period:        minutes(5),
	})
}

// Function is the function that counts.
func (u *Usage) Function() awslambda.IFunction { return u.function }

// Role is the function's role.
func (u *Usage) Role() awsiam.IRole { return u.role }

// Log is the function's log: JSON lines, most of them metrics in the embedded metric format.
func (u *Usage) Log() awslogs.ILogGroup { return u.log }

// DeadLetters is the queue with the batches that the function failed to count.
func (u *Usage) DeadLetters() awssqs.IQueue { return u.deadLetters }

// AlarmTopic is the topic that the alarms notify.
func (u *Usage) AlarmTopic() awssns.ITopic { return u.topic }

// Alarms returns all alarms of the construct.
func (u *Usage) Alarms() []awscloudwatch.Alarm { return u.alarms }
