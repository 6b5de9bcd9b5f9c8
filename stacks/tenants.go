package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// TenantsStackProps configure a TenantsStack.
type TenantsStackProps struct {
	awscdk.StackProps
	// Pool is where the clients are registered. Required.
	Pool *m2mpool.M2MPool
	// Proxy is the token proxy that the tenants ask. Required.
	Proxy *tokenproxy.TokenProxy
	// Tenants are the tenants of one file; their Pool and Proxy are the stack's.
	Tenants []*tenantclient.TenantClientProps
}

// TenantsStack holds the app clients of one tenant file. A file has a stack of its own, so that no tenant ever moves to another stack because others
// come or go: that would replace its app client, an outage for it.
type TenantsStack struct {
	awscdk.Stack
	tenants []*tenantclient.TenantClient
}

// NewTenantsStack creates an app client for each tenant, under the tenant's id, and an output ClientId in each. It is deployed after the proxy's
// stack: a client comes when its token URL works, and a validity is lowered after the cache TTL.
func NewTenantsStack(scope constructs.Construct, id *string, props *TenantsStackProps) *TenantsStack {
	s := &TenantsStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	s.AddStackDependency(awscdk.Stack_Of(props.Proxy.Construct), nil)
	for _, t := range props.Tenants {
		tenant := *t
		tenant.Pool, tenant.Proxy = props.Pool, props.Proxy
		client := tenantclient.NewTenantClient(s.Stack, tenant.TenantID, &tenant)
		output(client.Construct, "ClientId", "client_id of tenant "+*tenant.TenantID, client.ClientID())
		s.tenants = append(s.tenants, client)
	}
	return s
}

// Tenants are the tenants' clients, in the order of the props.
func (s *TenantsStack) Tenants() []*tenantclient.TenantClient { return s.tenants }
