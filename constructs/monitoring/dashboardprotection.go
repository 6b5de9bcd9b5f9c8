package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	secrets "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	header "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// webACLs is a row.
func (s *settings) webACLs() []awscloudwatch.IWidget {
	period := minutes(5)
	width := 24.0
	if s.Edge != nil {
		width = 8
	}
	row := []awscloudwatch.IWidget{graph("The user pool's web ACL", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{
		Left: metrics(
			styled(s.poolWebACL("AllowedRequests", allRules, period), "Allowed", good),
			styled(s.directAccess(period), "Blocked: not from the gateway", bad),
		),
		LeftAnnotations: limit(*s.thresholds.DirectAccessBlocks, "alarm on blocked"),
	})}
	if s.Edge == nil {
		return row
	}
	var blocked []awscloudwatch.IMetric
	for _, rule := range s.Edge.RuleNames() {
		blocked = append(blocked, s.edge("BlockedRequests", *rule, period).With(&awscloudwatch.MetricOptions{Label: rule}))
	}
	return append(row,
		graph("The edge web ACL", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{
			Left: metrics(
				styled(s.edge("AllowedRequests", allRules, period), "Allowed", good),
				styled(s.edge("BlockedRequests", allRules, period), "Blocked", bad),
			),
			LeftAnnotations: limit(*s.thresholds.EdgeBlocks, "alarm on blocked"),
		}),
		graph("Blocked at the edge, by rule", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{
			Left: &blocked, Stacked: jsii.Bool(true), LegendPosition: awscloudwatch.LegendPosition_RIGHT,
		}),
	)
}

// rotations are rows, without any when nothing rotates.
func (s *settings) rotations() [][]awscloudwatch.IWidget {
	var all []awscloudwatch.IWidget
	if r := s.OriginHeaderRotation; r != nil {
		own := func(metric header.Metric) awscloudwatch.Metric {
			return alarms.Own(r.Function(), originheader.MetricsNamespace, string(metric), "Maximum", hour())
		}
		all = append(all,
			graph("Age of the origin header's value", 8, "days", awscloudwatch.GraphWidgetProps{
				Left: metrics(styled(own(header.ValueAgeDays), "Age", plain)), LeftAnnotations: limit(r.OverdueDays(), "overdue"),
			}),
			graph("Drift of the origin header", 8, "1: found", awscloudwatch.GraphWidgetProps{
				Left: metrics(styled(own(header.DriftFound), "Drift", bad), styled(own(header.RotationStuck), "Stuck rotation", warn)),
			}),
		)
	}
	if r := s.ClientSecretRotation; r != nil {
		own := func(metric secrets.Metric, label, color string) awscloudwatch.IMetric {
			return styled(alarms.Own(r.Function(), clientsecret.MetricsNamespace, string(metric), "Maximum", hour()), label, color)
		}
		all = append(all, graph("Client secrets", 8, "tenants", awscloudwatch.GraphWidgetProps{
			Left: metrics(
				own(secrets.Overdue, "Overdue", bad), own(secrets.Placeholders, "Without credentials", warn),
				own(secrets.Unsure, "Unsure", other), own(secrets.Stuck, "Stuck", dim),
			),
		}))
	}
	if r := s.Revocation; r != nil {
		all = append(all,
			graph("Changes that wait for a flush of the cache", 8, "seconds", awscloudwatch.GraphWidgetProps{
				Left: metrics(r.Queue().MetricApproximateAgeOfOldestMessage(&awscloudwatch.MetricOptions{
					Label: jsii.String("Oldest"), Color: jsii.String(plain), Statistic: jsii.String("Maximum"), Period: minutes(5),
				})),
			}),
			graph("Flushes of the cache", 8, "in an hour", awscloudwatch.GraphWidgetProps{
				Left: metrics(styled(alarms.Own(r.Function(), revocation.MetricsNamespace, "CacheFlushes", "Sum", hour()), "Flushes", plain)),
			}),
		)
	}
	if errors := s.functionErrors(); len(errors) > 0 {
		all = append(all, graph("Failed invocations of the functions", 8, "in an hour", awscloudwatch.GraphWidgetProps{Left: &errors}))
	}
	var rows [][]awscloudwatch.IWidget
	for len(all) > 0 {
		n := min(3, len(all))
		rows, all = append(rows, all[:n]), all[n:]
	}
	return rows
}

// functionErrors are of the functions that there are.
func (s *settings) functionErrors() []awscloudwatch.IMetric {
	var errors []awscloudwatch.IMetric
	add := func(function awslambda.IFunction, label string) {
		errors = append(errors, function.MetricErrors(&awscloudwatch.MetricOptions{
			Label: jsii.String(label), Statistic: jsii.String("Sum"), Period: hour(),
		}))
	}
	if r := s.OriginHeaderRotation; r != nil {
		add(r.Function(), "Origin header")
	}
	if r := s.ClientSecretRotation; r != nil {
		add(r.Function(), "Client secrets")
	}
	if r := s.Revocation; r != nil {
		add(r.Function(), "Flushes")
	}
	if s.usage != nil {
		add(s.usage.Function(), "Usage")
	}
	return errors
}
