package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// clientQuota is how many requests for client_credentials Cognito takes in a second, of all pools in an account and Region (category
// ClientAuthentication). Cognito counts them in AWS/Usage, but which dimensions that category has is not documented:
// https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html
const clientQuota = 150

// today are the numbers of the dashboard's whole range.
func (s *settings) today() awscloudwatch.IWidget {
	period := minutes(5)
	hits, misses := s.gateway("CacheHitCount", "Sum", period), s.gateway("CacheMissCount", "Sum", period)
	requests, errors := s.gateway("Count", "Sum", period), s.gateway("5XXError", "Sum", period)
	return awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
		Title: jsii.String("In the range shown"), Width: jsii.Number(12), Height: jsii.Number(4), SetPeriodToTimeRange: jsii.Bool(true),
		Metrics: metrics(
			styled(requests, "Requests", plain),
			calculated("100 * hits / (hits + misses)", "Cache hits, %", good, period, named{"hits": hits, "misses": misses}),
			calculated("100 * failed / asked", "5xx, %", bad, period, named{"failed": errors, "asked": requests}),
			styled(s.gateway("Latency", "p99", period), "p99, ms", other),
		),
	})
}

func (s *settings) requests(width float64) awscloudwatch.IWidget {
	period := minutes(5)
	return graph("Token requests", width, "in 5 minutes", awscloudwatch.GraphWidgetProps{
		Left: metrics(
			styled(s.gateway("Count", "Sum", period), "All", plain),
			styled(s.gateway("CacheHitCount", "Sum", period), "From the cache", good),
			styled(s.gateway("CacheMissCount", "Sum", period), "To Cognito", warn),
		),
	})
}

func (s *settings) hitRatio(width float64) awscloudwatch.IWidget {
	period := minutes(5)
	target := 100 * *s.thresholds.HitRatio
	return graph("Cache hit ratio", width, "%", awscloudwatch.GraphWidgetProps{
		Left: metrics(calculated("100 * hits / (hits + misses)", "Answered from the cache", good, period, named{
			"hits": s.gateway("CacheHitCount", "Sum", period), "misses": s.gateway("CacheMissCount", "Sum", period),
		})),
		LeftAnnotations: limit(target, "target "+number(target)+" %"),
	})
}

func (s *settings) errors(width float64) awscloudwatch.IWidget {
	period := minutes(5)
	limited := *s.thresholds.ServerErrorRate * 100
	requests, refused, failed := s.gateway("Count", "Sum", period), s.gateway("4XXError", "Sum", period), s.gateway("5XXError", "Sum", period)
	return graph("Errors", width, "% of requests", awscloudwatch.GraphWidgetProps{
		Left: metrics(
			calculated("100 * refused / requests", "4xx", warn, period, named{"refused": refused, "requests": requests}),
			calculated("100 * failed / requests", "5xx", bad, period, named{"failed": failed, "requests": requests}),
		),
		LeftAnnotations: limit(limited, "alarm on 5xx from "+number(limited)+" %"),
	})
}

func (s *settings) latencies(width float64) awscloudwatch.IWidget {
	period := minutes(5)
	return graph("Latency", width, "ms", awscloudwatch.GraphWidgetProps{
		Left: metrics(
			styled(s.gateway("Latency", "p50", period), "p50", good),
			styled(s.gateway("Latency", "p99", period), "p99", plain),
			styled(s.gateway("IntegrationLatency", "p99", period), "p99 of Cognito alone", warn),
		),
		LeftAnnotations: limit(float64(s.latency.Milliseconds()), "alarm on p99"),
	})
}

// quota shows the average of five minutes: a burst within them may be throttled below the line, which is why throttled answers are here as
// well.
func (s *settings) quota(width float64) awscloudwatch.IWidget {
	misses, throttled := s.gateway("CacheMissCount", "Sum", minutes(5)), s.Proxy.AccessLogMetric(tokenproxy.UpstreamThrottled)
	return graph("Requests to Cognito against its quota", width, "in a second", awscloudwatch.GraphWidgetProps{
		Left: metrics(
			calculated("misses / PERIOD(misses)", "Requests of this gateway", plain, minutes(5), named{"misses": misses}),
			calculated("throttled / PERIOD(throttled)", "Throttled by Cognito", bad, minutes(5), named{"throttled": throttled}),
		),
		LeftAnnotations: limit(clientQuota, "Cognito's default quota of the account and Region"),
	})
}
