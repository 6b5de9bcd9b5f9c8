package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Monitoring holds the settings of what watches the environment.
type Monitoring struct {
	// Enabled false leaves the stack out and keeps its settings.
	Enabled bool `yaml:"enabled" default:"true"`
	// Trail is the CloudTrail trail that token requests are recorded by.
	Trail *Trail `yaml:"trail" default:"on"`
	// Usage counts tokens and failed token requests of each tenant as CloudWatch metrics. It needs the trail.
	Usage *Usage `yaml:"usage" default:"on"`
	// SavedQueries saves queries for CloudWatch Logs Insights in the folder m2m-NAME-queries.
	SavedQueries bool `yaml:"savedQueries" default:"true"`
	// UnusedDays is the number of days without a token after which a saved query calls a client unused.
	UnusedDays int `yaml:"unusedDays" default:"30" rule:"unusedDays"`
	// Dashboard creates the dashboard.
	Dashboard bool `yaml:"dashboard" default:"true"`
	// RunbookURL is where your people read docs/runbook.md. The dashboard links to it.
	RunbookURL string `yaml:"runbookUrl" rule:"HTTPSURL"`
	// Alarms creates the alarms.
	Alarms bool `yaml:"alarms" default:"true"`
	// PagingTopicARN is an existing topic for the paging alarm. Its policy and that of its key must let CloudWatch publish.
	PagingTopicARN string `yaml:"pagingTopicArn" rule:"TopicARN" computed:"a new topic"`
	// Thresholds say when an alarm fires.
	Thresholds Thresholds `yaml:"thresholds"`
	// Budget adds an AWS Budgets budget for Cognito, and an alarm on the estimated cost.
	Budget *Budget `yaml:"budget"`
	// CostReports adds Athena queries over the account's cost and usage reports.
	CostReports *CostReports `yaml:"costReports" see:"cost.md"`
}

// Trail holds the settings of the audit trail.
type Trail struct {
	// Enabled false uses no CloudTrail trail. Tokens are not counted for each tenant then.
	Enabled bool `yaml:"enabled" default:"true"`
	// LogGroup is the name of the log group that an existing trail delivers this Region's management events to. No trail is created then, and
	// the next three settings do not go with it.
	LogGroup string `yaml:"logGroup" rule:"LogGroupName" computed:"a new trail"`
	// ManagementEvents says which management events are recorded. Token requests are among those that write.
	ManagementEvents string `yaml:"managementEvents" default:"write" rule:"managementEvents"`
	// MultiRegion records the events of all Regions.
	MultiRegion bool `yaml:"multiRegion" default:"true"`
	// BucketRetentionDays is how long the trail's files are kept.
	BucketRetentionDays int `yaml:"bucketRetentionDays" default:"365" rule:"Days"`
}

// Usage holds the settings of the count of tokens for each tenant.
type Usage struct {
	// Enabled false counts no tokens for each tenant.
	Enabled bool `yaml:"enabled" default:"true"`
	// NamedTenants are up to 20 tenants that always have a metric of their own, and an alarm when they ask for unusually many tokens.
	NamedTenants []string `yaml:"namedTenants" unique:"tenant" rule:"TenantID"`
	// MaxTenants is how many tenants have a metric of their own: 1 to 1000. The others are counted together. AWS charges for each metric.
	MaxTenants int `yaml:"maxTenants" default:"100"`
}

// Thresholds say when an alarm fires.
type Thresholds struct {
	// ServerErrorRate is the share of requests in five minutes that are answered with 5xx.
	ServerErrorRate float64 `yaml:"serverErrorRate" default:"0.01" rule:"ServerErrorRate"`
	// MinRequests is the minimum number of requests in five minutes for serverErrorRate.
	MinRequests int `yaml:"minRequests" default:"20" rule:"AlarmCount"`
	// HitRatio is the share of requests that the cache must answer in each of two hours.
	HitRatio float64 `yaml:"hitRatio" default:"0.5" rule:"HitRatio"`
	// LatencyP99 is how long 99 of 100 requests may take at most.
	LatencyP99 time.Duration `yaml:"latencyP99" default:"2s" rule:"AlarmLatency"`
	// DirectAccessBlocks is the number of requests around the gateway in five minutes.
	DirectAccessBlocks int `yaml:"directAccessBlocks" default:"100" rule:"AlarmCount"`
	// EdgeBlocks is the number of requests in five minutes that the web ACL in front of the gateway refuses.
	EdgeBlocks int `yaml:"edgeBlocks" default:"1000" rule:"AlarmCount"`
	// AnomalyBand is the number of standard deviations around the usual number of tokens of a named tenant.
	AnomalyBand float64 `yaml:"anomalyBand" default:"3" rule:"AnomalyBand"`
}

// Budget is what Cognito may cost in a month.
type Budget struct {
	// MonthlyUSD is the budget of a month in US dollars.
	MonthlyUSD float64 `yaml:"monthlyUsd" required:"true" rule:"BudgetUSD"`
	// ActualPercent is the share of the budget at which its use is reported.
	ActualPercent float64 `yaml:"actualPercent" default:"80" rule:"BudgetPercent"`
	// ForecastPercent is the share of the budget at which its forecast use is reported.
	ForecastPercent float64 `yaml:"forecastPercent" default:"100" rule:"BudgetPercent"`
	// Emails are addresses that get the budget's messages besides the topic.
	Emails []string `yaml:"emails" unique:"e-mail address" rule:"Email" most:"emails"`
}

// CostReports holds the names under which Athena finds the account's cost and usage reports.
type CostReports struct {
	// Database is the database of a Cost and Usage Report 2.0. Give database and table, or export.
	Database string `yaml:"database" rule:"costReportName"`
	// Table is the table of a Cost and Usage Report 2.0. Give database and table, or export.
	Table string `yaml:"table" rule:"costReportName"`
	// WorkGroup is the work group that the queries are saved in.
	WorkGroup string `yaml:"workGroup" default:"primary" rule:"WorkGroup"`
	// Tag is the key of a cost allocation tag as the reports name it, such as user_team. It adds a query of cost by the tag's values.
	Tag string `yaml:"tag" rule:"costReportTag"`
	// Export also creates the export, with a bucket, and without database and table those as well. AWS has exports in us-east-1 only.
	Export bool `yaml:"export" default:"false"`
}

// checkMonitoring checks the settings of monitoring, switched off or not.
func (l *loaded) checkMonitoring(m *Monitoring) {
	if t := m.Trail; l.given(&t.LogGroup) {
		for _, other := range []any{&t.ManagementEvents, &t.MultiRegion, &t.BucketRetentionDays} {
			if l.given(other) {
				l.report(other, "does not go with logGroup, with which no trail is made: remove one of the two")
			}
		}
	}
	l.checkCostReports(m.CostReports)
	u := m.Usage
	if !l.broken(&u.MaxTenants) && !l.broken(&u.NamedTenants) {
		// The names have been checked one by one.
		l.must(u, awslimits.UsageTenants(len(u.NamedTenants), u.MaxTenants))
	}
	if trail := &m.Trail.Enabled; l.given(trail) && !*trail {
		if l.given(u) && u.Enabled {
			l.report(u, "needs the trail, and monitoring.trail.enabled is false: remove one of the two")
		}
		u.Enabled = false
	}
}

func (l *loaded) checkCostReports(c *CostReports) {
	if !l.given(c) {
		return
	}
	both := l.absent(&c.Database) == l.absent(&c.Table)
	if !l.broken(&c.Export) && (!both || !c.Export && l.absent(&c.Database)) {
		l.report(c, "needs database and table of a Cost and Usage Report 2.0, or export: true without them")
	}
	if region := l.env.Region; c.Export && region != "" && region != exportRegion {
		l.report(&c.Export, "true, but the environment is in %s: AWS creates data exports in %s only; use false, and an export made there",
			region, exportRegion)
	}
}

// exportRegion is the one Region with the API of data exports: https://docs.aws.amazon.com/general/latest/gr/billing.html
const exportRegion = "us-east-1"

// checkNamedTenants reports tenants that are named for a metric of their own, and are in no file, when all files could be read.
func (l *loaded) checkNamedTenants() {
	if !l.complete {
		return
	}
	named := l.env.Monitoring.Usage.NamedTenants
	for i, tenant := range named {
		if l.sound(&named[i]) && len(l.homes[tenant]) == 0 {
			l.report(&named[i], "tenant %q is in no tenant file", tenant)
		}
	}
}
