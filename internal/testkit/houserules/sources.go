package houserules

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// sources are what writes metrics, in an assembly. All names are as references writes them.
type sources struct {
	stages    map[string][]string            // names of stages, by the name of their API
	webACLs   map[string][]string            // names of rules' metrics, by that of their web ACL
	functions map[string]map[string]string   // environments of functions, by name
	queues    []string                       // names
	filters   map[string]map[string][]string // dimensions of metric filters' metrics, by namespace and name
	alarms    []string                       // ARNs
}

func newSources(a *templates.Assembly) sources {
	s := sources{map[string][]string{}, map[string][]string{}, map[string]map[string]string{}, nil, map[string]map[string][]string{}, nil}
	names := map[string]string{} // of APIs, by id
	a.Each("AWS::ApiGateway::RestApi", func(r *templates.Resource) { names[mark(r, "")] = r.Text(r.Properties["Name"]) })
	a.Each("AWS::ApiGateway::Stage", func(r *templates.Resource) {
		api := names[r.Text(r.Properties["RestApiId"])]
		s.stages[api] = append(s.stages[api], r.Text(r.Properties["StageName"]))
	})
	a.Each("AWS::WAFv2::WebACL", func(r *templates.Resource) {
		rules := []string{"ALL", "Default_Action"}
		for _, item := range templates.List(r.Properties, "Rules") {
			rules = append(rules, r.Text(templates.Section(item, "VisibilityConfig")["MetricName"]))
		}
		s.webACLs[r.Text(templates.Section(r.Properties, "VisibilityConfig")["MetricName"])] = rules
	})
	a.Each("AWS::Lambda::Function", func(r *templates.Resource) {
		environment := map[string]string{}
		for name, value := range templates.Section(r.Properties, "Environment", "Variables") {
			environment[name] = r.Text(value)
		}
		s.functions[mark(r, "")] = environment
	})
	a.Each("AWS::SQS::Queue", func(r *templates.Resource) { s.queues = append(s.queues, mark(r, ".QueueName")) })
	a.Each("AWS::Logs::MetricFilter", func(r *templates.Resource) {
		for _, item := range templates.List(r.Properties, "MetricTransformations") {
			transformation := templates.Section(item)
			namespace := r.Text(transformation["MetricNamespace"])
			if s.filters[namespace] == nil {
				s.filters[namespace] = map[string][]string{}
			}
			dimensions := []string{}
			for _, d := range templates.List(item, "Dimensions") {
				dimensions = append(dimensions, fmt.Sprint(templates.Section(d)["Key"]))
			}
			s.filters[namespace][r.Text(transformation["MetricName"])] = dimensions
		}
	})
	for _, resourceType := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
		a.Each(resourceType, func(r *templates.Resource) { s.alarms = append(s.alarms, mark(r, ".Arn")) })
	}
	return s
}

// mark is how package templates writes the reference to a resource, or to an attribute of it.
func mark(r *templates.Resource, attribute string) string {
	return "{" + r.Stack.Name + " " + r.ID + attribute + "}"
}

// services are metrics of AWS that are looked at here, with the dimensions that each of them has.
var services = map[string]struct{ metrics, dimensions []string }{
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
	"AWS/ApiGateway": {
		[]string{"4XXError", "5XXError", "CacheHitCount", "CacheMissCount", "Count", "IntegrationLatency", "Latency"},
		[]string{"ApiName", "Stage"},
	},
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
	"AWS/WAFV2": {[]string{"AllowedRequests", "BlockedRequests", "CountedRequests", "PassedRequests"}, []string{"Region", "Rule", "WebACL"}},
	// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
	"AWS/Lambda": {[]string{"Duration", "Errors", "Invocations", "Throttles"}, []string{"FunctionName"}},
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
	"AWS/SQS": {
		[]string{"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesVisible"},
		[]string{"QueueName"},
	},
}

// own are the metrics of this project's functions with the dimension FunctionName, by namespace. The revocation's are in
// functions/revocation.
var own = map[string][]string{
	"CognitoM2M/OriginHeader": stringsOf(header.ValueAgeDays, header.DriftFound, header.RotationStuck, header.CacheFlushes),
	"CognitoM2M/ClientSecrets": stringsOf(clientsecret.Placeholders, clientsecret.Unsettled, clientsecret.RotationsStarted,
		clientsecret.Rewritten, clientsecret.Deleted, clientsecret.Drift, clientsecret.Stuck, clientsecret.Unsure, clientsecret.Overdue,
		clientsecret.SweepFailures, clientsecret.CacheFlushes),
	"CognitoM2M/Revocation": {"CacheFlushes", "Changes", "Delay"},
}

// counted are the metrics of usage, with the dimensions that each has besides the user pool.
var counted = map[string][]string{
	usage.TokensIssued:            {usage.DimensionTenant},
	usage.TokenRequestsFailed:     {usage.DimensionError},
	usage.RequestsWithoutClientID: nil,
}

func stringsOf[T ~string](names ...T) []string {
	var out []string
	for _, name := range names {
		out = append(out, string(name))
	}
	return out
}

// names are the keys, for messages.
func names[T any](of map[string]T) []string { return slices.Sorted(maps.Keys(of)) }
