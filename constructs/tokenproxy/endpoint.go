package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"
)

// Endpoint says who reaches the API and how.
type Endpoint struct {
	// Private makes the API reachable through VPC endpoints only. Default: a Regional endpoint.
	Private *PrivateEndpoint
	// ResourcePolicy lets only some callers in. Default: everyone; with Private, requests through its VPC endpoints.
	ResourcePolicy *ResourcePolicy
	// DisableDefaultEndpoint closes https://API.execute-api.REGION..., so that only a custom domain serves the API; without it, whatever a
	// custom domain demands of clients, such as a certificate, can be walked around. Not with Private. Default: false.
	DisableDefaultEndpoint *bool
	// SecurityPolicy is the TLS policy: TLS_1_2, or one of those that begin with SecurityPolicy_ and are for Regional and private APIs. A
	// custom domain of the API is negotiated by this policy as well. A change takes about 15 minutes.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
	// Default: API Gateway's own, which is TLS_1_0 for a Regional API and TLS_1_2 for a private one.
	SecurityPolicy *string
	// EndpointAccessMode goes with a SecurityPolicy that begins with SecurityPolicy_: STRICT refuses requests whose TLS server name is not
	// their host, or that came by another type of endpoint; BASIC does not, for the time of a migration. Default: STRICT with such a policy,
	// else none.
	EndpointAccessMode *string
}

// PrivateEndpoint makes an API private. Clients in a VPC with private DNS use TokenEndpoint as it is.
type PrivateEndpoint struct {
	// VPCEndpointIDs are interface endpoints for execute-api in this account and Region; API Gateway makes DNS names of the API for each. At
	// least one.
	VPCEndpointIDs []*string
}

// ResourcePolicy lets only callers in that are on all lists that are set. At least one is.
type ResourcePolicy struct {
	// AllowedCIDRs are IPv4 and IPv6 networks. Not with Private, whose requests have no public address.
	AllowedCIDRs []*string
	// AllowedAccounts are the ids of AWS accounts. Only with Authorization.IAM: who did not sign has no account.
	AllowedAccounts []*string
	// AllowedVPCEndpoints are the VPC endpoints through which requests may come, of any account. Only with Private, as AWS tells the VPC
	// endpoint of a request to private APIs only. Default: the VPCEndpointIDs of Private.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
	AllowedVPCEndpoints []*string
}

// isPrivate and hasPolicy can be asked of no endpoint as well.
func (e *Endpoint) isPrivate() bool { return e != nil && e.Private != nil }
func (e *Endpoint) hasPolicy() bool { return e != nil && e.ResourcePolicy != nil }

func (e *Endpoint) defaultDisabled() bool {
	return e != nil && e.DisableDefaultEndpoint != nil && *e.DisableDefaultEndpoint
}

func (e *Endpoint) endpointType() awsapigateway.EndpointType {
	if e.isPrivate() {
		return awsapigateway.EndpointType_PRIVATE
	}
	return awsapigateway.EndpointType_REGIONAL
}

// applyEndpoint sets what the L2 has no props for: VPC endpoints by their ids, and the TLS policy.
func (p *TokenProxy) applyEndpoint(e *Endpoint) {
	if e == nil {
		return
	}
	api := p.api.Node().DefaultChild().(awsapigateway.CfnRestApi)
	if e.isPrivate() {
		api.AddPropertyOverride(jsii.String("EndpointConfiguration.VpcEndpointIds"), e.Private.VPCEndpointIDs)
	}
	if e.SecurityPolicy != nil {
		api.SetSecurityPolicy(e.SecurityPolicy)
		api.SetEndpointAccessMode(e.EndpointAccessMode)
	}
}
