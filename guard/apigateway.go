package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// Request parameter mappings: https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
var (
	destination        = regexp.MustCompile(`^integration\.request\.(header|querystring|path)\.\S+$`)
	source             = regexp.MustCompile(`^(method\.request\.|stageVariables\.[A-Za-z0-9_]+$|context\.|'[^']*'$)`)
	stageVariable      = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
	stageVariableValue = regexp.MustCompile(`^[A-Za-z0-9\-._~:/?#&=,]{1,512}$`)
	identitySource     = regexp.MustCompile(
		`^(method\.request\.(multivalue)?(header|querystring)\.\S+|context\.[A-Za-z.]+|stageVariables\.\w+)$`)
)

func refusedMethod(r *templates.Resource, m *mistakes) {
	integration := section(r.Properties, "Integration")
	declared, mapped := section(r.Properties, "RequestParameters"), section(integration, "RequestParameters")
	if kind := integration["Type"]; integration != nil && kind != "MOCK" && integration["IntegrationHttpMethod"] == nil {
		m.addf("the integration has no IntegrationHttpMethod, which type %v needs", kind)
	}
	for to, from := range mapped {
		if !destination.MatchString(to) {
			m.addf("the integration maps to %q: use integration.request.header., .querystring. or .path. and a name", to)
		}
		if text, ok := from.(string); ok && !source.MatchString(text) {
			m.addf("the integration maps %q to %q: use method.request…, stageVariables.NAME, context… or a text in single quotes", text, to)
		}
	}
	for _, key := range texts(integration, "CacheKeyParameters") {
		if declared[key] == nil && mapped[key] == nil {
			m.addf("cache key %q is declared neither by the method nor by the integration: API Gateway refuses the deployment", key)
		}
	}
	responses := statuses(r.Properties, "MethodResponses")
	for _, status := range statuses(integration, "IntegrationResponses") {
		if !slices.Contains(responses, status) {
			m.addf("status %s of an integration response is not among the method responses", status)
		}
	}
	kind := r.Properties["AuthorizationType"]
	if (kind == "CUSTOM" || kind == "COGNITO_USER_POOLS") && r.Properties["AuthorizerId"] == nil {
		m.addf("AuthorizationType is %v and AuthorizerId %v: use an authorizer", kind, r.Properties["AuthorizerId"])
	}
}

// statuses are the status codes of a list of responses.
func statuses(properties any, name string) []string {
	var all []string
	for _, response := range list(properties, name) {
		all = append(all, fmt.Sprint(section(response)["StatusCode"]))
	}
	return all
}

func refusedRoute(r *templates.Resource, m *mistakes) {
	if kind := r.Properties["AuthorizationType"]; (kind == "CUSTOM" || kind == "JWT") && r.Properties["AuthorizerId"] == nil {
		m.addf("AuthorizationType is %v and AuthorizerId %v: use an authorizer", kind, r.Properties["AuthorizerId"])
	}
}

func refusedStage(r *templates.Resource, m *mistakes) {
	if size, ok := r.Properties["CacheClusterSize"].(string); ok {
		m.add(awslimits.CacheSize(size))
	}
	for _, item := range list(r.Properties, "MethodSettings") {
		setting := section(item)
		where := fmt.Sprintf("method setting %v %v", setting["HttpMethod"], setting["ResourcePath"])
		if ttl, ok := setting["CacheTtlInSeconds"].(float64); ok && (ttl < 0 || ttl > awslimits.MaxCacheTTL.Seconds()) {
			m.addf("%s has a cache TTL of %v s: use 0 to %v", where, ttl, awslimits.MaxCacheTTL.Seconds())
		}
		if level, ok := setting["LoggingLevel"].(string); ok {
			m.add(awslimits.OneOf(where+": execution log level", level, "OFF", "ERROR", "INFO"))
		}
	}
	for name, value := range section(r.Properties, "Variables") {
		if !stageVariable.MatchString(name) {
			m.addf("stage variable %q: use 1 to 64 letters, digits and '_'", name)
		}
		if text, ok := value.(string); ok && !strings.HasPrefix(text, "{{resolve:") && !stageVariableValue.MatchString(text) {
			m.addf("the value of stage variable %q has a character, or a length, that API Gateway refuses", name)
		}
	}
}

// authorizerTTL is how long API Gateway keeps the authorizer's answers.
func authorizerTTL(r *templates.Resource) time.Duration {
	if seconds, ok := r.Properties["AuthorizerResultTtlInSeconds"].(float64); ok {
		return time.Duration(seconds * float64(time.Second))
	}
	return awslimits.DefaultAuthorizerTTL
}

func refusedAuthorizer(r *templates.Resource, m *mistakes) {
	ttl := authorizerTTL(r)
	m.add(awslimits.AuthorizerTTL(ttl))
	if r.Properties["Type"] != "REQUEST" {
		return
	}
	sources, ok := r.Properties["IdentitySource"].(string)
	if r.Properties["IdentitySource"] == nil && ttl > 0 {
		m.addf("IdentitySource is missing: an answer that is kept must be kept under what it depends on")
	}
	if !ok || sources == "" {
		return
	}
	for each := range strings.SplitSeq(sources, ",") {
		if each = strings.TrimSpace(each); !identitySource.MatchString(each) {
			m.addf("IdentitySource has %q: use method.request.header.…, method.request.querystring.…, context.… or stageVariables.…", each)
		}
	}
}

func refusedRestAPI(r *templates.Resource, m *mistakes) {
	p := r.Properties
	private := slices.Contains(texts(section(p, "EndpointConfiguration"), "Types"), "PRIVATE")
	if private && p["Policy"] == nil && p["Body"] == nil && p["BodyS3Location"] == nil {
		m.addf("the API is private and has no Policy: API Gateway refuses its deployment")
	}
	refusedTLS(p, m)
}

// refusedTLS checks the security policy and endpoint access mode of an API or its domain name, which may be TLS 1.0.
func refusedTLS(p map[string]any, m *mistakes) {
	policy, known := p["SecurityPolicy"].(string)
	mode, modeKnown := p["EndpointAccessMode"].(string)
	if known && policy != "TLS_1_0" && !awslimits.EnhancedSecurityPolicy(policy) {
		m.add(awslimits.SecurityPolicy(policy))
	}
	if (known || p["SecurityPolicy"] == nil) && (modeKnown || p["EndpointAccessMode"] == nil) {
		m.add(awslimits.EndpointAccessMode(mode, policy))
	}
}

func refusedDomainName(r *templates.Resource, m *mistakes) {
	p := r.Properties
	refusedTLS(p, m)
	mutual := section(p, "MutualTlsAuthentication")
	if len(mutual) == 0 {
		return
	}
	// { begins what is known at deployment only.
	if uri := r.Text(mutual["TruststoreUri"]); !strings.HasPrefix(uri, "s3://") && !strings.HasPrefix(uri, "{") {
		m.addf("TruststoreUri %q is no object of S3: use s3://BUCKET/KEY", uri)
	}
	if policy, ok := p["SecurityPolicy"].(string); ok && awslimits.EnhancedSecurityPolicy(policy) {
		m.addf("SecurityPolicy %s does not go with MutualTlsAuthentication: use TLS_1_2, which takes TLS 1.3 as well", policy)
	}
	if types := texts(section(p, "EndpointConfiguration"), "Types"); len(types) != 1 || types[0] != "REGIONAL" {
		m.addf("EndpointConfiguration has the types %v: mutual TLS needs REGIONAL", types)
	}
}
