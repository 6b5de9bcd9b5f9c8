package simulator

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// Function is the Lambda function behind a method of a resource server, with an integration of type AWS_PROXY.
type Function func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// API is a REST API of the assembly that takes the pool's tokens: any but the token gateway.
type API struct {
	// Name is the API's name, Path its place in the assembly, "stack/LogicalID".
	Name, Path string
	// URL is that of the stage, as the templates' outputs have it. System.Transport serves it.
	URL string
}

// resourceServer is a REST API that takes tokens, with its one stage.
type resourceServer struct {
	API
	stage *apigw.Stage
	acl   *waf.ACL
}

// APIs are the resource servers, by name.
func (s *System) APIs() []API {
	var all []API
	for _, server := range s.servers {
		all = append(all, server.API)
	}
	return all
}

// API is a resource server with what is in front of it, at its default endpoint.
func (s *System) API(name string) (http.Handler, error) {
	var known []string
	for _, server := range s.servers {
		if server.Name == name {
			return serverHandler{s, server}, nil
		}
		known = append(known, server.Name)
	}
	return nil, fmt.Errorf("the assembly has no resource server %q: it has %q", name, known)
}

// serverHandler is a resource server with what is in front of it.
type serverHandler struct {
	system *System
	server *resourceServer
}

func (h serverHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	write(w, r, func(r *http.Request) (*apigw.Answer, error) { return h.system.askServer(h.server, r) })
}

func (s *System) askServer(server *resourceServer, r *http.Request) (*apigw.Answer, error) {
	defer s.underWay.begin()()
	from := apigw.Arrival{SourceIP: s.sourceIP(r), VPCEndpoint: s.vpcEndpoint(r)}
	below, found := server.stage.Below(r.URL.Path)
	from.Path, from.Stray = below, !found
	if !server.stage.Reachable(from.VPCEndpoint) {
		return forbidden(), nil
	}
	return s.through(server.acl, server.stage, r, from, r.URL.EscapedPath())
}

// buildAPIs parts the resources of all REST APIs, and builds the token gateway and the resource servers.
func (s *System) buildAPIs() error {
	parts := map[string][]apigw.Resource{} // by the API's id
	for _, resourceType := range stageTypes {
		err := s.each(resourceType, func(r *assembly.Resource, properties map[string]any) error {
			id, err := values{s}.Ref(r)
			if err != nil {
				return err
			}
			of := fmt.Sprint(properties["RestApiId"])
			if r.Type == restAPI {
				of = fmt.Sprint(id)
			}
			parts[of] = append(parts[of], apigw.Resource{Path: r.Path(), ID: fmt.Sprint(id), Type: r.Type, Properties: properties})
			return nil
		})
		if err != nil {
			return err
		}
	}
	gateway, err := s.gatewayAPI(parts)
	if err != nil {
		return err
	}
	for _, api := range s.assembly.OfType(restAPI) {
		if err := s.buildAPI(api, parts[apiID(api)], api == gateway); err != nil {
			return err
		}
	}
	slices.SortFunc(s.servers, func(a, b *resourceServer) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(s.servers); i++ {
		if s.servers[i].Name == s.servers[i-1].Name {
			return fmt.Errorf("%s: two REST APIs have the name %q: give each its own", s.servers[i].Path, s.servers[i].Name)
		}
	}
	return nil
}

const restAPI = "AWS::ApiGateway::RestApi"

func apiID(api *assembly.Resource) string { return strings.ToLower(token(api.Path(), 10)) }

// gatewayAPI is the API with an integration by HTTP: there the user pool's token endpoint is. Of one API alone it is that.
func (s *System) gatewayAPI(parts map[string][]apigw.Resource) (*assembly.Resource, error) {
	apis := s.assembly.OfType(restAPI)
	if len(apis) == 1 {
		return apis[0], nil
	}
	var found []*assembly.Resource
	for _, api := range apis {
		if slices.ContainsFunc(parts[apiID(api)], func(r apigw.Resource) bool {
			integration, _ := r.Properties["Integration"].(map[string]any)
			return integration["Type"] == "HTTP" || integration["Type"] == "HTTP_PROXY"
		}) {
			found = append(found, api)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("of %d REST APIs in the assembly %d have an integration of type HTTP or HTTP_PROXY: one is supported, the "+
			"token gateway", len(apis), len(found))
	}
	return found[0], nil
}

func (s *System) buildAPI(api *assembly.Resource, parts []apigw.Resource, isGateway bool) error {
	config, err := s.apiConfig(api)
	if err != nil {
		return err
	}
	if isGateway {
		s.region, config.Upstream, config.AccessLog = api.Stack.Region, s.askCognito, s.options.AccessLog
		for _, r := range parts {
			if err := s.checkMethod(r.Path, r.Properties); err != nil {
				return err
			}
			if r.Type == "AWS::ApiGateway::Stage" {
				s.stagePath = r.Path
			}
		}
	}
	stage, err := apigw.New(parts, config)
	if err != nil {
		return err
	}
	if isGateway {
		s.stage = stage
		return nil
	}
	name, _ := api.Properties["Name"].(string)
	s.servers = append(s.servers, &resourceServer{stage: stage, API: API{
		Name: name, Path: api.Path(), URL: "https://" + defaultEndpoint(stage, api.Stack.Region) + "/" + stage.Name,
	}})
	return nil
}

// defaultEndpoint is the host of an API's default endpoint.
func defaultEndpoint(stage *apigw.Stage, region string) string {
	return stage.APIID + ".execute-api." + region + ".amazonaws.com"
}

func (s *System) apiConfig(api *assembly.Resource) (apigw.Config, error) {
	callers, err := s.callers()
	return apigw.Config{
		Clock: s.options.Clock, StageBound: s.options.StageBound, RootResourceID: rootResourceID(api),
		CacheBeforeMapping: s.options.CacheBeforeMapping,
		Region:             api.Stack.Region, AccountID: api.Stack.Account, Authorizer: s.authorizer, Function: s.function, Pool: s.verifier,
		Callers: callers, Keys: s.keys,
	}, err
}

// function finds the function behind a method among the Options'.
func (s *System) function(arn string) (apigw.Function, error) {
	if known, ok := s.options.Functions[arn]; ok {
		return apigw.Function(known), nil
	}
	for _, r := range s.assembly.OfType("AWS::Lambda::Function") {
		if arn != functionARN(r) {
			continue
		}
		for _, key := range []string{r.Path(), fmt.Sprint(r.Properties["Description"])} {
			if known, ok := s.options.Functions[key]; ok {
				return apigw.Function(known), nil
			}
		}
		if other := s.options.OtherFunction; other != nil {
			return apigw.Function(other), nil
		}
		return nil, fmt.Errorf("function %s is not run: give it to Options.Functions by its path or its description", r.Path())
	}
	return nil, fmt.Errorf("function %s is not in the assembly: give it to Options.Functions by its ARN", arn)
}

// verifier verifies the tokens of the one user pool there is.
func (s *System) verifier(poolARN string) (apigw.Verify, error) {
	if poolARN != s.pool.ARN() {
		return nil, fmt.Errorf("user pool %s is not in the assembly, which has %s", poolARN, s.pool.ARN())
	}
	return s.pool.Verify, nil
}
