package guard

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

var (
	destination        = regexp.MustCompile(`^integration\.request\.(header|querystring|path)\.[A-Za-z0-9._$-]+$`)
	source             = regexp.MustCompile(`^(method\.request\.|stageVariables\.[A-Za-z0-9_]+$|context\.|'[^']*'$)`)
	stageVariable      = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)
	stageVariableValue = regexp.MustCompile(`^[A-Za-z0-9\-._~:/?#&=,]{1,512}$`)
)

func method(r Resource, _ Template) []string {
	var m mistakes
	integration := section(r.Properties, "Integration")
	declared := section(r.Properties, "RequestParameters")
	mapped := section(integration, "RequestParameters")
	if integration["Type"] != "MOCK" && integration["IntegrationHttpMethod"] == nil {
		m.addf("the integration has no IntegrationHttpMethod, which type %v needs", integration["Type"])
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
	m = append(m, integrationResponses(r, integration)...)
	m = append(m, authorization(r)...)
	m = append(m, scopes(r)...)
	slices.Sort(m)
	return m
}

func integrationResponses(r Resource, integration map[string]any) mistakes {
	var m mistakes
	var declared, seen []string
	for _, response := range list(r.Properties, "MethodResponses") {
		declared = append(declared, fmt.Sprint(response.(map[string]any)["StatusCode"]))
	}
	for _, item := range list(integration, "IntegrationResponses") {
		response, _ := item.(map[string]any)
		status := fmt.Sprint(response["StatusCode"])
		if slices.Contains(seen, status) {
			m.addf("two integration responses have status %s: API Gateway keeps one", status)
		}
		seen = append(seen, status)
		if !slices.Contains(declared, status) {
			m.addf("status %s of an integration response is not among the method responses", status)
		}
		if response["SelectionPattern"] == nil && status == "200" {
			m.addf("the integration response without a selection pattern is 200: every error would become a success")
		}
	}
	return m
}

func stage(r Resource, _ Template) []string {
	var m mistakes
	if size, ok := r.Properties["CacheClusterSize"].(string); ok {
		m.add(awslimits.CacheSize(size))
	}
	for _, item := range list(r.Properties, "MethodSettings") {
		setting, _ := item.(map[string]any)
		where := fmt.Sprintf("method setting %v %v", setting["HttpMethod"], setting["ResourcePath"])
		switch setting["CachingEnabled"] {
		case nil:
			m.addf("%s leaves CachingEnabled out: CloudFormation then keeps what is live, so write true or false", where)
		case true:
			if setting["CacheDataEncrypted"] != true {
				m.addf("%s caches unencrypted", where)
			}
			if ttl, ok := setting["CacheTtlInSeconds"].(float64); !ok || ttl < 1 || ttl > awslimits.MaxCacheTTL.Seconds() {
				m.addf("%s has a cache TTL of %v s: use 1 to %v", where, setting["CacheTtlInSeconds"], awslimits.MaxCacheTTL.Seconds())
			}
		}
		if setting["DataTraceEnabled"] != false {
			m.addf("%s may trace data: write DataTraceEnabled false, the trace shows tokens", where)
		}
		if level, ok := setting["LoggingLevel"].(string); ok {
			m.add(awslimits.ExecutionLogLevel(level))
		}
	}
	variables := section(r.Properties, "Variables")
	for name, value := range variables {
		if !stageVariable.MatchString(name) {
			m.addf("stage variable %q: use 1 to 64 letters, digits and '_'", name)
		}
		if text, ok := value.(string); ok && !stageVariableValue.MatchString(text) {
			m.addf("the value of stage variable %q has a character, or a length, that API Gateway refuses", name)
		}
	}
	return m
}
