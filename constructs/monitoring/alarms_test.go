package monitoring_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const tiers = "%[1]s * 0.00225 - (%[1]s > 250000) * (%[1]s - 250000) * 0.00075 - (%[1]s > 5000000) * (%[1]s - 5000000) * 0.000375"

const unseen = "expr_1: IF(asked >= 10, 100 * (asked - FILL(allowed, 0) - FILL(blocked, 0)) / asked, 0); allowed: Sum of " +
	"AllowedRequests in 900s; " +
	"asked: Sum of %s in 900s; blocked: Sum of BlockedRequests in 900s | GreaterThanOrEqualToThreshold 50 x2, missing notBreaching"

const silent = "Sum of AllowedRequests in 86400s | LessThanThreshold 1 x7, missing breaching"

// alarmLine is what an alarm looks at and when it is on, on one line.
func alarmLine(t *testing.T, p map[string]any) string {
	t.Helper()
	metric := func(m map[string]any, stat, period any) string {
		return fmt.Sprintf("%v of %v in %vs", stat, m["MetricName"], period)
	}
	what := ""
	if queries, ok := p["Metrics"].([]any); ok {
		for _, item := range queries {
			query := item.(map[string]any)
			if stat, ok := query["MetricStat"].(map[string]any); ok {
				what += fmt.Sprintf("; %v: %s", query["Id"], metric(stat["Metric"].(map[string]any), stat["Stat"], stat["Period"]))
			} else {
				what += fmt.Sprintf("; %v: %v", query["Id"], query["Expression"])
			}
		}
		what = what[2:]
	} else {
		stat := p["Statistic"]
		if stat == nil {
			stat = p["ExtendedStatistic"]
		}
		what = metric(p, stat, p["Period"])
	}
	return fmt.Sprintf(
		"%s | %v %s x%v, missing %v", what, p["ComparisonOperator"], cdktest.Text(p["Threshold"]), p["EvaluationPeriods"], p["TreatMissingData"],
	)
}

func alarmLines(t *testing.T, template cdktest.Template) map[string]string {
	t.Helper()
	lines := map[string]string{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		lines[id[:len(id)-len("Alarm01234567")]] = alarmLine(t, template.Properties(id))
	}
	return lines
}

func TestMonitoring_alarms(t *testing.T) {
	const anomaly = "expr_1: ANOMALY_DETECTION_BAND(m0, 3); m0: Sum of TokensIssued in 3600s | GreaterThanUpperThreshold <nil> x2, " +
		"missing notBreaching"
	want := map[string]string{
		"MonitoringServerErrors": "expr_1: IF(requests >= 20, 100 * errors / requests, 0); errors: Sum of 5XXError in 300s; " +
			"requests: Sum of Count in 300s | GreaterThanOrEqualToThreshold 1 x1, missing notBreaching",
		"MonitoringLatency":          "p99 of Latency in 300s | GreaterThanOrEqualToThreshold 2000 x3, missing notBreaching",
		"MonitoringPoolUnprotected":  fmt.Sprintf(unseen, "CacheMissCount"),
		"MonitoringPoolWebACLSilent": silent,
		"MonitoringEdgeUnprotected":  fmt.Sprintf(unseen, "Count"),
		"MonitoringHitRatio": "expr_1: IF(hits + misses >= 100, 100 * hits / (hits + misses), 100); hits: Sum of CacheHitCount " +
			"in 3600s; misses: Sum of CacheMissCount in 3600s | LessThanThreshold 50 x2, missing notBreaching",
		"MonitoringDirectAccess": "Sum of BlockedRequests in 300s | GreaterThanOrEqualToThreshold 100 x1, missing notBreaching",
		"MonitoringEdgeBlocks":   "Sum of BlockedRequests in 300s | GreaterThanOrEqualToThreshold 1000 x1, missing notBreaching",
		"MonitoringCost": "expr_1: " + fmt.Sprintf(tiers, "month") + "; month: tokens * 365 / 12; tokens: Sum of " +
			"TokensIssued in 86400s | GreaterThanOrEqualToThreshold 600 x1, missing notBreaching",
		"MonitoringAnomalyshop":    anomaly,
		"MonitoringAnomalybilling": anomaly,
		"MonitoringUsageDeadLetters": "Maximum of ApproximateNumberOfMessagesVisible in 300s | GreaterThanOrEqualToThreshold 1 x1, " +
			"missing notBreaching",
		"MonitoringUsageErrors": "Sum of Errors in 3600s | GreaterThanOrEqualToThreshold 3 x1, missing notBreaching",
	}
	if diff := cmp.Diff(want, alarmLines(t, full(t))); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
}

// Every threshold is a setting, and without a trail tokens are what the gateway asked for.
func TestMonitoring_thresholds(t *testing.T) {
	s := newService(t, t.TempDir())
	s.props.Thresholds = &monitoring.Thresholds{
		ServerErrorRate: jsii.Number(0.05), MinRequests: jsii.Number(7), HitRatio: jsii.Number(0.8),
		LatencyP99:         awscdk.Duration_Millis(jsii.Number(750)),
		DirectAccessBlocks: jsii.Number(3), EdgeBlocks: jsii.Number(4),
	}
	s.props.Prices = &monitoring.Prices{PerThousandTokens: jsii.Number(2), CachePerHour: jsii.Number(1)}
	s.props.MonthlyBudget = &monitoring.Budget{USD: jsii.Number(50)}
	want := map[string]string{
		"MonitoringServerErrors": "expr_1: IF(requests >= 7, 100 * errors / requests, 0); errors: Sum of 5XXError in 300s; requests: " +
			"Sum of Count in 300s | GreaterThanOrEqualToThreshold 5 x1, missing notBreaching",
		"MonitoringLatency":          "p99 of Latency in 300s | GreaterThanOrEqualToThreshold 750 x3, missing notBreaching",
		"MonitoringPoolUnprotected":  fmt.Sprintf(unseen, "CacheMissCount"),
		"MonitoringPoolWebACLSilent": silent,
		"MonitoringEdgeUnprotected":  fmt.Sprintf(unseen, "Count"),
		"MonitoringHitRatio": "expr_1: IF(hits + misses >= 100, 100 * hits / (hits + misses), 100); hits: Sum of CacheHitCount " +
			"in 3600s; misses: Sum of CacheMissCount in 3600s | LessThanThreshold 80 x2, missing notBreaching",
		"MonitoringDirectAccess": "Sum of BlockedRequests in 300s | GreaterThanOrEqualToThreshold 3 x1, missing notBreaching",
		"MonitoringEdgeBlocks":   "Sum of BlockedRequests in 300s | GreaterThanOrEqualToThreshold 4 x1, missing notBreaching",
		"MonitoringCost": "expr_1: month * 0.002; month: tokens * 365 / 12; tokens: Sum of CacheMissCount in 86400s | " +
			"GreaterThanOrEqualToThreshold 50 x1, missing notBreaching",
	}
	if diff := cmp.Diff(want, alarmLines(t, s.synth(t))); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
}

// Every alarm tells of itself, but for the one that only the paging alarm asks, and one more tells others of what is urgent.
func TestMonitoring_notifications(t *testing.T) {
	template := full(t)
	const topic = "[{Fn::ImportValue gateway:ExportsOutputRefRotationAlarmTopic583D174757F8E3BF}]"
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		want := topic
		if strings.Contains(id, "PoolWebACLSilent") {
			want = "<nil>"
		}
		if got := cdktest.Text(template.Properties(id)["AlarmActions"]); got != want {
			t.Errorf("%s tells %s, want %s", id, got, want)
		}
	}
	paging := template.One("AWS::CloudWatch::CompositeAlarm")
	if got := cdktest.Text(paging["AlarmActions"]); got != "[{Ref "+template.ID("AWS::SNS::Topic")+"}]" {
		t.Errorf("the paging alarm tells %s", got)
	}
	var got []string
	children := regexp.MustCompile(`(?:GetAtt \[|ImportValue )([^ }]*?)Alarm[0-9A-F]{8}`)
	for _, child := range children.FindAllStringSubmatch(cdktest.Text(paging["AlarmRule"]), -1) {
		got = append(got, strings.Replace(child[1], "ExportsOutputFnGetAtt", "", 1))
	}
	want := []string{
		"MonitoringServerErrors", "MonitoringLatency", "gateway:TokenProxyUpstreamThrottled", "gateway:TokenProxyUpstreamFailed",
		"gateway:RotationDrift", "credentials:RotationDrift", "credentials:RevocationWaiting", "credentials:RevocationDeadLetters",
		"MonitoringPoolUnprotected", "MonitoringPoolWebACLSilent",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("urgent alarms (-want +got):\n%s", diff)
	}
	// The last two are one condition: a web ACL of which nothing was ever recorded pages nobody.
	rule := cdktest.Text(paging["AlarmRule"])
	if strings.Count(rule, "ALARM(") != len(want)-1 || strings.Count(rule, " OR ") != len(want)-2 {
		t.Errorf("rule: %s", rule)
	}
	const unprotected = `(ALARM("{Fn::GetAtt [MonitoringPoolUnprotectedAlarm41DB62EF Arn]}") AND OK("{Fn::GetAtt ` +
		`[MonitoringPoolWebACLSilentAlarm0CDB2F59 Arn]}")))`
	if !strings.HasSuffix(rule, " OR "+unprotected) {
		t.Errorf("rule: %s\nwant it to end with %s", rule, unprotected)
	}
}

// Where nothing flushes the cache by itself, errors in it are urgent.
func TestMonitoring_staleErrorsPageWithoutAFlush(t *testing.T) {
	s := newService(t, t.TempDir())
	s.props.Revocation = nil
	paging := s.synth(t).One("AWS::CloudWatch::CompositeAlarm")
	if rule := cdktest.Text(paging["AlarmRule"]); !strings.Contains(rule, "TokenProxyStaleErrorsAlarm") {
		t.Errorf("rule: %s", rule)
	}
}

func TestMonitoring_budget(t *testing.T) {
	budget := full(t).One("AWS::Budgets::Budget")
	const limit = "{BudgetLimit {Amount 600, Unit USD}, BudgetType COST, CostFilters {Service [Amazon Cognito]}, TimeUnit MONTHLY}"
	if got, want := cdktest.Text(budget["Budget"]), limit; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	const subscribers = "[{Address {Fn::ImportValue gateway:ExportsOutputRefRotationAlarmTopic583D174757F8E3BF}, SubscriptionType " +
		"SNS} {Address finance@example.com, SubscriptionType EMAIL}]"
	want := "[{Notification {ComparisonOperator GREATER_THAN, NotificationType ACTUAL, Threshold 80, ThresholdType PERCENTAGE}, " +
		"Subscribers " + subscribers + "}" +
		" {Notification {ComparisonOperator GREATER_THAN, NotificationType FORECASTED, Threshold 100, ThresholdType PERCENTAGE}, " +
		"Subscribers " + subscribers + "}]"
	if got := cdktest.Text(budget["NotificationsWithSubscribers"]); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// A topic of its own lets CloudWatch and, with a budget, AWS Budgets publish, and use its key: without both messages are lost.
func TestMonitoring_topicPolicies(t *testing.T) {
	s := newService(t, t.TempDir())
	s.props.OriginHeaderRotation, s.props.DisableAlarms = nil, jsii.Bool(true) // The paging alarm has another one.
	s.props.MonthlyBudget = &monitoring.Budget{
		USD: jsii.Number(50), Tag: &monitoring.Tag{Key: jsii.String("environment"), Value: jsii.String("prod")},
	}
	template := s.synth(t)
	const account = "StringEquals {aws:SourceAccount {Ref AWS::AccountId}}"
	want := []string{
		"cloudwatch.amazonaws.com: {" + account + "}",
		"budgets.amazonaws.com: {ArnLike {aws:SourceArn arn:{Ref AWS::Partition}:budgets::{Ref AWS::AccountId}:*}, " + account + "}",
	}
	for resource, policy := range map[string]string{"AWS::KMS::Key": "KeyPolicy", "AWS::SNS::TopicPolicy": "PolicyDocument"} {
		var got []string
		for _, item := range cdktest.At(t, template.One(resource), policy, "Statement").([]any) {
			statement := item.(map[string]any)
			if principal, ok := cdktest.At(t, statement, "Principal").(map[string]any); ok && principal["Service"] != nil {
				got = append(got, fmt.Sprintf("%v: %s", principal["Service"], cdktest.Text(statement["Condition"])))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s lets in (-want +got):\n%s", resource, diff)
		}
	}
	filters := cdktest.At(t, template.One("AWS::Budgets::Budget"), "Budget", "CostFilters")
	if got := cdktest.Text(filters); got != "{Service [Amazon Cognito], TagKeyValue [user:environment$prod]}" {
		t.Errorf("filters: %s", got)
	}
	budget := template.Resource(template.ID("AWS::Budgets::Budget"))
	if depends := cdktest.Text(budget["DependsOn"]); !strings.Contains(depends, template.ID("AWS::SNS::TopicPolicy")) {
		t.Errorf("the budget waits for %s, not for the topic's policy", depends)
	}
}

// Alarms and the dashboard refer only to sections that the runbook has.
func TestMonitoring_runbookHasEverySection(t *testing.T) {
	runbook, err := os.ReadFile(filepath.Join("..", "..", "docs", "runbook.md"))
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`"([A-Z][^"]*)" in docs/runbook\.md`)
	expect := func(where, name string) {
		if !regexp.MustCompile(`(?m)^###? ` + regexp.QuoteMeta(name) + `$`).Match(runbook) {
			t.Errorf("%s: docs/runbook.md has no section %q", where, name)
		}
	}
	template := full(t)
	for _, id := range append(template.IDs("AWS::CloudWatch::Alarm"), template.IDs("AWS::CloudWatch::CompositeAlarm")...) {
		found := section.FindStringSubmatch(template.Properties(id)["AlarmDescription"].(string))
		if found == nil {
			t.Errorf("%s names no section of the runbook", id)
			continue
		}
		expect(id, found[1])
	}
	links := 0
	for _, widget := range body(t, template).Widgets {
		toRunbook := regexp.MustCompile(`\[([^\]]+)\]\(https://example\.com/docs/runbook\.md#([^)]+)\)`)
		for _, link := range toRunbook.FindAllStringSubmatch(widget.Properties.Markdown, -1) {
			links++
			expect("the dashboard", link[1])
			if want := strings.ToLower(strings.ReplaceAll(link[1], " ", "-")); link[2] != want {
				t.Errorf("link to %q leads to #%s, want #%s", link[1], link[2], want)
			}
		}
	}
	if links < 10 {
		t.Errorf("the dashboard has %d links to the runbook", links)
	}
}
