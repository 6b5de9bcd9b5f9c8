package monitoring

import (
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/usage"
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
	usage      *usage.Usage // nil without a trail
}

// dashboardName is what CloudWatch takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props MonitoringProps) check(errs *report.Errors, scope constructs.Construct) settings {
	s := settings{MonitoringProps: props}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.Usage == nil {
		s.Usage = &UsageOptions{}
	}
	if s.Trail == nil && len(s.Usage.NamedTenants) > 0 {
		errs.Addf("Usage.NamedTenants", "%d tenants are named, but without Trail nobody's tokens can be told from another's: set Trail", len(s.Usage.NamedTenants))
	}
	if s.DashboardName == nil {
		s.DashboardName = awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(200), Separator: jsii.String("-")})
	}
	if !report.IsToken(s.DashboardName) && !dashboardName.MatchString(*s.DashboardName) {
		errs.Addf("DashboardName", "%q is not allowed: use up to 255 letters, digits, '-' and '_'", *s.DashboardName)
		s.DashboardName = jsii.String("invalid")
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
	for _, n := range []struct {
		name     string
		value    **float64
		standard float64
		allowed  interval
	}{
		{"ServerErrorRate", &t.ServerErrorRate, 0.01, interval{above: 0, upTo: 1}},
		{"MinRequests", &t.MinRequests, 20, interval{from: 1, upTo: math.MaxInt32}},
		{"HitRatio", &t.HitRatio, 0.5, interval{above: 0, below: 1}},
		{"DirectAccessBlocks", &t.DirectAccessBlocks, 100, interval{from: 1, upTo: math.MaxInt32}},
		{"AnomalyBand", &t.AnomalyBand, 3, interval{above: 0, upTo: 20}},
		{"EdgeBlocks", &t.EdgeBlocks, 1000, interval{from: 1, upTo: math.MaxInt32}},
	} {
		n.allowed.apply(errs, "Thresholds."+n.name, n.value, n.standard)
	}
	s.latency = 2 * time.Second
	if t.LatencyP99 == nil {
		return
	}
	latency, err := report.Duration(t.LatencyP99)
	if err == nil && (latency <= 0 || latency > maxLatency) {
		err = fmt.Errorf("%v is not allowed: use more than 0 up to %v, after which API Gateway gives up", latency, maxLatency)
	}
	if err != nil {
		errs.Add("Thresholds.LatencyP99", err)
		return
	}
	s.latency = latency
}

// maxLatency is the default integration timeout: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const maxLatency = 29 * time.Second

func (s *settings) checkBudget(errs *report.Errors) {
	if s.MonthlyBudget == nil {
		return
	}
	b := *s.MonthlyBudget
	if b.USD == nil {
		errs.Addf("MonthlyBudget.USD", "missing: say what Cognito may cost in a month")
	}
	positive, percent := interval{above: 0, upTo: math.MaxInt32}, interval{above: 0, upTo: 1000}
	positive.apply(errs, "MonthlyBudget.USD", &b.USD, 1)
	percent.apply(errs, "MonthlyBudget.ActualAt", &b.ActualAt, 80)
	percent.apply(errs, "MonthlyBudget.ForecastAt", &b.ForecastAt, 100)
	// A notification has up to 10 subscribers by e-mail and one topic: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
	if n := len(b.Emails); n > maxEmails {
		errs.Addf("MonthlyBudget.Emails", "%d addresses are not allowed: use up to %d", n, maxEmails)
		b.Emails = b.Emails[:maxEmails]
	}
	for i, email := range b.Emails {
		if !report.IsToken(email) && !emailAddress.MatchString(*email) {
			errs.Addf(fmt.Sprintf("MonthlyBudget.Emails[%d]", i), "%q is not an e-mail address", *email)
		}
	}
	if b.Tag != nil && (b.Tag.Key == nil || b.Tag.Value == nil) {
		errs.Addf("MonthlyBudget.Tag", "Key and Value are required")
		b.Tag = nil
	}
	s.budget = &b
}

const maxEmails = 10

var emailAddress = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)

// interval is what a number may be. Of above and from, and of below and upTo, the one that is not 0 counts.
type interval struct{ above, from, below, upTo float64 }

// apply fills the default in, also for a number that is not allowed.
func (i interval) apply(errs *report.Errors, prop string, value **float64, standard float64) {
	if v := *value; v != nil && !i.has(*v) {
		errs.Addf(prop, "%v is not allowed: use %v", *v, i)
		*value = nil
	}
	if *value == nil {
		*value = jsii.Number(standard)
	}
}

func (i interval) has(v float64) bool {
	if i.from != 0 && v < i.from || i.from == 0 && v <= i.above {
		return false
	}
	return i.below != 0 && v < i.below || i.below == 0 && v <= i.upTo
}

func (i interval) String() string {
	low, high := fmt.Sprintf("more than %v", i.above), fmt.Sprintf("up to %v", i.upTo)
	if i.from != 0 {
		low = fmt.Sprint(i.from)
	}
	if i.below != 0 {
		high = fmt.Sprintf("less than %v", i.below)
		return low + " and " + high
	}
	return low + " " + high
}
