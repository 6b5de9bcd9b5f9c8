package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
)

// Metrics that are counted in the access log, in the proxy's own MetricsNamespace and without dimensions.
const (
	// UpstreamThrottled counts answers of Cognito that were 429.
	UpstreamThrottled = "UpstreamThrottled"
	// UpstreamFailed counts answers with 5xx to requests that Cognito was asked for: its own 5xx, no answer in time, and, with
	// CanonicalIntegration, the refusal of its web ACL.
	UpstreamFailed = "UpstreamFailed"
	// CachedUpstreamErrors counts answers from the cache that are 429 or 5xx.
	CachedUpstreamErrors = "CachedUpstreamErrors"
	// AuthorizerFailed counts requests for which the Lambda authorizer gave no answer. Only with Authorization.Lambda.
	AuthorizerFailed = "AuthorizerFailed"
)

// Patterns over the lines of the access log, whose values are all texts. integrationLatency is "-" when Cognito was not asked, and
// responseType is "-" unless the gateway itself made the answer; so an answer with neither comes from the cache. The gateway's own 429,
// which is its throttle's or a usage plan's, has a responseType.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
const (
	throttledPattern  = `{ $.status = "429" && $.integrationLatency != "-" }`
	failedPattern     = `{ $.status = "5*" && ($.integrationLatency != "-" || $.responseType = "INTEGRATION_*") }`
	cachedPattern     = `{ ($.status = "429" || $.status = "5*") && $.integrationLatency = "-" && $.responseType = "-" }`
	authorizerPattern = `{ $.responseType = "AUTHORIZER_*" }`
)

// metricsNamespaceRoot begins the namespace of each proxy.
const metricsNamespaceRoot = "CognitoM2M/TokenProxy"

// alarmMinutes is the time that an alarm looks at.
const alarmMinutes = 5

// addAlarms counts in the access log what no metric of API Gateway tells apart: its 4XXError has Cognito's 429 and the gateway's own, and
// neither says what came from the cache.
func (p *TokenProxy) addAlarms(s *settings) {
	// A namespace of the proxy's own and no dimension: with a dimension a metric filter has no default value, and the expression below needs a
	// 0.
	p.metricsNamespace = metricsNamespaceRoot + "/" + *p.uniqueName()
	p.metrics = map[string]awscloudwatch.Metric{}
	throttled := p.count(UpstreamThrottled, throttledPattern)
	failed := p.count(UpstreamFailed, failedPattern)
	cached := p.count(CachedUpstreamErrors, cachedPattern)
	p.addAlarm(s, "UpstreamThrottled", throttled, *s.thresholds.UpstreamThrottled,
		"Cognito throttles the token gateway: more requests miss the cache than its quota for client_credentials allows. See \"Cognito "+
			"throttles\" in docs/runbook.md.")
	p.addAlarm(s, "UpstreamFailed", failed, *s.thresholds.UpstreamFailed,
		"Cognito fails, does not answer, or its web ACL refuses the gateway, more often than it may in five minutes. See \"Cognito fails\" in "+
			"docs/runbook.md.")
	p.staleErrors = p.addAlarm(s, "StaleErrors", awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   jsii.String("IF(throttled + failed == 0 AND cached > 0, cached, 0)"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{"throttled": throttled, "failed": failed, "cached": cached},
		Label:        jsii.String("Errors from the cache while Cognito gives none"),
		Period:       alarmPeriod(),
	}), *s.thresholds.StaleErrors, "Clients get errors from the cache though Cognito is well again. Flush the stage's cache; see \"Cached "+
		"errors\" in docs/runbook.md.")
	if s.Authorization.isLambda() {
		p.addAlarm(s, "AuthorizerFailed", p.count(AuthorizerFailed, authorizerPattern), *s.thresholds.AuthorizerFailed,
			"The Lambda authorizer of token requests fails or is throttled, more often than it may in five minutes. See \"Authorizer fails\" in "+
				"docs/runbook.md.")
	}
}

// count makes a metric of the number of lines that match. Where there are lines and none matches it is 0.
func (p *TokenProxy) count(name, pattern string) awscloudwatch.Metric {
	filter := awslogs.NewMetricFilter(p.Construct, jsii.String(name+"Filter"), &awslogs.MetricFilterProps{
		LogGroup:        p.accessLog,
		FilterPattern:   awslogs.FilterPattern_Literal(jsii.String(pattern)),
		MetricNamespace: jsii.String(p.metricsNamespace),
		MetricName:      jsii.String(name),
		MetricValue:     jsii.String("1"),
		DefaultValue:    jsii.Number(0),
	})
	metric := filter.Metric(&awscloudwatch.MetricOptions{Statistic: jsii.String("Sum"), Period: alarmPeriod()})
	p.metrics[name] = metric
	return metric
}

// addAlarm looks at one period. Without requests there is nothing wrong.
func (p *TokenProxy) addAlarm(s *settings, id string, metric awscloudwatch.IMetric, threshold float64,
	description string) awscloudwatch.Alarm {
	alarm := alarms.New(p.Construct, s.AlarmTopic, alarms.Alarm{
		ID: id, Description: description, Metric: metric, Threshold: threshold, Missing: awscloudwatch.TreatMissingData_NOT_BREACHING,
	})[0]
	p.alarms = append(p.alarms, alarm)
	return alarm
}

func alarmPeriod() awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(alarmMinutes)) }
