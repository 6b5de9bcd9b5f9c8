package tokenproxy

import (
	"math"

	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// AlarmThresholds say how often something happens in five minutes before it is an alarm: whole numbers from 1 up.
type AlarmThresholds struct {
	// UpstreamThrottled are answers of Cognito that are 429. Default: 1.
	UpstreamThrottled *float64
	// UpstreamFailed are requests that Cognito did not answer, or with an error of its own. Default: 5.
	UpstreamFailed *float64
	// StaleErrors are errors from the cache while Cognito gives none. Default: 1.
	StaleErrors *float64
	// AuthorizerFailed are requests for which the Lambda authorizer gave no answer. Default: 5.
	AuthorizerFailed *float64
}

// alarmThresholds are the given thresholds with defaults filled in. A wrong one becomes the default, so that the synth goes on.
func (props TokenProxyProps) alarmThresholds(errs *report.Errors) AlarmThresholds {
	var t AlarmThresholds
	if props.AlarmThresholds != nil {
		t = *props.AlarmThresholds
	}
	for _, threshold := range []struct {
		name     string
		value    **float64
		standard float64
	}{
		{"UpstreamThrottled", &t.UpstreamThrottled, 1},
		{"UpstreamFailed", &t.UpstreamFailed, 5},
		{"StaleErrors", &t.StaleErrors, 1},
		{"AuthorizerFailed", &t.AuthorizerFailed, 5},
	} {
		if v := *threshold.value; v != nil && (*v < 1 || *v != math.Trunc(*v)) {
			errs.Addf("AlarmThresholds."+threshold.name, "%v is not allowed: use a whole number from 1 up, it is a count in five minutes", *v)
			*threshold.value = nil
		}
		if *threshold.value == nil {
			*threshold.value = jsii.Number(threshold.standard)
		}
	}
	return t
}
