package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// addAnomalies creates an alarm for each named tenant, on clients in a loop and on stolen credentials. CloudWatch learns the usual value
// for each hour of the week from up to two weeks of data, and is inaccurate before
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html). Low values do not raise the alarm,
// because a tenant may be idle. Construct IDs derive from the tenants' IDs, so that adding or removing a tenant replaces no other tenant's
// alarm.
func (m *Monitoring) addAnomalies(s *settings) {
	if s.usage == nil {
		return
	}
	for _, tenant := range s.Usage.NamedTenants {
		if tenant == nil { // Usage has reported it.
			continue
		}
		id := jsii.String("Anomaly-" + *tenant + "-Alarm")
		alarm := awscloudwatch.NewAnomalyDetectionAlarm(m.Construct, id, &awscloudwatch.AnomalyDetectionAlarmProps{
			AlarmDescription: jsii.String(fmt.Sprintf("Tenant %s got more tokens from Cognito in two hours than it ever does. "+
				"See \"Unusual use\" in docs/runbook.md.", *tenant)),
			Metric:             s.usage.TokensIssuedBy(tenant).With(&awscloudwatch.MetricOptions{Period: hour(), Label: jsii.String("Tokens")}),
			StdDevs:            s.thresholds.AnomalyBand,
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_UPPER_THRESHOLD,
			EvaluationPeriods:  jsii.Number(2),
			TreatMissingData:   notBreaching,
		})
		alarm.AddAlarmAction(alarms.Notify(m.topic))
		m.alarms.All = append(m.alarms.All, alarm)
	}
}
