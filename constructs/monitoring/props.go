package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// MonitoringProps configure a Monitoring. A Monitoring reads the constructs in its props and changes none of them.
type MonitoringProps struct {
	// UserPool is the user pool. Required.
	UserPool awscognito.IUserPool
	// Proxy is the token proxy in front of it. Required.
	Proxy *tokenproxy.TokenProxy
	// PoolWebACL is the web ACL that lets only the proxy reach the pool. Required.
	PoolWebACL *webacl.PoolWebACL
	// Edge is the web ACL in front of the proxy. Default: none.
	Edge *webacl.EdgeWebACL
	// OriginHeaderRotation rotates the header by which PoolWebACL recognizes the proxy. Default: none.
	OriginHeaderRotation *originheader.HeaderRotation
	// ClientSecretRotation rotates the tenants' client secrets. Default: none.
	ClientSecretRotation *clientsecret.SecretRotation
	// Revocation flushes the proxy's cache. Default: none.
	Revocation *revocation.Revocation
	// Trail records the account's management events, from which the tenants' tokens are counted. Logs, key and removal policy default to those
	// of MonitoringProps. Default: none; the gateway's metrics count all tokens together.
	Trail *AuditTrailProps
	// Usage configures the tenants' metrics. Monitoring sets all its fields but NamedTenants, MaxTenants and ReservedConcurrency. Named
	// tenants also get an alarm on unusual use. Default: all defaults of UsageProps.
	Usage *UsageProps
	// DisableUsage leaves the tenants' metrics out in spite of Trail. Default: false.
	DisableUsage *bool
	// Queries configures the saved queries. Monitoring sets all its fields but Folder and UnusedDays. Default: all defaults of
	// SavedQueriesProps.
	Queries *SavedQueriesProps
	// DisableQueries leaves the saved queries out. Default: false.
	DisableQueries *bool
	// CostReports saves Athena queries of what AWS bills for Cognito, by resource. Default: none.
	CostReports *CostReportsProps
	// DisableDashboard leaves the dashboard out. Default: false.
	DisableDashboard *bool
	// DashboardName is the dashboard's name: up to 255 letters, digits, '-' and '_'. Default: derived from the construct's path.
	DashboardName *string
	// RunbookURL is the URL of docs/runbook.md, for links in the dashboard. Default: none; the dashboard names the sections without links.
	RunbookURL *string
	// DisableAlarms leaves the alarms and the paging alarm out. Default: false.
	DisableAlarms *bool
	// Thresholds are the thresholds of the alarms. Default: all defaults of Thresholds.
	Thresholds *Thresholds
	// Prices are the prices for the estimated costs. Default: AWS's list prices of the stack's Region or, if the module has none for it, of
	// us-east-1.
	Prices *Prices
	// MonthlyBudget is the budget for Cognito. Default: none; there is neither a budget nor an alarm on the estimated cost.
	MonthlyBudget *Budget
	// AlarmTopic is notified by the alarms. Its policy and its key's policy must let CloudWatch publish and, with MonthlyBudget, AWS Budgets.
	// Default: the topic of OriginHeaderRotation or, without one, a new encrypted topic without subscriptions.
	AlarmTopic awssns.ITopic
	// PagingTopic is notified by the paging alarm alone: the urgent alarms notify AlarmTopic. Its policies must let CloudWatch publish.
	// Default: a new encrypted topic without subscriptions.
	PagingTopic awssns.ITopic
	// LogRetention is how long the logs are kept, the trail's unless Trail sets it. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts these logs. The policy of a key from outside the app must let CloudWatch Logs use it. Default: new customer
	// managed keys.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the logs, the trail's bucket and the keys when the stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a failed creation leaves no resource whose name blocks the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// Thresholds are the thresholds of the alarms.
type Thresholds struct {
	// ServerErrorRate is the share of requests answered with 5xx in five minutes, more than 0 and up to 1. Default: 0.01.
	ServerErrorRate *float64
	// MinRequests is the minimum number of requests in five minutes for which ServerErrorRate counts, at least 1. Default: 20.
	MinRequests *float64
	// HitRatio is the share of requests that the cache must answer, more than 0 and less than 1, in each of two hours with at least 100
	// requests. Default: 0.5.
	HitRatio *float64
	// LatencyP99 is the latency that 99 of 100 requests must stay below in three periods of five minutes: more than 0 and up to 29 seconds,
	// the timeout of API Gateway. Default: 2 seconds.
	LatencyP99 awscdk.Duration
	// DirectAccessBlocks is the number of requests in five minutes that PoolWebACL blocked, at least 1: attempts to get tokens around the
	// proxy. Default: 100.
	DirectAccessBlocks *float64
	// EdgeBlocks is the number of requests in five minutes that Edge blocked, at least 1. Default: 1000.
	EdgeBlocks *float64
	// AnomalyBand is the number of standard deviations by which a named tenant's tokens of an hour may exceed what CloudWatch expects, more
	// than 0 and up to 20. Default: 3.
	AnomalyBand *float64
}

// Prices are prices in US dollars.
type Prices struct {
	// PerThousandTokens is the price of 1,000 token requests, in place of Cognito's tiers. Default: the tiers.
	PerThousandTokens *float64
	// CachePerHour is the price of one hour of the proxy's cache. Default: API Gateway's price for its size.
	CachePerHour *float64
}

// Budget is a budget for Cognito in a calendar month.
type Budget struct {
	// USD is the budget in US dollars, more than 0. Required.
	USD *float64
	// ActualAt is the percentage of the budget whose spending is reported, more than 0 and up to 1000. Default: 80.
	ActualAt *float64
	// ForecastAt is the percentage of the budget whose forecast is reported, more than 0 and up to 1000. AWS needs about five weeks of usage
	// for a forecast. Default: 100.
	ForecastAt *float64
	// Emails are addresses that receive the budget's messages in addition to the topic, up to 10. Default: none.
	Emails []*string
	// Tag limits the budget to resources with this cost allocation tag, which must be activated in Billing. Default: all of Cognito in the
	// account.
	Tag *Tag
}

// Tag is a cost allocation tag.
type Tag struct {
	// Key and Value are required.
	Key, Value *string
}
