package monitoring

import (
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// settings are the props with defaults filled in, after the check.
type settings struct {
	MonitoringProps
	thresholds Thresholds
	latency    time.Duration
	tokenPrice float64 // US dollars a token request of the first tier
	tiers      []tier
	cachePrice float64 // US dollars an hour
	budget     *Budget
	usage      *Usage // nil without a trail
}

// dashboardName is what CloudWatch allows: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// check reports invalid props and returns settings from which a template can be made nevertheless.
func (props MonitoringProps) check(errs *report.Errors, scope constructs.Construct) settings {
	s := settings{MonitoringProps: props}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.Usage == nil {
		s.Usage = &UsageProps{}
	}
	if s.Trail == nil && len(s.Usage.NamedTenants) > 0 {
		errs.Addf("Usage.NamedTenants", "%d tenants are named without Trail, which is needed to count tokens by tenant: set Trail",
			len(s.Usage.NamedTenants))
	}
	if s.DashboardName == nil {
		s.DashboardName = awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{
			MaxLength: jsii.Number(200), Separator: jsii.String("-"),
		})
	}
	if !report.IsToken(s.DashboardName) && !dashboardName.MatchString(*s.DashboardName) {
		errs.Addf("DashboardName", "%q is not allowed: use up to 255 letters, digits, '-' and '_'", *s.DashboardName)
		s.DashboardName = jsii.String("invalid")
	}
	if s.RunbookURL != nil && !report.IsToken(s.RunbookURL) {
		errs.Add("RunbookURL", awslimits.HTTPSURL(*s.RunbookURL))
	}
	s.checkThresholds(errs)
	s.checkPrices(errs, scope)
	s.checkBudget(errs)
	return s
}

func (s *settings) checkThresholds(errs *report.Errors) {
	if s.Thresholds != nil {
		s.thresholds = *s.Thresholds
	}
	t := &s.thresholds
	setNumber(errs, "Thresholds.ServerErrorRate", &t.ServerErrorRate, awslimits.DefaultServerErrorRate, awslimits.ServerErrorRate)
	setNumber(errs, "Thresholds.MinRequests", &t.MinRequests, awslimits.DefaultMinRequests, awslimits.AlarmCount)
	setNumber(errs, "Thresholds.HitRatio", &t.HitRatio, awslimits.DefaultHitRatio, awslimits.HitRatio)
	setNumber(errs, "Thresholds.DirectAccessBlocks", &t.DirectAccessBlocks, awslimits.DefaultDirectAccessBlocks, awslimits.AlarmCount)
	setNumber(errs, "Thresholds.AnomalyBand", &t.AnomalyBand, awslimits.DefaultAnomalyBand, awslimits.AnomalyBand)
	setNumber(errs, "Thresholds.EdgeBlocks", &t.EdgeBlocks, awslimits.DefaultEdgeBlocks, awslimits.AlarmCount)
	s.latency = awslimits.DefaultLatencyP99
	if t.LatencyP99 == nil {
		return
	}
	latency, err := report.Duration(t.LatencyP99)
	if err == nil {
		err = awslimits.AlarmLatency(latency)
	}
	if err != nil {
		errs.Add("Thresholds.LatencyP99", err)
		return
	}
	s.latency = latency
}

func (s *settings) checkBudget(errs *report.Errors) {
	if s.MonthlyBudget == nil {
		return
	}
	b := *s.MonthlyBudget
	if b.USD == nil {
		errs.Addf("MonthlyBudget.USD", "is missing: set what Cognito may cost in a month")
	}
	setNumber(errs, "MonthlyBudget.USD", &b.USD, 1, awslimits.BudgetUSD)
	setNumber(errs, "MonthlyBudget.ActualAt", &b.ActualAt, awslimits.DefaultActualPercent, awslimits.BudgetPercent)
	setNumber(errs, "MonthlyBudget.ForecastAt", &b.ForecastAt, awslimits.DefaultForecastPercent, awslimits.BudgetPercent)
	if n := len(b.Emails); n > awslimits.MaxBudgetEmails {
		errs.Addf("MonthlyBudget.Emails", "%d addresses are not allowed: use up to %d", n, awslimits.MaxBudgetEmails)
		b.Emails = b.Emails[:awslimits.MaxBudgetEmails]
	}
	for i, email := range b.Emails {
		if !report.IsToken(email) {
			errs.Add(fmt.Sprintf("MonthlyBudget.Emails[%d]", i), awslimits.Email(*email))
		}
	}
	if b.Tag != nil && (b.Tag.Key == nil || b.Tag.Value == nil) {
		errs.Addf("MonthlyBudget.Tag", "Key and Value are required")
		b.Tag = nil
	}
	s.budget = &b
}

// setNumber sets the default for a number that is nil or not allowed.
func setNumber(errs *report.Errors, prop string, value **float64, standard float64, rule func(float64) error) {
	if *value != nil {
		if err := rule(**value); err != nil {
			errs.Add(prop, err)
			*value = nil
		}
	}
	if *value == nil {
		*value = jsii.Number(standard)
	}
}
