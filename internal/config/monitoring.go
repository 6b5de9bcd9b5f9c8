package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

// Monitoring holds the settings of what watches the environment.
type Monitoring struct {
	// Trail is nil when no CloudTrail trail is looked at; there is no Usage then.
	Trail *Trail
	// Usage is nil when tokens are not counted for each tenant.
	Usage                           *Usage
	SavedQueries, Dashboard, Alarms bool
	// UnusedDays is for how long a client has had no token when a saved query calls it unused.
	UnusedDays int
	// RunbookURL is where people read docs/runbook.md, or empty.
	RunbookURL string
	// PagingTopicARN is the topic of the paging alarm, or empty for one of the environment's own.
	PagingTopicARN string
	Thresholds     Thresholds
	// Budget is nil when there is none.
	Budget *Budget
	// CostReports is nil when there are no queries over the account's cost and usage reports.
	CostReports *CostReports
}

// Trail holds the settings of the audit trail: LogGroup, or those of one of the environment's own.
type Trail struct {
	// LogGroup is the name of a log group that an existing trail delivers to, or empty.
	LogGroup            string
	AllEvents           bool
	MultiRegion         bool
	BucketRetentionDays int
}

// Usage holds the settings of the count of tokens for each tenant.
type Usage struct {
	NamedTenants []string
	MaxTenants   int
}

// Thresholds say what is an alarm.
type Thresholds struct {
	ServerErrorRate, HitRatio, AnomalyBand      float64
	MinRequests, DirectAccessBlocks, EdgeBlocks int
	LatencyP99                                  time.Duration
}

// Budget is what Cognito may cost in a month.
type Budget struct {
	MonthlyUSD, ActualPercent, ForecastPercent float64
	Emails                                     []string
}

// CostReports holds the names under which Athena finds the account's cost and usage reports.
type CostReports struct {
	// Database and Table are both empty for those of an Export.
	Database, Table string
	WorkGroup       string
	// Tag is the key of a cost allocation tag, or empty.
	Tag string
	// Export creates the reports, with a bucket.
	Export bool
}

// monitoring checks the settings of monitoring, switched off or not. They are nil without monitoring.
func monitoring(raw rawMonitoring, region string, problems *Problems) *Monitoring {
	m := Monitoring{
		Trail:          trail(raw.Trail, problems),
		SavedQueries:   orDefault(raw.SavedQueries, true),
		UnusedDays:     optional(raw.UnusedDays, insights.DefaultUnusedDays, insights.UnusedDays, problems),
		Dashboard:      orDefault(raw.Dashboard, true),
		RunbookURL:     optional(raw.RunbookURL, "", awslimits.HTTPSURL, problems),
		Alarms:         orDefault(raw.Alarms, true),
		PagingTopicARN: optional(raw.PagingTopicARN, "", awslimits.TopicARN, problems),
		Thresholds:     thresholds(raw.Thresholds, problems),
		Budget:         budget(raw.Budget, problems),
		CostReports:    costReports(raw.CostReports, region, problems),
	}
	m.Usage = tokenUsage(raw.Usage, raw.Trail.Enabled, problems)
	if raw.state != given || !orDefault(raw.Enabled, true) {
		return nil
	}
	return &m
}

// trail is one of the environment's own by default.
func trail(raw rawTrail, problems *Problems) *Trail {
	t := Trail{
		LogGroup:            optional(raw.LogGroup, "", awslimits.LogGroupName, problems),
		AllEvents:           optional(raw.ManagementEvents, "write", managementEvents, problems) == "all",
		MultiRegion:         orDefault(raw.MultiRegion, true),
		BucketRetentionDays: optional(raw.BucketRetentionDays, awslimits.DefaultBucketDays, awslimits.Days, problems),
	}
	if raw.LogGroup.state == given {
		for _, other := range []place{raw.ManagementEvents.place, raw.MultiRegion.place, raw.BucketRetentionDays.place} {
			if other.state == given {
				problems.at(other, "does not go with logGroup, with which no trail is made: remove one of the two")
			}
		}
	}
	if !orDefault(raw.Enabled, true) {
		return nil
	}
	return &t
}

func managementEvents(which string) error {
	return awslimits.OneOf("management events", which, "write", "all")
}

// tokenUsage checks the settings of the count of tokens, which needs a trail.
func tokenUsage(raw rawUsage, trail value[bool], problems *Problems) *Usage {
	u := Usage{MaxTenants: orDefault(raw.MaxTenants, awslimits.DefaultUsageTenants)}
	unique(raw.NamedTenants.items, "tenant", problems)
	for _, tenant := range raw.NamedTenants.items {
		u.NamedTenants = append(u.NamedTenants, optional(tenant, "", awslimits.TenantID, problems))
	}
	if raw.MaxTenants.state != broken && raw.NamedTenants.state != broken {
		// The names have been checked one by one.
		if err := awslimits.UsageTenants(len(u.NamedTenants), u.MaxTenants); err != nil {
			problems.at(raw.place, "%v", err)
		}
	}
	if trail.state == given && !trail.got && raw.state == given && orDefault(raw.Enabled, true) {
		problems.at(raw.place, "needs the trail, and monitoring.trail.enabled is false: remove one of the two")
	}
	if !orDefault(trail, true) || !orDefault(raw.Enabled, true) {
		return nil
	}
	return &u
}

func thresholds(raw rawThresholds, problems *Problems) Thresholds {
	return Thresholds{
		ServerErrorRate:    optional(raw.ServerErrorRate, awslimits.DefaultServerErrorRate, awslimits.ServerErrorRate, problems),
		MinRequests:        optional(raw.MinRequests, awslimits.DefaultMinRequests, whole(awslimits.AlarmCount), problems),
		HitRatio:           optional(raw.HitRatio, awslimits.DefaultHitRatio, awslimits.HitRatio, problems),
		LatencyP99:         optional(raw.LatencyP99, awslimits.DefaultLatencyP99, awslimits.AlarmLatency, problems),
		DirectAccessBlocks: optional(raw.DirectAccessBlocks, awslimits.DefaultDirectAccessBlocks, whole(awslimits.AlarmCount), problems),
		EdgeBlocks:         optional(raw.EdgeBlocks, awslimits.DefaultEdgeBlocks, whole(awslimits.AlarmCount), problems),
		AnomalyBand:        optional(raw.AnomalyBand, awslimits.DefaultAnomalyBand, awslimits.AnomalyBand, problems),
	}
}

func budget(raw rawBudget, problems *Problems) *Budget {
	if raw.state != given {
		return nil
	}
	if n := len(raw.Emails.items); n > awslimits.MaxBudgetEmails {
		problems.at(raw.Emails.place, "%d addresses are too many: AWS Budgets takes up to %d", n, awslimits.MaxBudgetEmails)
	}
	return &Budget{
		MonthlyUSD:      required(raw.MonthlyUSD, awslimits.BudgetUSD, problems),
		ActualPercent:   optional(raw.ActualPercent, awslimits.DefaultActualPercent, awslimits.BudgetPercent, problems),
		ForecastPercent: optional(raw.ForecastPercent, awslimits.DefaultForecastPercent, awslimits.BudgetPercent, problems),
		Emails:          texts(raw.Emails, "e-mail address", awslimits.Email, problems),
	}
}

func costReports(raw rawCostReports, region string, problems *Problems) *CostReports {
	if raw.state != given {
		return nil
	}
	c := CostReports{
		Database:  optional(raw.Database, "", costreports.Identifier, problems),
		Table:     optional(raw.Table, "", costreports.Identifier, problems),
		WorkGroup: optional(raw.WorkGroup, "primary", awslimits.WorkGroup, problems),
		Tag:       optional(raw.Tag, "", costreports.TagKey, problems),
		Export:    orDefault(raw.Export, false),
	}
	if both := raw.Database.state == raw.Table.state; raw.Export.state != broken && (!both || !c.Export && raw.Database.state == absent) {
		problems.at(raw.place, "needs database and table of a Cost and Usage Report 2.0, or export: true without them")
	}
	if c.Export && region != "" && region != exportRegion {
		problems.at(raw.Export.place, "true, but the environment is in %s: AWS creates data exports in %s only; use false, and an export made there", region, exportRegion)
	}
	return &c
}

// exportRegion is the one Region with the API of data exports: https://docs.aws.amazon.com/general/latest/gr/billing.html
const exportRegion = "us-east-1"

// namedTenants reports tenants that are named for a metric of their own, and are in no file, when all files could be read.
func (l *loaded) namedTenants(problems *Problems) {
	if !l.complete {
		return
	}
	for _, tenant := range l.raw.Monitoring.Usage.NamedTenants.items {
		if tenant.state == given && awslimits.TenantID(tenant.got) == nil && len(l.homes[tenant.got]) == 0 {
			problems.at(tenant.place, "tenant %q is in no tenant file", tenant.got)
		}
	}
}
