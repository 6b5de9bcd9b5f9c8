// Package config reads an environment, a folder of YAML files, into typed and validated settings.
//
// Nothing is corrected silently: what the settings do not know is an error, and all errors of all files are reported at once, each
// with file, line and field.
//
//	environments/<name>/environment.yaml      the user pool, its resource servers, the gateway
//	environments/<name>/tenants/<file>.yaml   tenants; one file becomes one stack
package config

import (
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Environment holds the settings of one environment, complete with defaults.
type Environment struct {
	Name string
	// Account and Region are both set, or both empty for environment-agnostic stacks.
	Account, Region string
	Tags            map[string]string
	UserPool        UserPool
	// Destroy says that stateful resources go with their stack instead of staying behind.
	Destroy          bool
	ResourceServers  []ResourceServer
	OriginHeaderName string
	Rotation         Rotation
	// KeyDiscovery lets GET of the pool's JWKS and OpenID discovery paths pass the pool's web ACL.
	KeyDiscovery bool
	Gateway      Gateway
	// Credentials is nil when the environment keeps no credentials of its tenants.
	Credentials *Credentials
	// Monitoring is nil when nothing watches the environment but its own alarms.
	Monitoring *Monitoring
	// DefaultAccessTokenValidity is what a tenant without a validity of its own has.
	DefaultAccessTokenValidity time.Duration
	// TenantFiles are sorted by name.
	TenantFiles []TenantFile
}

// Rotation holds the settings of the origin header's rotation.
type Rotation struct {
	Interval, WAFBound, StageBound, Grace time.Duration
	// ReservedConcurrency keeps invocations of the rotation function from overlapping; new accounts cannot reserve any.
	ReservedConcurrency bool
	// Trail says that the account has a CloudTrail trail of management events in the region.
	Trail bool
	// AlarmTopicARN is the topic of the alarms, or empty for one of the environment's own.
	AlarmTopicARN string
}

// Credentials holds the settings of the tenants' secrets and their rotation.
type Credentials struct {
	// SecretPrefix ends in a slash; a tenant's secret is named by it and the tenant's id.
	SecretPrefix string
	// Cadence is daily, weekly, monthly or quarterly.
	Cadence string
	// Grace is how long a superseded client secret goes on working.
	Grace, SweepInterval time.Duration
	// OrganizationID, or empty, and ReaderAccounts are those outside of the environment's account that may decrypt what they may read.
	OrganizationID string
	ReaderAccounts []string
	// ReservedConcurrency of the rotation function is 0 when none is reserved.
	ReservedConcurrency int
	// RevocationWindow is how long revocations are collected before the cache is flushed for all of them.
	RevocationWindow time.Duration
}

// UserPool holds the settings of the user pool and its domain: either DomainPrefix, or CustomDomain and CertificateARN.
type UserPool struct {
	Name                                       string
	DomainPrefix, CustomDomain, CertificateARN string
	FeaturePlan                                string
	DeletionProtection                         bool
}

// ResourceServer is an API that all tenants may get scopes of.
type ResourceServer struct {
	Identifier, Name string
	Scopes           []Scope
}

// Scope is a custom scope; clients ask for it as <identifier of its resource server>/<Name>.
type Scope struct {
	Name, Description string
}

// Gateway holds the settings of the token endpoint's REST API.
type Gateway struct {
	StageName string
	// HTTPProxy passes requests through unchanged instead of rebuilding them from the cache key.
	HTTPProxy       bool
	RequireClientID bool
	CacheSizeGB     string
	// CacheTTL is resolved: the given one, or the default for the shortest validity.
	CacheTTL time.Duration
	// ExpectedRequestsPerSecond is what clients are expected to ask together, or 0 when nothing is known of it.
	ExpectedRequestsPerSecond float64
	// RatePerSecond and Burst are resolved: the given ones, or those for the expected requests.
	RatePerSecond     float64
	Burst             int
	LogRetentionDays  int
	ExecutionLogLevel string
	// CreateAccountRole creates the account's CloudWatch role for API Gateway; there is one per account and region.
	CreateAccountRole bool
	Tracing           bool
	// Edge is nil when no web ACL stands before the gateway.
	Edge          *Edge
	Authorization Authorization
	// Domain is nil when the gateway has no domain name of its own.
	Domain   *TokenDomain
	Endpoint Endpoint
	// ResourcePolicy is nil when everyone may call who reaches the endpoint.
	ResourcePolicy *ResourcePolicy
}

// TenantFile is a file of tenants, which becomes one stack.
type TenantFile struct {
	// Name is the file's name without its extension.
	Name, Path string
	Tenants    []Tenant
}

// Tenant is one machine client with its scopes.
type Tenant struct {
	ID                  string
	AccessTokenValidity time.Duration
	// Scopes are the full names of all scopes of the client: in the order of the file, then own scopes not listed there.
	Scopes []string
	// OwnScopes belong to a resource server dedicated to this tenant, see rules.OwnResourceServer.
	OwnScopes []Scope
	// Credentials says that the tenant has a secret whose credentials rotate. It is false wherever the environment keeps none.
	Credentials bool
	// Readers may read the tenant's secret: ARNs of IAM roles, and ids of accounts.
	Readers []string
	// UsagePlan names the plan of the tenant's API key, where the gateway wants one, and is empty elsewhere.
	UsagePlan string
}

// Validities returns the access-token validity of every tenant, which bound the cache TTL. An environment without tenants has the one
// that its first tenant will have.
func (e *Environment) Validities() []awslimits.ClientValidity {
	var all []awslimits.ClientValidity
	for _, file := range e.TenantFiles {
		for _, t := range file.Tenants {
			all = append(all, awslimits.ClientValidity{Client: t.ID, Validity: t.AccessTokenValidity})
		}
	}
	if len(all) == 0 {
		return []awslimits.ClientValidity{{Client: "default", Validity: e.DefaultAccessTokenValidity}}
	}
	return all
}
