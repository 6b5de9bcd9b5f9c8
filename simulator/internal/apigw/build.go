package apigw

import (
	"fmt"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
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
	// CacheBeforeMapping keeps answers as the integration gave them and maps them at every hit. AWS does not document which it does. Default:
	// false.
	CacheBeforeMapping bool
	// AccessLog gets one line for each request. Default: nowhere.
	AccessLog func(line string)
	// Region and AccountID are the API's.
	Region, AccountID string
	// Authorizer gives the function of a Lambda authorizer by its ARN. Default: there is none.
	Authorizer func(functionARN string) (Authorizer, error)
	// Callers are those whose signatures are known, for methods with IAM authorization.
	Callers []Caller
	// Function gives the function of an integration of type AWS_PROXY by its ARN. Default: there is none.
	Function func(functionARN string) (Function, error)
	// Pool gives what verifies the tokens of a user pool by its ARN. Default: there is none.
	Pool func(poolARN string) (Verify, error)
	// Keys are the API keys and their usage plans, or nil.
	Keys *usageplan.Keys
}

// New builds the stage among resources, all of one REST API.
func New(resources []Resource, c Config) (*Stage, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	b := &builder{config: c, paths: map[string]string{c.RootResourceID: ""}, validators: map[string]validatorSpec{},
		authorizers: map[string]*authorizer{}}
	if err := b.read(resources); err != nil {
		return nil, err
	}
	return b.stage()
}

type builder struct {
	config      Config
	stages      []stageSpec
	stagePath   string
	apiID       string
	apiPath     string
	api         restAPISpec
	authorizers map[string]*authorizer // by id
	paths       map[string]string      // of API resources by id
	validators  map[string]validatorSpec
	methods     []pathed[methodSpec]
	responses   []pathed[gatewayResponseSpec]
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
			b.apiID, b.apiPath = r.ID, r.Path
			b.api, err = decode[restAPISpec](r.Path, r.Properties)
		case "AWS::ApiGateway::Authorizer":
			var spec authorizerSpec
			if spec, err = decode[authorizerSpec](r.Path, r.Properties); err == nil {
				b.authorizers[r.ID], err = newAuthorizer(r.Path, spec, b.config)
			}
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
				if _, err := parseSegment(child.path, child.spec.PathPart); err != nil {
					return err
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
	if err := s.readAPI(b.apiPath, b.api); err != nil {
		return nil, err
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
		if err := s.addRoute(m.path, m.spec.HttpMethod, path, rt); err != nil {
			return nil, err
		}
	}
	s.sortResources()
	return s, nil
}
