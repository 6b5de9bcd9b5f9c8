// Package apigw executes one stage of an Amazon API Gateway REST API as CloudFormation describes it: resource policy, authorizer, API key
// and usage plan, throttle, request validator, cache, integration mapping, response mapping, gateway responses and access log, in this
// order.
//
// Where AWS's behaviour is not documented it takes the worst case for the design under test: answers of every status are cached, and a
// request's Content-Type selects a mapping template only when it is spelled the same.
package apigw

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The properties of CloudFormation's resource types, as far as they are executed. A property that is not here is refused.

type restAPISpec struct {
	Name, Description, ApiKeySourceType, SecurityPolicy, EndpointAccessMode string //nolint:revive // CloudFormation's names
	EndpointConfiguration                                                   struct {
		Types, VpcEndpointIds []string //nolint:revive // CloudFormation's names
		IpAddressType         string   //nolint:revive // CloudFormation's name
	}
	DisableExecuteApiEndpoint bool //nolint:revive // CloudFormation's name
	Policy                    map[string]any
	Tags                      []any // no effect on requests
}

type authorizerSpec struct {
	RestApiId, Name, Type, AuthorizerUri, IdentitySource, IdentityValidationExpression string   //nolint:revive // CloudFormation's names
	AuthorizerCredentials                                                              string   // permissions are not checked
	AuthorizerResultTtlInSeconds                                                       *float64 //nolint:revive // CloudFormation's name
	ProviderARNs                                                                       []string //nolint:revive // CloudFormation's name
}

type resourceSpec struct {
	ParentId, PathPart, RestApiId string //nolint:revive // CloudFormation's names
}

type methodSpec struct {
	RestApiId, ResourceId, HttpMethod, AuthorizationType, AuthorizerId, RequestValidatorId string //nolint:revive // CloudFormation's names
	ApiKeyRequired                                                                         bool   //nolint:revive // CloudFormation's name
	AuthorizationScopes                                                                    []string
	RequestParameters                                                                      map[string]bool
	Integration                                                                            integrationSpec
	MethodResponses                                                                        []methodResponseSpec
}

type integrationSpec struct {
	Type, IntegrationHttpMethod, Uri, PassthroughBehavior string //nolint:revive // CloudFormation's names
	CacheKeyParameters                                    []string
	RequestParameters                                     map[string]string
	RequestTemplates                                      map[string]string
	IntegrationResponses                                  []integrationResponseSpec
}

type integrationResponseSpec struct {
	StatusCode, SelectionPattern string
	ResponseParameters           map[string]string
	ResponseTemplates            map[string]string
}

type methodResponseSpec struct {
	StatusCode         string
	ResponseParameters map[string]bool
}

type validatorSpec struct {
	RestApiId, Name           string //nolint:revive // CloudFormation's name
	ValidateRequestParameters bool
	ValidateRequestBody       bool
}

type gatewayResponseSpec struct {
	RestApiId, ResponseType, StatusCode string //nolint:revive // CloudFormation's name
	ResponseParameters                  map[string]string
	ResponseTemplates                   map[string]string
}

type stageSpec struct {
	RestApiId, DeploymentId, StageName, Description string //nolint:revive // CloudFormation's names
	AccessLogSetting                                struct{ DestinationArn, Format string }
	CacheClusterEnabled                             bool
	CacheClusterSize                                string
	MethodSettings                                  []methodSettingSpec
	TracingEnabled                                  bool
	Variables                                       map[string]string
	Tags                                            []any // no effect on requests
}

type methodSettingSpec struct {
	HttpMethod, ResourcePath, LoggingLevel    string //nolint:revive // CloudFormation's name
	CachingEnabled, CacheDataEncrypted        bool
	CacheTtlInSeconds                         float64 //nolint:revive // CloudFormation's name
	DataTraceEnabled, MetricsEnabled          bool
	ThrottlingRateLimit, ThrottlingBurstLimit *float64
}

// decode reads resolved properties into a spec and refuses what the spec does not have.
func decode[T any](path string, properties map[string]any) (T, error) {
	var spec T
	body, err := json.Marshal(properties)
	if err != nil {
		return spec, fmt.Errorf("%s: %w", path, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&spec); err != nil {
		return spec, fmt.Errorf("%s: not supported: %w", path, err)
	}
	return spec, nil
}
