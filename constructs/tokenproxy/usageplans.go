package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"
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
