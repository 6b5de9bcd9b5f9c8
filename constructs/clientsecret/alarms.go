package clientsecret

import (
	"math"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// addAlarms notices failures without a trail. Every sweep records every metric of these, so that one alarm alone tells of sweeps that do
// not come, and the others look back as far as two sweeps need. What a single sweep may meet and the next one heals is an alarm only when
// it stays.
func (r *SecretRotation) addAlarms(s *settings) {
	const missing = awscloudwatch.TreatMissingData_NOT_BREACHING
	sweeps := func(n float64) float64 { return max(1, math.Ceil(n*s.sweepInterval.Hours())) }
	ever := func(metric rotation.Metric) awscloudwatch.IMetric {
		return alarms.Own(r.function, MetricsNamespace, string(metric), "Maximum", alarms.Hours(sweeps(2)))
	}
	always := func(metric rotation.Metric, hours float64) awscloudwatch.IMetric {
		return alarms.Own(r.function, MetricsNamespace, string(metric), "Minimum", alarms.Hours(hours))
	}
	r.alarms = alarms.NewSet(r.Construct, r.topic,
		alarms.Alarm{
			ID: "SweepMissing",
			Description: "No sweep over the tenants' secrets came to its end: new tenants get no credentials, and superseded client secrets stay " +
				"valid. See \"No sweep\" in docs/runbook.md.",
			Metric:    alarms.Own(r.function, MetricsNamespace, string(rotation.SweepFailures), "SampleCount", alarms.Hours(sweeps(2))),
			Threshold: 1, Comparison: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, Missing: awscloudwatch.TreatMissingData_BREACHING,
		},
		alarms.Alarm{
			ID:          "SweepFailing",
			Description: "Sweep after sweep fails for some tenants. The log names them; see \"Failing tenants\" in docs/runbook.md.",
			Metric:      always(rotation.SweepFailures, sweeps(3)), Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID:          "Placeholder",
			Description: "For a day some tenants have had no credentials. The log names them; see \"Failing tenants\" in docs/runbook.md.",
			Metric:      always(rotation.Placeholders, max(24, sweeps(2))), Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID:          "Overdue",
			Description: "Client secrets of some tenants are older than their schedule allows. See \"Credentials overdue\" in docs/runbook.md.",
			Metric:      ever(rotation.Overdue), Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID: "Stuck",
			Description: "The rotation of a tenant's client secret did not finish and is being undone. See \"Stuck rotation of a tenant\" in " +
				"docs/runbook.md.",
			Metric: ever(rotation.Stuck), Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID: "Unsure",
			Description: "A client secret cannot be told to be superseded, so it was not deleted: a person must decide. See \"Unsure\" in " +
				"docs/runbook.md.",
			Metric: ever(rotation.Unsure), Threshold: 1, Missing: missing,
		},
		alarms.Alarm{
			ID: "Drift",
			Description: "Someone else deleted a tenant's current client secret at Cognito. It has been put back; see \"Drift of a tenant\" in " +
				"docs/runbook.md.",
			Metric: ever(rotation.Drift), Threshold: 1, Missing: missing, Urgent: true,
		},
		alarms.Alarm{
			ID: "Errors",
			Description: "The function that rotates client secrets failed three times in an hour. Its log says why; see \"Failing tenants\" in " +
				"docs/runbook.md.",
			Metric: alarms.Errors(r.function), Threshold: 3, Missing: missing,
		},
	)
}
