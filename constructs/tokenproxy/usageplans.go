package tokenproxy

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// addUsagePlans creates the plans, each under an ID of its name.
func (p *TokenProxy) addUsagePlans(plans []*UsagePlan) {
	p.usagePlans = map[string]awsapigateway.IUsagePlan{}
	for _, plan := range plans {
		p.usagePlans[*plan.Name] = awsapigateway.NewUsagePlan(p.Construct, jsii.String("UsagePlan-"+*plan.Name), &awsapigateway.UsagePlanProps{
			Name:        plan.Name,
			Description: jsii.String("What an API key may use of the token gateway"),
			ApiStages:   &[]*awsapigateway.UsagePlanPerApiStage{{Api: p.api, Stage: p.api.DeploymentStage()}},
			Quota:       plan.quota(),
			Throttle:    plan.throttle(),
		})
	}
}

func (u *UsagePlan) quota() *awsapigateway.QuotaSettings {
	switch {
	case u.QuotaPerDay != nil:
		return &awsapigateway.QuotaSettings{Limit: u.QuotaPerDay, Period: awsapigateway.Period_DAY}
	case u.QuotaPerWeek != nil:
		return &awsapigateway.QuotaSettings{Limit: u.QuotaPerWeek, Period: awsapigateway.Period_WEEK}
	case u.QuotaPerMonth != nil:
		return &awsapigateway.QuotaSettings{Limit: u.QuotaPerMonth, Period: awsapigateway.Period_MONTH}
	}
	return nil
}

func (u *UsagePlan) throttle() *awsapigateway.ThrottleSettings {
	if u.RatePerSecond == nil {
		return nil
	}
	return &awsapigateway.ThrottleSettings{RateLimit: u.RatePerSecond, BurstLimit: u.Burst}
}

func (s *settings) checkUsagePlans(errs *report.Errors) {
	a := s.Authorization
	const at = "Authorization.UsagePlans"
	switch {
	case !a.isAPIKey() && len(a.UsagePlans) > 0:
		errs.Addf(at, "are for API keys: set APIKey, or leave them out")
	case a.isAPIKey() && len(a.UsagePlans) == 0:
		errs.Addf(at, "are missing: API Gateway refuses every API key that is in no usage plan of the stage")
	}
	var names []string
	for i, plan := range a.UsagePlans {
		at := fmt.Sprintf("%s[%d]", at, i)
		if plan == nil || plan.Name == nil || report.IsToken(plan.Name) {
			errs.Addf(at, "needs a Name, known at synth")
			continue
		}
		errs.Add(at+".Name", awslimits.UsagePlanName(*plan.Name))
		names = append(names, *plan.Name)
		plan.check(errs, at, *s.ThrottlingRateLimit)
	}
	if duplicate := awslimits.Twice(names); duplicate != "" {
		errs.Addf(at, "duplicate %q", duplicate)
	}
}

func (u *UsagePlan) check(errs *report.Errors, at string, stageRate float64) {
	quotas := 0
	for _, quota := range []*float64{u.QuotaPerDay, u.QuotaPerWeek, u.QuotaPerMonth} {
		if quota != nil {
			quotas++
			errs.Add(at, awslimits.Quota(*quota))
		}
	}
	if quotas > 1 {
		errs.Addf(at, "has %d quotas: use one of QuotaPerDay, QuotaPerWeek and QuotaPerMonth", quotas)
	}
	if (u.RatePerSecond == nil) != (u.Burst == nil) {
		errs.Addf(at, "needs both RatePerSecond and Burst, or none")
	} else if u.RatePerSecond != nil {
		errs.Add(at, awslimits.Throttle(*u.RatePerSecond, *u.Burst))
		if *u.RatePerSecond > stageRate {
			errs.Addf(at, "allows %v requests a second, and the stage's throttle refuses more than %v: raise ExpectedRequestsPerSecond or "+
				"ThrottlingRateLimit, or lower it",
				*u.RatePerSecond, stageRate)
		}
	}
}
