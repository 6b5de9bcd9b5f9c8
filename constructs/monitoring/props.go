package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/audittrail"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// MonitoringProps configure a Monitoring. What it looks at is only read: nothing of it changes.
type MonitoringProps struct {
	// Pool is the user pool. Required.
	Pool *m2mpool.M2MPool
	// Proxy is the token proxy before it. Required.
	Proxy *tokenproxy.TokenProxy
	// PoolWebACL lets only the proxy reach the pool. Required.
	PoolWebACL *webacl.PoolWebACL
	// Edge is the web ACL before the proxy. Default: none.
	Edge *webacl.EdgeWebACL
	// OriginHeaderRotation rotates the header by which PoolWebACL knows the proxy. Default: none.
	OriginHeaderRotation *originheader.HeaderRotation
	// ClientSecretRotation rotates the tenants' client secrets. Default: none.
	ClientSecretRotation *clientsecret.SecretRotation
	// Revocation flushes the proxy's cache. Default: none.
	Revocation *revocation.Revocation
	// Trail records the account's management events, which tell the tenants' tokens apart. Default: none; tokens are counted together, at the gateway.
	Trail *audittrail.AuditTrailProps
	// Usage says which tenants have metrics of their own. Default: no tenant is sure to, and up to 100 do.
	Usage *UsageOptions
	// DisableUsage leaves the tenants' metrics out in spite of Trail. Default: false.
	DisableUsage *bool
	// Queries say where queries are saved and when a client is unused. Default: those of package insights.
	Queries *QueryOptions
	// DisableQueries leaves the saved queries out. Default: false.
	DisableQueries *bool
	// CostReports saves Athena queries of what Cognito bills, by resource. Default: none.
	CostReports *costreports.CostReportsProps
	// DisableDashboard leaves the dashboard out. Default: false.
	DisableDashboard *bool
	// DashboardName is the dashboard's name: up to 255 letters, digits, '-' and '_'. Default: derived from the construct's path.
	DashboardName *string
	// RunbookURL is where docs/runbook.md can be read, to which the dashboard links. Default: none, the dashboard names its sections only.
	RunbookURL *string
	// DisableAlarms leaves the alarms and the paging alarm out. Default: false.
	DisableAlarms *bool
	// Thresholds say what is an alarm. Default: those of Thresholds.
	Thresholds *Thresholds
	// Prices are what costs are estimated with. Default: those of internal/pricing/prices.yaml, without discounts, for the stack's Region, or when there are none for
	// it for us-east-1.
	Prices *Prices
	// MonthlyBudget is what Cognito may cost. Default: none; there is neither a budget nor an alarm on the estimated cost.
	MonthlyBudget *Budget
	// AlarmTopic gets the alarms. Its policy and its key's must let CloudWatch publish, and AWS Budgets with MonthlyBudget. Default: that of
	// OriginHeaderRotation, or without one an encrypted topic of its own, without subscriptions.
	AlarmTopic awssns.ITopic
	// PagingTopic gets the paging alarm, and nothing else by itself: the urgent alarms tell AlarmTopic as all do. The same conditions hold. Default: an
	// encrypted topic of its own, without subscriptions.
	PagingTopic awssns.ITopic
	// LogRetention is how long logs are kept for which Trail does not say it. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts those logs. The policy of a key from outside the app must let CloudWatch Logs use it. Default: customer managed keys of
	// their own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to logs, the trail's bucket and keys when the stack is deleted. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a creation
	// that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// UsageOptions are options of package usage.
type UsageOptions struct {
	// NamedTenants always have metrics of their own, and alarms when they get tokens as they never did: up to 20, by their ids. Default: none.
	NamedTenants []*string
	// MaxTenants bounds the tenants with metrics, the named ones among them: 1 to 1000, at about $0.30 a month each. Default: 100.
	MaxTenants *float64
}

// QueryOptions are options of package insights.
type QueryOptions struct {
	// Folder has the queries. Two environments in one account and Region need two. Default: cognito-m2m.
	Folder *string
	// UnusedDays is after how many days without a token a client counts as unused, 1 to 365. Default: 30.
	UnusedDays *float64
}

// Thresholds say what is an alarm.
type Thresholds struct {
	// ServerErrorRate is the share of requests answered with 5xx in five minutes, more than 0 up to 1. Default: 0.01.
	ServerErrorRate *float64
	// MinRequests is from how many requests in five minutes on ServerErrorRate counts, 1 or more: one failure of two requests is no rate. Default: 20.
	MinRequests *float64
	// HitRatio is the share of requests that the cache must answer, in each of two hours with a hundred requests or more, more than 0 and less than 1.
	// Default: 0.5.
	HitRatio *float64
	// LatencyP99 is how long one of a hundred requests may take at most, in three times five minutes: more than 0 up to 29 seconds, after which API Gateway
	// gives up. Default: 2 seconds.
	LatencyP99 awscdk.Duration
	// DirectAccessBlocks are requests in five minutes that PoolWebACL refused, 1 or more: attempts to get tokens around the proxy. Default: 100.
	DirectAccessBlocks *float64
	// EdgeBlocks are requests in five minutes that Edge refused, 1 or more. Default: 1000.
	EdgeBlocks *float64
	// AnomalyBand is how many standard deviations a named tenant's tokens of an hour may be above what CloudWatch expects, more than 0 up to 20. Default: 3.
	AnomalyBand *float64
}

// Prices are in US dollars.
type Prices struct {
	// PerThousandTokens is what Cognito charges for 1,000 token requests, however many there are. Default: its tiers.
	PerThousandTokens *float64
	// CachePerHour is what API Gateway charges for an hour of the proxy's cache. Default: the price of its size.
	CachePerHour *float64
}

// Budget is what Cognito may cost in a calendar month.
type Budget struct {
	// USD are US dollars, more than 0. Required.
	USD *float64
	// ActualAt is the percentage of the budget that has been spent when it is reported, more than 0 up to 1000. Default: 80.
	ActualAt *float64
	// ForecastAt is the percentage of the budget that AWS expects to be spent when it is reported, more than 0 up to 1000. AWS needs about five weeks of
	// usage for a forecast. Default: 100.
	ForecastAt *float64
	// Emails are addresses that get the budget's messages besides the topic, up to 10. Default: none.
	Emails []*string
	// Tag narrows the budget to what carries this cost allocation tag, which must have been activated in Billing. Default: all of Cognito in the account.
	Tag *Tag
}

// Tag is a cost allocation tag.
type Tag struct {
	// Key and Value are required.
	Key, Value *string
}
