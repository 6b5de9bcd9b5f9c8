package tokenproxy_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// What each kind of answer looks like in the access log, and which metrics count it.
func TestAlarms_whatTheMetricsCount(t *testing.T) {
	template := synth(t, with(allowList))
	var format map[string]string
	if err := json.Unmarshal([]byte(cdktest.At(t, template.One("AWS::ApiGateway::Stage"), "AccessLogSetting", "Format").(string)),
		&format); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		status, integrationLatency, integrationStatus, responseType string
		want                                                        []string
	}{
		"token from Cognito":       {"200", "87", "200", "-", nil},
		"token from the cache":     {"200", "-", "-", "-", nil},
		"Cognito's invalid_client": {"400", "41", "400", "-", nil},
		"the same from the cache":  {"400", "-", "-", "-", nil},
		"Cognito throttles":        {"429", "12", "429", "-", []string{"UpstreamThrottled"}},
		"its 429 from the cache":   {"429", "-", "-", "-", []string{"CachedUpstreamErrors"}},
		"the stage's throttle":     {"429", "-", "-", "THROTTLED", nil},
		"a usage plan's quota":     {"429", "-", "-", "QUOTA_EXCEEDED", nil},
		// A client may be able to provoke it; so it must not lead to a flush.
		"a request that Cognito cannot take":     {"422", "9", "431", "-", nil},
		"the same refusal from the cache":        {"422", "-", "-", "-", nil},
		"Cognito fails":                          {"502", "44", "500", "-", []string{"UpstreamFailed"}},
		"Cognito fails, passed through":          {"503", "44", "503", "-", []string{"UpstreamFailed"}},
		"its failure from the cache":             {"502", "-", "-", "-", []string{"CachedUpstreamErrors"}},
		"the web ACL refuses the gateway":        {"503", "9", "403", "-", []string{"UpstreamFailed"}},
		"its refusal from the cache":             {"503", "-", "-", "-", []string{"CachedUpstreamErrors"}},
		"Cognito does not answer":                {"504", "29001", "-", "INTEGRATION_TIMEOUT", []string{"UpstreamFailed"}},
		"no connection to Cognito":               {"504", "-", "-", "INTEGRATION_FAILURE", []string{"UpstreamFailed"}},
		"an answer that cannot be mapped":        {"500", "50", "200", "API_CONFIGURATION_ERROR", []string{"UpstreamFailed"}},
		"the authorizer fails":                   {"500", "-", "-", "AUTHORIZER_FAILURE", []string{"AuthorizerFailed"}},
		"the authorizer is not to be invoked":    {"500", "-", "-", "AUTHORIZER_CONFIGURATION_ERROR", []string{"AuthorizerFailed"}},
		"the authorizer denies":                  {"403", "-", "-", "ACCESS_DENIED", nil},
		"no credentials":                         {"401", "-", "-", "UNAUTHORIZED", nil},
		"the edge web ACL blocks":                {"403", "-", "-", "WAF_FILTERED", nil},
		"a parameter is missing":                 {"400", "-", "-", "BAD_REQUEST_PARAMETERS", nil},
		"an error of the gateway without a type": {"500", "-", "-", "DEFAULT_5XX", nil},
	} {
		t.Run(name, func(t *testing.T) {
			line := map[string]string{}
			for field, variable := range format {
				line[field] = map[string]string{
					"$context.status": test.status, "$context.integration.latency": test.integrationLatency,
					"$context.integration.status": test.integrationStatus, "$context.error.responseType": test.responseType,
				}[variable]
			}
			var got []string
			for _, id := range template.IDs("AWS::Logs::MetricFilter") {
				filter := template.Properties(id)
				if matches(t, filter["FilterPattern"].(string), line) {
					got = append(got, cdktest.At(t, filter, "MetricTransformations", 0, "MetricName").(string))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("counted by (-want +got):\n%s", diff)
			}
		})
	}
}

// matches evaluates the part of CloudWatch's JSON filter patterns that ours use: comparisons of a field with a text, which may end in '*',
// && before ||, and parentheses.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func matches(t *testing.T, pattern string, line map[string]string) bool {
	t.Helper()
	tokens := regexp.MustCompile(`\$\.\w+|"[^"]*"|&&|\|\||!=|=|[(){}]`).FindAllString(pattern, -1)
	if strings.ReplaceAll(strings.Join(tokens, ""), " ", "") != strings.ReplaceAll(pattern, " ", "") {
		t.Fatalf("pattern %s: this test reads %q", pattern, tokens)
	}
	next := func() string {
		if len(tokens) == 0 {
			t.Fatalf("pattern %s ends too early", pattern)
		}
		token := tokens[0]
		tokens = tokens[1:]
		return token
	}
	var either func() bool
	term := func() bool {
		field := next()
		if field == "(" {
			result := either()
			if got := next(); got != ")" {
				t.Fatalf("pattern %s: got %s, want )", pattern, got)
			}
			return result
		}
		operator, want := next(), strings.Trim(next(), `"`)
		got, ok := line[strings.TrimPrefix(field, "$.")]
		if !ok {
			t.Fatalf("pattern %s: the log has no field %s", pattern, field)
		}
		equal := got == want
		if prefix, wild := strings.CutSuffix(want, "*"); wild {
			equal = strings.HasPrefix(got, prefix)
		}
		return equal == (operator == "=")
	}
	both := func() bool {
		result := term()
		for len(tokens) > 0 && tokens[0] == "&&" {
			next()
			right := term()
			result = result && right
		}
		return result
	}
	either = func() bool {
		result := both()
		for len(tokens) > 0 && tokens[0] == "||" {
			next()
			right := both()
			result = result || right
		}
		return result
	}
	if next() != "{" {
		t.Fatalf("pattern %s is none over JSON", pattern)
	}
	result := either()
	if next() != "}" || len(tokens) > 0 {
		t.Fatalf("pattern %s: %q is left", pattern, tokens)
	}
	return result
}

func TestAlarms_onErrorsOfCognito(t *testing.T) {
	const namespace = "CognitoM2M/TokenProxy/Test-TokenProxy-FC6819E6"
	template := synth(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.AlarmTopic = awssns.NewTopic(stack, jsii.String("Alarms"), nil)
	})
	type alarm struct{ Metric, Threshold, Period any }
	got := map[string]alarm{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		a := template.Properties(id)
		if a["TreatMissingData"] != "notBreaching" || a["EvaluationPeriods"] != 1.0 ||
			a["ComparisonOperator"] != "GreaterThanOrEqualToThreshold" {
			t.Errorf("%s: got %s", id, cdktest.JSON(t, a))
		}
		if !strings.Contains(a["AlarmDescription"].(string), "docs/runbook.md") {
			t.Errorf("%s does not say what to do", id)
		}
		if len(a["AlarmActions"].([]any)) != 1 || cdktest.At(t, a, "AlarmActions", 0, "Ref") != template.ID("AWS::SNS::Topic") {
			t.Errorf("%s tells %v", id, a["AlarmActions"])
		}
		if _, ok := a["Metrics"]; ok {
			continue
		}
		if a["Namespace"] != namespace || a["Statistic"] != "Sum" || a["Dimensions"] != nil {
			t.Errorf("%s: looks at %s", id, cdktest.JSON(t, a))
		}
		got[id[:len(id)-8]] = alarm{a["MetricName"], a["Threshold"], a["Period"]}
	}
	want := map[string]alarm{
		"TokenProxyUpstreamThrottledAlarm": {"UpstreamThrottled", 1.0, 300.0},
		"TokenProxyUpstreamFailedAlarm":    {"UpstreamFailed", 5.0, 300.0},
		"TokenProxyAuthorizerFailedAlarm":  {"AuthorizerFailed", 5.0, 300.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
	for _, id := range template.IDs("AWS::Logs::MetricFilter") {
		filter := template.Properties(id)
		// A default value, and hence no dimension: the expression of the stale errors needs a number where nothing matches.
		transformation := map[string]any{"MetricName": cdktest.At(t, filter, "MetricTransformations", 0, "MetricName"),
			"MetricNamespace": namespace, "MetricValue": "1", "DefaultValue": 0.0}
		if diff := cmp.Diff([]any{transformation}, filter["MetricTransformations"]); diff != "" ||
			cdktest.At(t, filter, "LogGroupName", "Ref") != "TokenProxyAccessLog08FA9D8F" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	if plain := synth(t, nil); len(plain.IDs("AWS::CloudWatch::Alarm")) != 3 || len(plain.IDs("AWS::Logs::MetricFilter")) != 3 {
		t.Error("without an authorizer there is an alarm on it")
	}
}

// The alarm that a flush follows: it must not go off while Cognito still gives errors, which a flush would multiply.
func TestAlarms_alarmOnStaleErrors(t *testing.T) {
	stack, proxy := newProxy(t, nil)
	template := cdktest.Synth(t, stack)
	id := *stack.GetLogicalId(proxy.StaleErrorsAlarm().Node().DefaultChild().(awscdk.CfnElement))
	metrics := cdktest.At(t, template.Properties(id), "Metrics").([]any)
	named := map[string]any{}
	for _, m := range metrics {
		if stat, ok := m.(map[string]any)["MetricStat"]; ok {
			if cdktest.At(t, m, "ReturnData") != false || cdktest.At(t, stat, "Stat") != "Sum" || cdktest.At(t, stat, "Period") != 300.0 ||
				cdktest.At(t, stat, "Metric", "Namespace") != *proxy.MetricsNamespace() {
				t.Errorf("metric: got %s", cdktest.JSON(t, m))
			}
			named[cdktest.At(t, m, "Id").(string)] = cdktest.At(t, stat, "Metric", "MetricName")
			continue
		}
		if got := cdktest.At(t, m, "Expression"); got != "IF(throttled + failed == 0 AND cached > 0, cached, 0)" ||
			cdktest.At(t, m, "ReturnData") != true {
			t.Errorf("expression: got %v", got)
		}
	}
	if diff := cmp.Diff(map[string]any{"throttled": "UpstreamThrottled", "failed": "UpstreamFailed", "cached": "CachedUpstreamErrors"},
		named); diff != "" {
		t.Errorf("metrics of the expression (-want +got):\n%s", diff)
	}
	if template.Properties(id)["AlarmActions"] != nil {
		t.Error("tells a topic that was not given")
	}
	if got := len(proxy.Alarms()); got != 3 {
		t.Errorf("got %d alarms, want 3", got)
	}
}

func TestAlarms_alarmThresholdsAreSettable(t *testing.T) {
	stack, proxy := newProxy(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.AlarmThresholds = &tokenproxy.AlarmThresholds{
			UpstreamThrottled: jsii.Number(2), UpstreamFailed: jsii.Number(3), StaleErrors: jsii.Number(4), AuthorizerFailed: jsii.Number(6),
		}
	})
	template := cdktest.Synth(t, stack)
	got := map[string]any{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		got[id[:len(id)-len("Alarm01234567")]] = template.Properties(id)["Threshold"]
	}
	want := map[string]any{"TokenProxyUpstreamThrottled": 2.0, "TokenProxyUpstreamFailed": 3.0, "TokenProxyStaleErrors": 4.0,
		"TokenProxyAuthorizerFailed": 6.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("thresholds (-want +got):\n%s", diff)
	}
	var urgent []string
	for _, alarm := range proxy.UrgentAlarms() {
		urgent = append(urgent, *alarm.Node().Id())
	}
	if diff := cmp.Diff([]string{"UpstreamThrottledAlarm", "UpstreamFailedAlarm", "AuthorizerFailedAlarm"}, urgent); diff != "" {
		t.Errorf("urgent (-want +got):\n%s", diff)
	}
}

// Names and dimensions of the metrics.
func TestAlarms_namesOfMetrics(t *testing.T) {
	stack, proxy := newProxy(t, nil)
	template := cdktest.Synth(t, stack)
	if got := template.One("AWS::ApiGateway::RestApi")["Name"]; got != *proxy.APIName() {
		t.Errorf("the API is %v, not %s", got, *proxy.APIName())
	}
	if got := template.One("AWS::ApiGateway::Stage")["CacheClusterSize"]; got != *proxy.CacheSizeGB() {
		t.Errorf("the cache has %v GB, not %s", got, *proxy.CacheSizeGB())
	}
	metric := proxy.AccessLogMetric(tokenproxy.UpstreamFailed)
	if *metric.Namespace() != *proxy.MetricsNamespace() || *metric.MetricName() != "UpstreamFailed" ||
		proxy.AccessLogMetric(tokenproxy.AuthorizerFailed) != nil {
		t.Errorf("metric %s %s", *metric.Namespace(), *metric.MetricName())
	}
}
