package guard

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

var identitySource = regexp.MustCompile(`^(method\.request\.(header|querystring)\.[A-Za-z0-9._$-]+|context\.[A-Za-z.]+|stageVariables\.[A-Za-z0-9_]+)$`)

// authorization wants an authorizer exactly where one is asked, and no signature to leave the gateway.
func authorization(r Resource) mistakes {
	var m mistakes
	integration := section(r.Properties, "Integration")
	kind := r.Properties["AuthorizationType"]
	if asks := kind == "CUSTOM" || kind == "COGNITO_USER_POOLS"; asks != (r.Properties["AuthorizerId"] != nil) {
		m.addf("AuthorizationType is %v and AuthorizerId %v: use an authorizer with CUSTOM, and none with AWS_IAM and NONE, which would not ask it", kind, r.Properties["AuthorizerId"])
	}
	if kind == "AWS_IAM" {
		if integration["Type"] == "HTTP_PROXY" {
			m.addf("the integration passes the Authorization header through, which with AWS_IAM is the caller's signature: use type HTTP")
		}
		for to, from := range section(integration, "RequestParameters") {
			if text, ok := from.(string); ok && strings.EqualFold(text, "method.request.header.authorization") {
				m.addf("the integration maps the Authorization header to %q, which with AWS_IAM is the caller's signature: use a header of the client's own", to)
			}
		}
	}
	return m
}

func authorizer(r Resource, t Template) []string {
	var m mistakes
	p := r.Properties
	ttl := awslimits.DefaultAuthorizerTTL
	if seconds, ok := p["AuthorizerResultTtlInSeconds"].(float64); ok {
		ttl = time.Duration(seconds * float64(time.Second))
		m.add(awslimits.AuthorizerTTL(ttl))
	}
	sources, _ := p["IdentitySource"].(string)
	if p["Type"] != "REQUEST" {
		return m
	}
	if sources == "" {
		if ttl > 0 {
			m.addf("IdentitySource is missing: an answer that is kept must be kept under what it depends on")
		}
		return m
	}
	for source := range strings.SplitSeq(sources, ",") {
		if !identitySource.MatchString(source) {
			m.addf("IdentitySource has %q: use method.request.header.…, method.request.querystring.…, context.… or stageVariables.…, without spaces", source)
		}
	}
	return append(m, routeKey(r, t)...)
}

// restAPI wants a private API to be reachable, by somebody, and a TLS policy to be complete.
func restAPI(r Resource, _ Template) []string {
	var m mistakes
	p := r.Properties
	for _, endpointType := range texts(section(p, "EndpointConfiguration"), "Types") {
		if endpointType != "PRIVATE" {
			continue
		}
		if p["Policy"] == nil {
			m.addf("the API is private and has no Policy: API Gateway refuses its deployment")
		}
		if p["DisableExecuteApiEndpoint"] == true {
			m.addf("the API is private and DisableExecuteApiEndpoint is true: the default endpoint is the only one it has")
		}
	}
	if policy := section(p, "Policy"); policy != nil {
		m = append(m, allows(policy)...)
	}
	policy, _ := p["SecurityPolicy"].(string)
	mode, _ := p["EndpointAccessMode"].(string)
	if policy != "" {
		m.add(awslimits.SecurityPolicy(policy))
	}
	m.add(awslimits.EndpointAccessMode(mode, policy))
	return m
}

// allows wants one statement that lets somebody in: a policy of denials denies everyone.
func allows(policy map[string]any) mistakes {
	var m mistakes
	for _, item := range list(policy, "Statement") {
		if statement, _ := item.(map[string]any); statement["Effect"] == "Allow" {
			return nil
		}
	}
	m.addf("Policy allows nothing: whoever is not allowed is denied")
	return m
}

// apiKey wants a value that the template does not show.
func apiKey(r Resource, _ Template) []string {
	var m mistakes
	value, ok := r.Properties["Value"]
	if ok && !strings.HasPrefix(rendered(value), "{{resolve:secretsmanager:") {
		m.addf("Value is in the template: use a dynamic reference to a secret")
	}
	if ok && r.Properties["GenerateDistinctId"] != true {
		m.addf("GenerateDistinctId is %v: use true, or the key's id may be its value", r.Properties["GenerateDistinctId"])
	}
	return m
}

// lambdaPermission wants a service to be let in for one resource of one account: the service acts for every account.
func lambdaPermission(r Resource, _ Template) []string {
	var m mistakes
	if principal, ok := r.Properties["Principal"].(string); ok && strings.HasSuffix(principal, ".amazonaws.com") && r.Properties["SourceArn"] == nil && r.Properties["SourceAccount"] == nil {
		m.addf("%s may invoke the function for every account: write SourceArn, SourceAccount or both", principal)
	}
	return m
}

// metricFilter wants a pattern over JSON to close, which CloudWatch Logs refuses otherwise, and no default value beside dimensions, which it refuses too.
func metricFilter(r Resource, _ Template) []string {
	var m mistakes
	if pattern, ok := r.Properties["FilterPattern"].(string); ok {
		for _, pair := range []string{"{}", "()"} {
			if opened, closed := strings.Count(pattern, pair[:1]), strings.Count(pattern, pair[1:]); opened != closed {
				m.addf("FilterPattern has %d %q and %d %q", opened, pair[:1], closed, pair[1:])
			}
		}
	}
	for i, item := range list(r.Properties, "MetricTransformations") {
		transformation, _ := item.(map[string]any)
		if transformation["DefaultValue"] != nil && transformation["Dimensions"] != nil {
			m.addf("MetricTransformations[%d] has both DefaultValue and Dimensions: CloudWatch Logs takes one of them", i)
		}
		if namespace := fmt.Sprint(transformation["MetricNamespace"]); strings.HasPrefix(namespace, "AWS/") {
			m.addf("MetricTransformations[%d] writes to namespace %q: those that begin with AWS/ are AWS's own", i, namespace)
		}
	}
	return m
}
