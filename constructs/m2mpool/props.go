package m2mpool

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
)

// M2MPoolProps configure an M2MPool.
type M2MPoolProps struct {
	// Domain is where the pool's token endpoint is. Required.
	Domain *Domain
	// ResourceServers are the APIs that tokens of this pool open, with their custom scopes. Default: none, for a pool whose tenants
	// all have scopes of their own. Cognito's default quota is 25 in a pool, those of tenants included.
	ResourceServers []*ResourceServer
	// UserPoolName is the pool's name, 1 to 128 letters, digits, spaces and _+=,.@-.
	// Default: a name that CloudFormation generates.
	UserPoolName *string
	// FeaturePlan is the pool's pricing plan. Default: Essentials, which also offers access-token customization for M2M.
	FeaturePlan awscognito.FeaturePlan
	// DisableDeletionProtection lets the pool be deleted without a separate step. Default: false.
	DisableDeletionProtection *bool
	// RemovalPolicy says what happens to the pool when its stack is deleted. Default: RETAIN; a deleted pool cannot be restored, and
	// every tenant's credentials go with it.
	RemovalPolicy awscdk.RemovalPolicy
}

// Domain is a user pool's domain: either Prefix, or CustomName and CertificateArn.
type Domain struct {
	// Prefix of https://PREFIX.auth.REGION.amazoncognito.com: 1 to 63 of a-z, 0-9 and '-', without aws, amazon and cognito.
	Prefix *string
	// CustomName is a custom domain name, for example auth.example.com. Cognito requires a DNS A record at its parent domain.
	CustomName *string
	// CertificateArn is the ACM certificate for CustomName, in us-east-1.
	CertificateArn *string
}

// ExistingPoolProps describe a user pool that the app does not create.
type ExistingPoolProps struct {
	// UserPoolID is the pool's id, such as eu-west-1_Example01. The pool is in the account and Region of the stack. Give this or UserPool.
	UserPoolID *string
	// UserPool is the pool, if the app has a construct of it. Give this or UserPoolID.
	UserPool awscognito.IUserPool
	// Domain is the pool's domain, as Prefix or CustomName; CertificateArn is not used. Required.
	Domain *Domain
	// ResourceServers are the pool's resource servers whose scopes tenants may have. Default: none.
	ResourceServers []*ExistingResourceServer
}

// ExistingResourceServer is a resource server that the app does not create.
type ExistingResourceServer struct {
	// Identifier is the part of a scope before the last '/'. Required.
	Identifier *string
	// Scopes are the names of its custom scopes, the part after the last '/'. Required.
	Scopes []*string
}

// ResourceServer is an API with its custom scopes.
type ResourceServer struct {
	// Identifier is the part of a scope before the last '/', for example orders or https://orders.example.com. It can never be changed:
	// another identifier is another resource server. Required.
	Identifier *string
	// Name is shown in the console. Default: the identifier.
	Name *string
	// Scopes, 1 to 100. Required.
	Scopes []*Scope
}

// Scope is a custom scope of a resource server. Tokens carry it as identifier/name.
type Scope struct {
	// Name, without '/'. Required.
	Name *string
	// Description, 1 to 256 characters. Required.
	Description *string
}
