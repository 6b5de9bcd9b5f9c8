package apigw

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/throttle"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/vtl"
)

func (b *builder) route(where string, m methodSpec, path string, stage stageSpec) (*route, error) {
	r := &route{
		path: path, resourceID: m.ResourceId, integration: m.Integration, settings: settingsFor(stage, m.HttpMethod, path),
		authorization: m.AuthorizationType, keyRequired: m.ApiKeyRequired,
	}
	switch m.AuthorizationType {
	case withoutAuthorization, byIAM:
	case byAuthorizer, byUserPool:
		if r.authorizer = b.authorizers[m.AuthorizerId]; r.authorizer == nil ||
			(r.authorizer.verify != nil) != (m.AuthorizationType == byUserPool) {
			return nil, fmt.Errorf("%s: AuthorizerId %q is no authorizer of this API for AuthorizationType %q", where, m.AuthorizerId,
				m.AuthorizationType)
		}
	default:
		return nil, fmt.Errorf("%s: AuthorizationType %q is not supported: use NONE, CUSTOM, COGNITO_USER_POOLS or AWS_IAM", where,
			m.AuthorizationType)
	}
	if r.scopes = m.AuthorizationScopes; len(r.scopes) > 0 && m.AuthorizationType != byUserPool {
		return nil, fmt.Errorf("%s: AuthorizationScopes %q have no effect with AuthorizationType %q", where, r.scopes, m.AuthorizationType)
	}
	if m.AuthorizerId != "" && r.authorizer == nil {
		return nil, fmt.Errorf("%s: AuthorizerId %q has no effect with AuthorizationType %q", where, m.AuthorizerId, m.AuthorizationType)
	}
	if m.RequestValidatorId != "" {
		validator, ok := b.validators[m.RequestValidatorId]
		if !ok || validator.ValidateRequestBody {
			return nil, fmt.Errorf("%s: RequestValidatorId %q: a validator of this API that validates parameters only is supported", where,
				m.RequestValidatorId)
		}
		r.validate = validator.ValidateRequestParameters
	}
	switch m.Integration.Type {
	case "HTTP":
	case "HTTP_PROXY":
		r.proxy = true
	case "AWS_PROXY":
		r.proxy = true
		var err error
		if r.function, err = b.functionOf(where, m.Integration); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%s: Integration.Type %q is not supported: use HTTP, HTTP_PROXY or AWS_PROXY", where, m.Integration.Type)
	}
	if _, err := url.ParseRequestURI(m.Integration.Uri); r.function == nil && (err != nil || m.Integration.IntegrationHttpMethod == "") {
		return nil, fmt.Errorf("%s: Integration needs IntegrationHttpMethod and Uri, got %q %q", where, m.Integration.IntegrationHttpMethod,
			m.Integration.Uri)
	}
	if r.settings.ThrottlingRateLimit != nil && r.settings.ThrottlingBurstLimit != nil {
		r.throttle = throttle.New(*r.settings.ThrottlingRateLimit, *r.settings.ThrottlingBurstLimit, b.config.Clock)
	}
	return r, r.compile(where, m)
}

// compile parses everything in the method that is evaluated at a request, so that what is not supported fails at load.
func (r *route) compile(where string, m methodSpec) error {
	for to, from := range m.Integration.RequestParameters {
		target, err := parseTarget(to, "integration.request.")
		if err != nil {
			return fmt.Errorf("%s: Integration.RequestParameters: %w", where, err)
		}
		source, err := parseSource(from)
		if err != nil {
			return fmt.Errorf("%s: Integration.RequestParameters %q: %w", where, to, err)
		}
		r.mappings = append(r.mappings, mapping{target, source})
	}
	for _, key := range m.Integration.CacheKeyParameters {
		if _, ok := m.RequestParameters[key]; !ok {
			return fmt.Errorf("%s: Integration.CacheKeyParameters %q is not among the method's RequestParameters: API Gateway refuses it", where,
				key)
		}
		source, err := parseSource(key)
		if err != nil {
			return fmt.Errorf("%s: Integration.CacheKeyParameters: %w", where, err)
		}
		r.keys = append(r.keys, source)
	}
	for parameter, required := range m.RequestParameters {
		source, err := parseSource(parameter)
		if err != nil {
			return fmt.Errorf("%s: RequestParameters: %w", where, err)
		}
		if required {
			r.required = append(r.required, source)
		}
	}
	slices.SortFunc(r.required, func(a, b source) int { return strings.Compare(a.name, b.name) })
	r.templates = map[string]*vtl.Template{}
	for contentType, text := range m.Integration.RequestTemplates {
		template, err := vtl.Parse(text)
		if err != nil {
			return fmt.Errorf("%s: Integration.RequestTemplates %q: %w", where, contentType, err)
		}
		r.templates[contentType] = template
	}
	return r.compileResponses(where, m)
}

func (r *route) compileResponses(where string, m methodSpec) error {
	declared := map[string]map[string]bool{}
	for _, response := range m.MethodResponses {
		declared[response.StatusCode] = response.ResponseParameters
	}
	for _, spec := range m.Integration.IntegrationResponses {
		response := integrationResponse{status: spec.StatusCode}
		parameters, ok := declared[spec.StatusCode]
		if !ok {
			return fmt.Errorf("%s: Integration.IntegrationResponses: status %s has no method response", where, spec.StatusCode)
		}
		if spec.SelectionPattern != "" {
			pattern, err := regexp.Compile("^(?:" + spec.SelectionPattern + ")$")
			if err != nil {
				return fmt.Errorf("%s: SelectionPattern %q: %w", where, spec.SelectionPattern, err)
			}
			response.pattern = pattern
		}
		for to, from := range spec.ResponseParameters {
			if _, ok := parameters[to]; !ok {
				return fmt.Errorf("%s: response %s maps %q, which its method response does not declare", where, spec.StatusCode, to)
			}
			target, err := parseTarget(to, "method.response.")
			if err != nil {
				return fmt.Errorf("%s: response %s: %w", where, spec.StatusCode, err)
			}
			source, err := parseSource(from)
			if err != nil {
				return fmt.Errorf("%s: response %s: %w", where, spec.StatusCode, err)
			}
			response.mappings = append(response.mappings, mapping{target, source})
		}
		for contentType, text := range spec.ResponseTemplates {
			template, err := vtl.Parse(text)
			if err != nil {
				return fmt.Errorf("%s: response %s: template for %q: %w", where, spec.StatusCode, contentType, err)
			}
			response.template, response.contentType = template, contentType
		}
		r.responses = append(r.responses, response)
	}
	return nil
}

// settingsFor merges the stage's method settings for one method: those for all methods, then the method's own.
func settingsFor(stage stageSpec, method, path string) methodSettingSpec {
	var merged methodSettingSpec
	own := "/" + strings.ReplaceAll(path, "/", "~1")
	for _, s := range stage.MethodSettings {
		if s.HttpMethod == "*" && s.ResourcePath == "/*" {
			merged = s
		}
	}
	for _, s := range stage.MethodSettings {
		if (s.HttpMethod == method || s.HttpMethod == "*") && s.ResourcePath == own {
			merged = s
		}
	}
	return merged
}
