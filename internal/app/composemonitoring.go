package app

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/stacks"
)

// monitoringProps looks at the stacks; credentials are nil where the environment keeps none.
func monitoringProps(
	env *config.Environment, pool *m2mpool.M2MPool, service *tokenservice.TokenService, credentials *stacks.CredentialsStack,
) monitoring.MonitoringProps {
	m := env.Monitoring
	props := monitoring.MonitoringProps{
		UserPool:             pool.UserPool(),
		Proxy:                service.Proxy(),
		PoolWebACL:           service.PoolWebACL(),
		Edge:                 service.EdgeWebACL(),
		OriginHeaderRotation: service.Rotation(),

		Queries:          &monitoring.SavedQueriesProps{Folder: stackName(env, "queries"), UnusedDays: number(m.UnusedDays)},
		DisableQueries:   jsii.Bool(!m.SavedQueries),
		CostReports:      costReportsProps(env),
		DisableUsage:     jsii.Bool(m.Usage == nil),
		DisableDashboard: jsii.Bool(!m.Dashboard),
		DashboardName:    stackName(env, "tokens"),
		RunbookURL:       given(m.RunbookURL),
		DisableAlarms:    jsii.Bool(!m.Alarms),
		Thresholds: &monitoring.Thresholds{
			ServerErrorRate:    jsii.Number(m.Thresholds.ServerErrorRate),
			MinRequests:        number(m.Thresholds.MinRequests),
			HitRatio:           jsii.Number(m.Thresholds.HitRatio),
			LatencyP99:         awscdk.Duration_Millis(jsii.Number(float64(m.Thresholds.LatencyP99.Milliseconds()))),
			DirectAccessBlocks: number(m.Thresholds.DirectAccessBlocks),
			EdgeBlocks:         number(m.Thresholds.EdgeBlocks),
			AnomalyBand:        jsii.Number(m.Thresholds.AnomalyBand),
		},
		Trail:         trailProps(m.Trail),
		LogRetention:  retention[env.Gateway.Logs.RetentionDays],
		RemovalPolicy: removalPolicy(env),
	}
	if credentials != nil {
		props.ClientSecretRotation, props.Revocation = credentials.Rotation(), credentials.Revocation()
	}
	if m.Usage != nil {
		props.Usage = &monitoring.UsageProps{NamedTenants: *jsii.Strings(m.Usage.NamedTenants...), MaxTenants: number(m.Usage.MaxTenants)}
	}
	if b := m.Budget; b != nil {
		props.MonthlyBudget = &monitoring.Budget{
			USD:        jsii.Number(b.MonthlyUSD),
			ActualAt:   jsii.Number(b.ActualPercent),
			ForecastAt: jsii.Number(b.ForecastPercent),
			Emails:     *jsii.Strings(b.Emails...),
		}
	}
	return props
}

func costReportsProps(env *config.Environment) *monitoring.CostReportsProps {
	c := env.Monitoring.CostReports
	if c == nil {
		return nil
	}
	props := &monitoring.CostReportsProps{
		Database:   given(c.Database),
		Table:      given(c.Table),
		WorkGroup:  jsii.String(c.WorkGroup),
		NamePrefix: stackName(env, ""),
		Tag:        given(c.Tag),
	}
	if c.Export {
		props.Export = &monitoring.CostExport{Name: stackName(env, "cognito")}
	}
	return props
}

func trailProps(trail *config.Trail) *monitoring.AuditTrailProps {
	switch {
	case trail == nil:
		return nil
	case trail.LogGroup != "":
		return &monitoring.AuditTrailProps{ExistingLogGroup: jsii.String(trail.LogGroup)}
	}
	props := &monitoring.AuditTrailProps{
		MultiRegion:     jsii.Bool(trail.MultiRegion),
		BucketRetention: awscdk.Duration_Days(number(trail.BucketRetentionDays)),
	}
	if trail.ManagementEvents == "all" {
		props.ManagementEvents = awscloudtrail.ReadWriteType_ALL
	}
	return props
}
