package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
)

// TenantsStackProps configure a TenantsStack.
type TenantsStackProps struct {
	awscdk.StackProps
	// Pool is where the clients are registered. Required.
	Pool *m2mpool.M2MPool
	// TokenService is what the tenants ask for tokens. Required.
	TokenService *tokenservice.TokenService
	// Credentials keep the tenants' credentials in secrets and rotate them. Default: none.
	Credentials tenantclient.Credentials
	// Tenants are the tenants of one file; the stack sets their Pool, Proxy and Credentials.
	Tenants []*tenantclient.TenantClientProps
	// APIKeys are the API keys of tenants, for a proxy that asks for one; the stack sets their Proxy and their EncryptionKey, which is that of
	// Credentials. Default: none.
	APIKeys []*tokenproxy.APIKeyProps
}

// TenantsStack holds the app clients of one tenant file, with their secrets. A file has a stack of its own, so that no tenant ever moves to
// another stack because others come or go: that would replace its app client, an outage for it.
type TenantsStack struct {
	awscdk.Stack
	clients *tenantclient.TenantClients
}

// NewTenantsStack creates an app client for each tenant, under the tenant's id, an output ClientId for each, and its secret. It is deployed
// after the token service's stack: a client comes when its token URL works, and a validity is lowered after the cache TTL.
func NewTenantsStack(scope constructs.Construct, id *string, props *TenantsStackProps) *TenantsStack {
	s := &TenantsStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	s.AddStackDependency(awscdk.Stack_Of(props.TokenService.Construct), nil)
	s.clients = tenantclient.NewTenantClients(s.Stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{
		Pool: props.Pool, Proxy: props.TokenService, Credentials: props.Credentials, Tenants: props.Tenants,
	})
	for _, k := range props.APIKeys {
		key := *k
		key.Proxy, key.EncryptionKey = props.TokenService.Proxy(), props.Credentials.EncryptionKey()
		tokenproxy.NewAPIKey(s.Stack, jsii.String("ApiKey-"+*key.TenantID), &key)
	}
	return s
}

// Tenants are the tenants, in the order of the props.
func (s *TenantsStack) Tenants() []*tenantclient.Tenant { return s.clients.Tenants() }
