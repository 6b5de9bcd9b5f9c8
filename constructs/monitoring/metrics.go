package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// gateway is one of API Gateway's metrics of the stage.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
func (s *settings) gateway(name, statistic string, period awscdk.Duration) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/ApiGateway"),
		MetricName:    jsii.String(name),
		DimensionsMap: &map[string]*string{"ApiName": s.Proxy.APIName(), "Stage": s.Proxy.StageName()},
		Statistic:     jsii.String(statistic),
		Period:        period,
	})
}

// allRules is the Rule of what a web ACL did by whichever rule.
const allRules = "ALL"

// poolWebACL and edge are one of AWS WAF's metrics of a web ACL.
func (s *settings) poolWebACL(name, rule string, period awscdk.Duration) awscloudwatch.Metric {
	return s.waf(name, *s.PoolWebACL.MetricName(), rule, period)
}

func (s *settings) edge(name, rule string, period awscdk.Duration) awscloudwatch.Metric {
	return s.waf(name, *s.Edge.MetricName(), rule, period)
}

// waf has the dimensions of a web ACL that is not CloudFront's. AWS WAF records what was counted only when it is not zero.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
func (s *settings) waf(name, metricName, rule string, period awscdk.Duration) awscloudwatch.Metric {
	region := awscdk.Stack_Of(s.PoolWebACL.Construct).Region()
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/WAFV2"),
		MetricName:    jsii.String(name),
		DimensionsMap: &map[string]*string{"WebACL": jsii.String(metricName), "Rule": jsii.String(rule), "Region": region},
		Statistic:     jsii.String("Sum"),
		Period:        period,
	})
}

// directAccess are requests that came to Cognito around the proxy: none but block-all ever refuses one.
func (s *settings) directAccess(period awscdk.Duration) awscloudwatch.Metric {
	return s.poolWebACL("BlockedRequests", webacl.BlockAllRule, period)
}

// tokens are what Cognito charges for. Without a trail they are what it was asked for, which is more by its errors.
func (s *settings) tokens(period awscdk.Duration) awscloudwatch.Metric {
	if s.usage != nil {
		return s.usage.TokensIssued().With(&awscloudwatch.MetricOptions{Period: period})
	}
	return s.gateway("CacheMissCount", "Sum", period)
}

type named = map[string]awscloudwatch.IMetric

// calculated is a new metric from others, which go by their ids in the expression. The color may be empty.
func calculated(expression, label, color string, period awscdk.Duration, using named) awscloudwatch.MathExpression {
	props := &awscloudwatch.MathExpressionProps{
		Expression: jsii.String(expression), Label: jsii.String(label), Period: period, UsingMetrics: &using,
	}
	if color != "" {
		props.Color = jsii.String(color)
	}
	return awscloudwatch.NewMathExpression(props)
}

// styled is the metric with a label and a color.
func styled(metric awscloudwatch.Metric, label, color string) awscloudwatch.IMetric {
	return metric.With(&awscloudwatch.MetricOptions{Label: jsii.String(label), Color: jsii.String(color)})
}

func minutes(n float64) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }
func hour() awscdk.Duration             { return awscdk.Duration_Hours(jsii.Number(1)) }
func day() awscdk.Duration              { return awscdk.Duration_Days(jsii.Number(1)) }
