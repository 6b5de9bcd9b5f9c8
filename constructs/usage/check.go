package usage

import (
	"fmt"
	"math"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// settings are the props, checked and with their defaults.
type settings struct {
	UsageProps
	maxTenants int
	tenants    []string
}

func (s *settings) check(errs *report.Errors) {
	s.maxTenants = awslimits.DefaultUsageTenants
	if s.MaxTenants != nil {
		s.maxTenants = int(*s.MaxTenants)
		if *s.MaxTenants != math.Trunc(*s.MaxTenants) {
			errs.Addf("MaxTenants", "%v is not allowed: use a whole number from 1 to %d", *s.MaxTenants, awslimits.MaxUsageTenants)
		}
	}
	for i, name := range s.NamedTenants {
		switch {
		case name == nil:
			errs.Addf(fmt.Sprintf("NamedTenants[%d]", i), "is nil: want the name of an app client")
		case report.IsToken(name):
			errs.Addf(fmt.Sprintf("NamedTenants[%d]", i), "must be known at synth, where it is checked")
		default:
			s.tenants = append(s.tenants, *name)
		}
	}
	errs.Add("NamedTenants, MaxTenants", usage.Bounds(s.tenants, s.maxTenants))
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}

func (s *settings) named() string { return strings.Join(s.tenants, ",") }
