package monitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"
)

// addAnomalies creates an alarm for each named tenant: one that loops, or whose credentials somebody else has. CloudWatch learns from up to two weeks what an
// hour of this hour and weekday is like, and knows little before (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html).
// Fewer tokens than ever are no alarm: a tenant may rest. IDs derive from the tenants', so that no tenant's coming or going replaces another's alarm.
func (m *Monitoring) addAnomalies(s *settings) {
	if s.usage == nil {
		return
	}
	for _, tenant := range s.Usage.NamedTenants {
		if tenant == nil { // It is noted as a mistake.
			continue
		}
		alarm := awscloudwatch.NewAnomalyDetectionAlarm(m.Construct, jsii.String("Anomaly-"+*tenant+"-Alarm"), &awscloudwatch.AnomalyDetectionAlarmProps{
			AlarmDescription: jsii.String(fmt.Sprintf("Tenant %s got more tokens from Cognito in two hours than it ever does. See \"Unusual use\" in docs/runbook.md.", *tenant)),
			Metric: s.usage.TokensIssuedBy(tenant).With(&awscloudwatch.MetricOptions{
				Period: hour(), Label: jsii.String("Tokens"),
			}),
			StdDevs:            s.thresholds.AnomalyBand,
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_UPPER_THRESHOLD,
			EvaluationPeriods:  jsii.Number(2),
			TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		})
		alarm.AddAlarmAction(awscloudwatchactions.NewSnsAction(m.topic))
		m.alarms.All = append(m.alarms.All, alarm)
	}
}
