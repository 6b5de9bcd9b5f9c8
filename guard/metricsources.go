package guard

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// sources are what writes metrics, in an assembly. All names are as references writes them.
type sources struct {
	stages    map[string][]string            // names of stages, by the name of their API
	webACLs   map[string][]string            // names of rules' metrics, by that of their web ACL
	functions map[string]map[string]string   // environments of functions, by name
	queues    []string                       // names
	pools     []string                       // ids
	filters   map[string]map[string][]string // dimensions of metric filters' metrics, by namespace and name
	alarms    []string                       // ARNs
}

func newSources(r references) sources {
	s := sources{map[string][]string{}, map[string][]string{}, map[string]map[string]string{}, nil, nil, map[string]map[string][]string{}, nil}
	names := map[string]string{} // of APIs, by id
	text := func(stack string, value any) string {
		known, err := r.text(stack, value)
		if err != nil {
			return "{unknown}" // No metric has this name; what looks for it is reported.
		}
		return known
	}
	each := func(resourceType string, visit func(stack, mark string, p map[string]any)) {
		for stack, template := range r.templates {
			for id, resource := range template.Resources {
				if resource.Type == resourceType {
					visit(stack, stack+" "+id, resource.Properties)
				}
			}
		}
	}
	each("AWS::ApiGateway::RestApi", func(stack, mark string, p map[string]any) { names["{"+mark+"}"] = text(stack, p["Name"]) })
	each("AWS::ApiGateway::Stage", func(stack, _ string, p map[string]any) {
		api := names[text(stack, p["RestApiId"])]
		s.stages[api] = append(s.stages[api], text(stack, p["StageName"]))
	})
	each("AWS::WAFv2::WebACL", func(stack, _ string, p map[string]any) {
		rules := []string{"ALL", "Default_Action"}
		for _, item := range list(p, "Rules") {
			rules = append(rules, text(stack, section(item, "VisibilityConfig")["MetricName"]))
		}
		s.webACLs[text(stack, section(p, "VisibilityConfig")["MetricName"])] = rules
	})
	each("AWS::Lambda::Function", func(stack, mark string, p map[string]any) {
		environment := map[string]string{}
		for name, value := range section(section(p, "Environment"), "Variables") {
			environment[name] = text(stack, value)
		}
		s.functions["{"+mark+"}"] = environment
	})
	each("AWS::SQS::Queue", func(_, mark string, _ map[string]any) { s.queues = append(s.queues, "{"+mark+".QueueName}") })
	each("AWS::Cognito::UserPool", func(_, mark string, _ map[string]any) { s.pools = append(s.pools, "{"+mark+"}") })
	each("AWS::Logs::MetricFilter", func(stack, _ string, p map[string]any) {
		for _, item := range list(p, "MetricTransformations") {
			transformation := object(item)
			namespace := text(stack, transformation["MetricNamespace"])
			if s.filters[namespace] == nil {
				s.filters[namespace] = map[string][]string{}
			}
			dimensions := []string{}
			for _, d := range list(item, "Dimensions") {
				dimensions = append(dimensions, fmt.Sprint(object(d)["Key"]))
			}
			s.filters[namespace][text(stack, transformation["MetricName"])] = dimensions
		}
	})
	for _, resourceType := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
		each(resourceType, func(_, mark string, _ map[string]any) { s.alarms = append(s.alarms, "{"+mark+".Arn}") })
	}
	return s
}

// services are metrics of AWS that are looked at here, with the dimensions that each of them has.
var services = map[string]struct{ metrics, dimensions []string }{
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
	"AWS/ApiGateway": {[]string{"4XXError", "5XXError", "CacheHitCount", "CacheMissCount", "Count", "IntegrationLatency", "Latency"}, []string{"ApiName", "Stage"}},
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
	"AWS/WAFV2": {[]string{"AllowedRequests", "BlockedRequests", "CountedRequests", "PassedRequests"}, []string{"Region", "Rule", "WebACL"}},
	// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
	"AWS/Lambda": {[]string{"Duration", "Errors", "Invocations", "Throttles"}, []string{"FunctionName"}},
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
	"AWS/SQS": {[]string{"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesVisible"}, []string{"QueueName"}},
}

// own are the metrics of this project's functions with the dimension FunctionName, by namespace. The revocation's are in functions/revocation.
var own = map[string][]string{
	"CognitoM2M/OriginHeader":  stringsOf(header.ValueAgeDays, header.DriftFound, header.RotationStuck, header.CacheFlushes),
	"CognitoM2M/ClientSecrets": stringsOf(clientsecret.Placeholders, clientsecret.Unsettled, clientsecret.RotationsStarted, clientsecret.Rewritten, clientsecret.Deleted, clientsecret.Drift, clientsecret.Stuck, clientsecret.Unsure, clientsecret.Overdue, clientsecret.SweepFailures, clientsecret.CacheFlushes),
	"CognitoM2M/Revocation":    {"CacheFlushes", "Changes", "Delay"},
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
