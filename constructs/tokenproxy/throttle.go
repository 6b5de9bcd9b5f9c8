package tokenproxy

import (
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// defaultExpectedRate is that of ExpectedRequestsPerSecond.
const defaultExpectedRate = 50.0

// checkThrottle fills the stage's throttle in from the expected traffic, which a given one must let through.
func (s *settings) checkThrottle(errs *report.Errors) {
	expected := defaultExpectedRate
	if s.ExpectedRequestsPerSecond != nil {
		err := awslimits.ExpectedRate(*s.ExpectedRequestsPerSecond)
		errs.Add("ExpectedRequestsPerSecond", err)
		if err == nil {
			expected = *s.ExpectedRequestsPerSecond
			if s.ThrottlingRateLimit != nil && *s.ThrottlingRateLimit < expected {
				errs.Addf("ThrottlingRateLimit", "%v requests a second are fewer than the expected %v, of which the throttle would refuse the rest: "+
					"raise it, or leave it out",
					*s.ThrottlingRateLimit, expected)
			}
		}
	}
	rate, burst := awslimits.ThrottleFor(expected)
	given := "ThrottlingRateLimit, ThrottlingBurstLimit"
	if s.ThrottlingRateLimit == nil {
		s.ThrottlingRateLimit, given = jsii.Number(rate), "ThrottlingBurstLimit"
	}
	if s.ThrottlingBurstLimit == nil {
		s.ThrottlingBurstLimit, given = jsii.Number(burst), "ThrottlingRateLimit"
	}
	errs.Add(given, awslimits.Throttle(*s.ThrottlingRateLimit, *s.ThrottlingBurstLimit))
}
