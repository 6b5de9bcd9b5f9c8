package tenantclient

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// TenantClientProps configure a TenantClient.
type TenantClientProps struct {
	// Pool is where the client is registered. Required.
	Pool *m2mpool.M2MPool
	// TenantID is the tenant's stable id, 1 to 48 of a-z, 0-9 and '-'. It names the app client. Required.
	TenantID *string
	// Scopes are what the client may ask for, as identifier/name, each a scope of one of the pool's resource servers or of OwnScopes.
	// Together with OwnScopes 1 to 50.
	Scopes []*string
	// OwnScopes are scopes of this tenant alone. They get a resource server of their own, tenant-<TenantID>, and the client may ask for all
	// of them. Default: none.
	OwnScopes []*m2mpool.Scope
	// AccessTokenValidity is how long a token lives: whole minutes from 5 minutes to 24 hours, 10 minutes at least behind a Proxy.
	// Default: 1 hour.
	AccessTokenValidity awscdk.Duration
	// Proxy is the token proxy that the tenant asks. A validity that is too short for the proxy's cache TTL is an error.
	// Default: none; the token URL is then Cognito's own.
	Proxy *tokenproxy.TokenProxy
}
