package guard

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// refusedTrail: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
func refusedTrail(r *templates.Resource, m *mistakes) {
	p := r.Properties
	if global := p["IncludeGlobalServiceEvents"]; p["IsMultiRegionTrail"] == true && (global == nil || global == false) {
		m.addf("IncludeGlobalServiceEvents is %v: a multi-Region trail must include them", global)
	}
	if (p["CloudWatchLogsLogGroupArn"] == nil) != (p["CloudWatchLogsRoleArn"] == nil) {
		m.addf("CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn must be there both or neither")
	}
}

// identifierPattern has the characters that CloudWatch Logs takes in a custom data identifier.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
var identifierPattern = regexp.MustCompile(`^[A-Za-z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}$`)

// refusedLogGroup requires a data protection policy of one statement that audits and one that masks the same identifiers.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
func refusedLogGroup(r *templates.Resource, m *mistakes) {
	policy := section(r.Properties, "DataProtectionPolicy")
	if policy == nil {
		return
	}
	operations := map[string][]string{}
	for _, statement := range list(policy, "Statement") {
		for operation := range section(statement, "Operation") {
			operations[operation] = texts(statement, "DataIdentifier")
		}
	}
	got, audited, masked := slices.Sorted(maps.Keys(operations)), operations["Audit"], operations["Deidentify"]
	if !slices.Equal(got, []string{"Audit", "Deidentify"}) || !slices.Equal(audited, masked) {
		m.addf("DataProtectionPolicy has the operations %v on %v and %v: want Audit and Deidentify on the same identifiers",
			got, audited, masked)
	}
	for _, identifier := range list(section(policy, "Configuration"), "CustomDataIdentifier") {
		expression, _ := section(identifier)["Regex"].(string)
		if _, err := regexp.Compile(expression); err != nil || !identifierPattern.MatchString(expression) {
			m.addf("DataProtectionPolicy: CloudWatch Logs does not take %q as a custom data identifier: want a match of %s",
				expression, identifierPattern)
		}
	}
}

// maxSubscriptions is CloudWatch Logs' limit for a log group, which cannot be raised.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
const maxSubscriptions = 2

// refusedSubscription counts the log group's subscriptions, as far as the assembly has them.
func refusedSubscription(r *templates.Resource, m *mistakes) {
	group, count := r.Text(r.Properties["LogGroupName"]), 0
	r.Assembly().Each(r.Type, func(other *templates.Resource) {
		if other.Text(other.Properties["LogGroupName"]) == group {
			count++
		}
	})
	if count > maxSubscriptions && group != unknown {
		m.addf("log group %s has %d subscription filters: it takes %d", group, count, maxSubscriptions)
	}
}

// quoted are the texts and expressions in a filter pattern.
var quoted = regexp.MustCompile(`"(\\.|[^"\\])*"|%[^%]*%`)

// refusedMetricFilter: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func refusedMetricFilter(r *templates.Resource, m *mistakes) {
	if pattern, _ := r.Properties["FilterPattern"].(string); strings.HasPrefix(strings.TrimSpace(pattern), "{") {
		pattern = quoted.ReplaceAllString(pattern, "")
		for _, pair := range []string{"{}", "()"} {
			if opened, closed := strings.Count(pattern, pair[:1]), strings.Count(pattern, pair[1:]); opened != closed {
				m.addf("FilterPattern has %d %q and %d %q", opened, pair[:1], closed, pair[1:])
			}
		}
	}
	for i, item := range list(r.Properties, "MetricTransformations") {
		transformation := section(item)
		if transformation["DefaultValue"] != nil && transformation["Dimensions"] != nil {
			m.addf("MetricTransformations[%d] has both DefaultValue and Dimensions: CloudWatch Logs takes one of them", i)
		}
		if namespace := fmt.Sprint(transformation["MetricNamespace"]); strings.HasPrefix(namespace, "AWS/") {
			m.addf("MetricTransformations[%d] writes to namespace %q: those that begin with AWS/ are AWS's own", i, namespace)
		}
	}
}

// The ids in an expression begin with a lower-case letter, functions with an upper-case one.
var (
	inQuotes = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	metricID = regexp.MustCompile(`\b[a-z]\w*\b\s*\(?`)
)

// refusedAlarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func refusedAlarm(r *templates.Resource, m *mistakes) {
	p := r.Properties
	queries := list(p, "Metrics")
	if len(queries) == 0 {
		return
	}
	var ids, results []string
	for _, item := range queries {
		ids = append(ids, fmt.Sprint(section(item)["Id"]))
		if section(item)["ReturnData"] != false {
			results = append(results, ids[len(ids)-1])
		}
	}
	for _, id := range twice(ids) {
		m.addf("duplicate metric id %q", id)
	}
	for _, item := range queries {
		expression, ok := section(item)["Expression"].(string)
		if !ok || strings.HasPrefix(strings.ToUpper(strings.TrimSpace(expression)), "SELECT ") {
			continue // A query of Metrics Insights names no ids.
		}
		bare := inQuotes.ReplaceAllString(expression, "''")
		for _, found := range metricID.FindAllString(bare, -1) {
			if id := strings.TrimSpace(found); !strings.HasSuffix(id, "(") && !slices.Contains(ids, id) {
				m.addf("uses %q in %q, and has no metric of this id", id, expression)
			}
		}
		if strings.Contains(bare, "SEARCH(") {
			m.addf("has a search in %q, which an alarm cannot have", expression)
		}
	}
	// An alarm on an anomaly returns the metric and its band.
	if band := fmt.Sprint(p["ThresholdMetricId"]); p["ThresholdMetricId"] != nil && (len(results) != 2 || !slices.Contains(results, band)) ||
		p["ThresholdMetricId"] == nil && len(results) != 1 {
		m.addf("returns the data of %v: one metric is compared with the threshold, or one with a band of its own", results)
	}
}

// Limits of a composite alarm: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
const (
	maxChildren   = 100
	maxRuleLength = 10240
)

var child = regexp.MustCompile(`\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(`)

func refusedCompositeAlarm(r *templates.Resource, m *mistakes) {
	rule := r.Text(r.Properties["AlarmRule"])
	if n := len(child.FindAllString(rule, -1)); n > maxChildren {
		m.addf("AlarmRule looks at %d alarms: use up to %d", n, maxChildren)
	}
	if literal, ok := r.Properties["AlarmRule"].(string); ok && len(literal) > maxRuleLength {
		m.addf("AlarmRule has %d characters: use up to %d", len(literal), maxRuleLength)
	}
}

// unquoted is a mark that stands for a number: an object of JSON has quotes.
var unquoted = regexp.MustCompile(`\{[^{}"]*\}`)

func refusedDashboard(r *templates.Resource, m *mistakes) {
	body, err := r.Stack.Text(r.Properties["DashboardBody"])
	if err == nil && !json.Valid([]byte(body)) && !json.Valid(unquoted.ReplaceAll([]byte(body), []byte("0"))) {
		m.addf("DashboardBody is not JSON")
	}
}
