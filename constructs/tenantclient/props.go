package tenantclient

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
)

// Pool is the user pool of the app clients. *m2mpool.M2MPool is one.
type Pool interface {
	UserPoolID() *string
	// TokenURL is Cognito's own token endpoint.
	TokenURL() *string
	// Scopes are the scopes of all resource servers, as identifier/name.
	Scopes() []*string
	// ResourceServer is the resource server with this identifier; nil if this app does not create it.
	ResourceServer(identifier string) awscognito.IUserPoolResourceServer
}

// Proxy is what tenants ask for tokens. *tokenservice.TokenService and *tokenproxy.TokenProxy are.
type Proxy interface {
	TokenURL() *string
	// CacheTTL is how long a token may stay in the cache.
	CacheTTL() awscdk.Duration
}

// TenantClientProps configure a TenantClient.
type TenantClientProps struct {
	// Pool is where the client is registered. Required.
	Pool Pool
	// TenantID is the tenant's stable id, 1 to 48 of a-z, 0-9 and '-'. It names the app client and, with Credentials, the secret. Required.
	TenantID *string
	// ExistingClientID is the id of an app client that the app does not create, for a tenant that has credentials already. It needs
	// Credentials. Nothing of the client changes but that the first rotation adds a second client secret; the one in use goes on working until
	// a person deletes it. Scopes and AccessTokenValidity are those that the client has, and OwnScopes are not allowed. The name of the
	// tenant's secret ends in '@' and this id. Default: none; an app client is created.
	ExistingClientID *string
	// Scopes are what the client may ask for, as identifier/name, each a scope of one of the pool's resource servers or of OwnScopes.
	// Together with OwnScopes 1 to 50.
	Scopes []*string
	// OwnScopes are scopes of this tenant alone. They get a resource server of their own, tenant-<TenantID>, and the client may ask for all
	// of them. Default: none.
	OwnScopes []*m2mpool.Scope
	// AccessTokenValidity is how long a token lives: whole minutes from 5 minutes to 24 hours, 10 minutes at least behind a Proxy.
	// Default: 1 hour.
	AccessTokenValidity awscdk.Duration
	// Proxy is what the tenant asks. A validity that is too short for the proxy's cache TTL is an error.
	// Default: none; the token URL is then Cognito's own.
	Proxy Proxy
	// Credentials keep the tenant's credentials in a secret and rotate them. Default: none; a person fetches the client secret that Cognito
	// generated, and hands it on.
	Credentials Credentials
	// DisableCredentials leaves this tenant without a secret, for one of many tenants that share Credentials. Default: false.
	DisableCredentials *bool
	// Readers may read the tenant's secret, each the ARN of an IAM role or the id of an account, whose administrators then say who of it may.
	// One that Credentials do not cover is an error. Up to 30. Default: none but those whom IAM policies of the secret's own account allow it.
	Readers []*string
}

// TenantClientsProps configure TenantClients.
type TenantClientsProps struct {
	// Pool is where the clients are registered. Required.
	Pool Pool
	// Proxy is what the tenants ask. Default: none.
	Proxy Proxy
	// Credentials keep the tenants' credentials in secrets and rotate them. Default: none.
	Credentials Credentials
	// Tenants are the tenants, each id once. Their Pool, Proxy and Credentials are those above.
	Tenants []*TenantClientProps
}

// Credentials are what the secrets of all tenants share. *clientsecret.SecretRotation is the one for production.
type Credentials interface {
	// EncryptionKey encrypts the secrets.
	EncryptionKey() awskms.IKey
	// SecretPrefix is what the name of a tenant's secret begins with; the tenant's id follows, and for an existing client '@' and its id.
	SecretPrefix() *string
	// Function rotates the secrets.
	Function() awslambda.IFunction
	// Permission lets Secrets Manager invoke the function.
	Permission() awslambda.CfnPermission
	// Schedule is the cron expression of a tenant's rotations, whose windows are an hour long.
	Schedule(tenantID string) *string
	// Covers says whether principals of the account may use the key, once a secret's policy lets them read it.
	Covers(account string) bool
}
