package originheader

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// addAlarms notices failures without a trail: by the function's own metrics, whose absence is a failure as well, and by its errors. An hour
// holds four periodic reconciles, so an hour without data means that none works.
func (r *HeaderRotation) addAlarms(s *rotationSettings) {
	overdue := s.overdueDays()
	own := func(metric rotation.Metric) awscloudwatch.IMetric {
		return alarms.Own(r.function, MetricsNamespace, string(metric), "Maximum", alarms.Hours(1))
	}
	r.alarms = alarms.NewSet(r.Construct, r.topic,
		alarms.Alarm{
			ID: "Drift",
			Description: "The web ACL or the gateway's stage was not as the origin header's secret says, or nothing reconciles. Find out who " +
				"wrote them; see \"Drift\" in docs/runbook.md.",
			Metric: own(rotation.DriftFound), Threshold: 1, Missing: awscloudwatch.TreatMissingData_BREACHING, Urgent: true,
		},
		alarms.Alarm{
			ID: "Stuck",
			Description: "A rotation of the origin header did not finish and is being undone, or nothing reconciles. See \"Stuck rotation\" in " +
				"docs/runbook.md.",
			Metric: own(rotation.RotationStuck), Threshold: 1, Missing: awscloudwatch.TreatMissingData_BREACHING,
		},
		alarms.Alarm{
			ID: "Overdue",
			Description: fmt.Sprintf("The origin header's value is older than %.2f days, %v rotation intervals, or nothing reconciles. See "+
				"\"Rotation overdue\" in docs/runbook.md.", overdue, *s.OverdueAfter),
			Metric: own(rotation.ValueAgeDays), Threshold: overdue, Missing: awscloudwatch.TreatMissingData_BREACHING,
		},
		alarms.Alarm{
			ID: "Errors",
			Description: "The function that rotates the origin header failed three times in an hour. Its log says why; see \"Function errors\" " +
				"in docs/runbook.md.",
			Metric: alarms.Errors(r.function), Threshold: 3, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
		},
	)
}
