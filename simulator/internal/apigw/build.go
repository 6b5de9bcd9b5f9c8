package apigw

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/throttle"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/vtl"
)

// Resource is a resolved CloudFormation resource of the API. ID is what Ref gives for it, by which others refer to it.
type Resource struct {
	Path, ID, Type string
	Properties     map[string]any
}

// Config is what a Stage needs besides the template.
type Config struct {
	// Upstream sends integration requests.
	Upstream Upstream
	// Clock is the time. Default: time.Now.
	Clock func() time.Time
	// StageBound is how long after a change a request may still meet a former value of a stage variable.
	StageBound time.Duration
	// RootResourceID is what GetAtt RootResourceId of the REST API gives.
	RootResourceID string
	// CacheBeforeMapping keeps answers as the integration gave them and maps them at every hit. AWS does not document which it does. Default: false.
	CacheBeforeMapping bool
	// AccessLog gets one line for each request. Default: nowhere.
	AccessLog func(line string)
}

// New builds the stage among resources, all of one REST API.
func New(resources []Resource, c Config) (*Stage, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	b := &builder{config: c, paths: map[string]string{c.RootResourceID: ""}, validators: map[string]validatorSpec{}}
	if err := b.read(resources); err != nil {
		return nil, err
	}
	return b.stage()
}

type builder struct {
	config     Config
	stages     []stageSpec
	stagePath  string
	apiID      string
	paths      map[string]string // of API resources by id
	validators map[string]validatorSpec
	methods    []pathed[methodSpec]
	responses  []pathed[gatewayResponseSpec]
}

type pathed[T any] struct {
	path string
	spec T
}

func (b *builder) read(resources []Resource) error {
	var children []pathed[resourceSpec]
	ids := map[string]string{}
	for _, r := range resources {
		var err error
		switch r.Type {
		case "AWS::ApiGateway::RestApi":
			b.apiID = r.ID
			_, err = decode[restAPISpec](r.Path, r.Properties)
		case "AWS::ApiGateway::Resource":
			var spec resourceSpec
			spec, err = decode[resourceSpec](r.Path, r.Properties)
			children = append(children, pathed[resourceSpec]{r.Path, spec})
			ids[r.Path] = r.ID
		case "AWS::ApiGateway::RequestValidator":
			b.validators[r.ID], err = decode[validatorSpec](r.Path, r.Properties)
		case "AWS::ApiGateway::Method":
			var spec methodSpec
			spec, err = decode[methodSpec](r.Path, r.Properties)
			b.methods = append(b.methods, pathed[methodSpec]{r.Path, spec})
		case "AWS::ApiGateway::GatewayResponse":
			var spec gatewayResponseSpec
			spec, err = decode[gatewayResponseSpec](r.Path, r.Properties)
			b.responses = append(b.responses, pathed[gatewayResponseSpec]{r.Path, spec})
		case "AWS::ApiGateway::Stage":
			var spec stageSpec
			spec, err = decode[stageSpec](r.Path, r.Properties)
			b.stages, b.stagePath = append(b.stages, spec), r.Path
		default:
			err = fmt.Errorf("%s: resource type %s is not supported", r.Path, r.Type)
		}
		if err != nil {
			return err
		}
	}
	return b.resolvePaths(children, ids)
}

// resolvePaths turns the tree of API resources into paths.
func (b *builder) resolvePaths(children []pathed[resourceSpec], ids map[string]string) error {
	for range children {
		for _, child := range children {
			if parent, ok := b.paths[child.spec.ParentId]; ok {
				if strings.ContainsAny(child.spec.PathPart, "{}+") {
					return fmt.Errorf("%s: PathPart %q: path parameters are not supported", child.path, child.spec.PathPart)
				}
				b.paths[ids[child.path]] = parent + "/" + child.spec.PathPart
			}
		}
	}
	for _, child := range children {
		if _, ok := b.paths[ids[child.path]]; !ok {
			return fmt.Errorf("%s: ParentId %q is no resource of this API", child.path, child.spec.ParentId)
		}
	}
	return nil
}

func (b *builder) stage() (*Stage, error) {
	if len(b.stages) != 1 {
		return nil, fmt.Errorf("REST API %s has %d stages: one is supported", b.apiID, len(b.stages))
	}
	spec := b.stages[0]
	s := &Stage{
		config: b.config, APIID: b.apiID, Name: spec.StageName, routes: map[string]*route{}, responses: map[string]gatewayResponse{},
		CacheEnabled: spec.CacheClusterEnabled, accessLogFormat: spec.AccessLogSetting.Format, cache: newCache(b.config.Clock),
		variables: propagation.New(spec.Variables, b.config.StageBound, b.config.Clock),
		created:   b.config.Clock(),
	}
	for _, r := range b.responses {
		response, err := newGatewayResponse(r.path, r.spec)
		if err != nil {
			return nil, err
		}
		s.responses[r.spec.ResponseType] = response
	}
	for _, m := range b.methods {
		path, ok := b.paths[m.spec.ResourceId]
		if !ok {
			return nil, fmt.Errorf("%s: ResourceId %q is no resource of this API", m.path, m.spec.ResourceId)
		}
		rt, err := b.route(m.path, m.spec, path, spec)
		if err != nil {
			return nil, err
		}
		s.routes[m.spec.HttpMethod+" "+path] = rt
	}
	return s, nil
}

func (b *builder) route(where string, m methodSpec, path string, stage stageSpec) (*route, error) {
	if m.AuthorizationType != "NONE" || m.ApiKeyRequired {
		return nil, fmt.Errorf("%s: AuthorizationType %q, ApiKeyRequired %t: only NONE without key is supported", where, m.AuthorizationType, m.ApiKeyRequired)
	}
	r := &route{path: path, integration: m.Integration, settings: settingsFor(stage, m.HttpMethod, path)}
	if m.RequestValidatorId != "" {
		validator, ok := b.validators[m.RequestValidatorId]
		if !ok || validator.ValidateRequestBody {
			return nil, fmt.Errorf("%s: RequestValidatorId %q: a validator of this API that validates parameters only is supported", where, m.RequestValidatorId)
		}
		r.validate = validator.ValidateRequestParameters
	}
	switch m.Integration.Type {
	case "HTTP":
	case "HTTP_PROXY":
		r.proxy = true
	default:
		return nil, fmt.Errorf("%s: Integration.Type %q is not supported: use HTTP or HTTP_PROXY", where, m.Integration.Type)
	}
	if _, err := url.ParseRequestURI(m.Integration.Uri); err != nil || m.Integration.IntegrationHttpMethod == "" {
		return nil, fmt.Errorf("%s: Integration needs IntegrationHttpMethod and Uri, got %q %q", where, m.Integration.IntegrationHttpMethod, m.Integration.Uri)
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
			return fmt.Errorf("%s: Integration.CacheKeyParameters %q is not among the method's RequestParameters: API Gateway refuses it", where, key)
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
