package apigw

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/sigv4"
)

// Arrival is how a request reached the stage.
type Arrival struct {
	// Path is the path below the stage. Stray says that the request's path is not below it.
	Path  string
	Stray bool
	// BasePath is what a custom domain has mapped to the stage and taken from the path.
	BasePath string
	// SourceIP is the client's address.
	SourceIP netip.Addr
	// VPCEndpoint is the id of the VPC endpoint that the request came through, or empty.
	VPCEndpoint string
	// ClientCertificate is what the client showed to a custom domain that demands one, or nil.
	ClientCertificate *x509.Certificate
	// Inspected says that a web ACL let the request pass.
	Inspected bool
}

// Below returns the part of a default endpoint's path that is below the stage.
func (s *Stage) Below(path string) (below string, ok bool) {
	return strings.CutPrefix(path, "/"+s.Name)
}

// Reachable says whether the default endpoint takes requests that come through this VPC endpoint, or from the internet when it is empty.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
func (s *Stage) Reachable(vpcEndpoint string) bool {
	return !s.closed && s.private == (vpcEndpoint != "")
}

// Private says whether the API is reached through VPC endpoints only.
func (s *Stage) Private() bool { return s.private }

// SecurityPolicy is the API's own, or empty.
func (s *Stage) SecurityPolicy() string { return s.securityPolicy }

// Demands are what a client needs besides its credentials: a signature, an API key.
func (s *Stage) Demands() (signature, apiKey bool) {
	for _, rt := range s.routes {
		signature, apiKey = signature || rt.authorization == byIAM, apiKey || rt.keyRequired
	}
	return signature, apiKey
}

// readAPI takes what the API says of who reaches it.
func (s *Stage) readAPI(where string, spec restAPISpec) error {
	types := spec.EndpointConfiguration.Types
	if slices.ContainsFunc(types, func(t string) bool { return !slices.Contains([]string{"EDGE", "REGIONAL", "PRIVATE"}, t) }) ||
		len(types) > 1 {
		return fmt.Errorf("%s: EndpointConfiguration.Types %q: one of EDGE, REGIONAL, PRIVATE is supported", where, types)
	}
	s.private = slices.Contains(types, "PRIVATE")
	if ids := spec.EndpointConfiguration.VpcEndpointIds; len(ids) > 0 && !s.private {
		return fmt.Errorf("%s: EndpointConfiguration.VpcEndpointIds %q: they are for type PRIVATE", where, ids)
	}
	if spec.ApiKeySourceType != "" && spec.ApiKeySourceType != "HEADER" {
		return fmt.Errorf("%s: ApiKeySourceType %q is not supported: use HEADER", where, spec.ApiKeySourceType)
	}
	s.closed, s.securityPolicy = spec.DisableExecuteApiEndpoint, spec.SecurityPolicy
	apiARN := "arn:aws:execute-api:" + s.config.Region + ":" + s.config.AccountID + ":" + s.APIID
	s.arn = apiARN + "/" + s.Name
	if len(spec.Policy) > 0 {
		read, err := policy.Read(where+".Policy", spec.Policy, apiARN)
		if err != nil {
			return err
		}
		s.policy = read
	}
	s.callers = map[string]Caller{}
	for _, c := range s.config.Callers {
		s.callers[c.Credentials.AccessKeyID] = c
	}
	s.verifier = &sigv4.Verifier{Service: "execute-api", Region: s.config.Region, Find: func(id string) (aws.Credentials, bool) {
		c, ok := s.callers[id]
		return c.Credentials, ok
	}}
	return nil
}
