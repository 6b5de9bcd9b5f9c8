package clientsecret

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// Cadence is how often a tenant's client secret rotates.
type Cadence string

// The cadences. A tenant's own hour, and day, derive from its id.
const (
	Daily     Cadence = "daily"
	Weekly    Cadence = "weekly"
	Monthly   Cadence = "monthly"
	Quarterly Cadence = "quarterly"
)

// Pool is the user pool of the tenants' app clients. *m2mpool.M2MPool is one.
type Pool interface {
	UserPool() awscognito.IUserPool
	// TokenURL is Cognito's own token endpoint, where the function tries new secrets.
	TokenURL() *string
}

// Proxy is what the tenants ask for tokens. *tokenservice.TokenService and *tokenproxy.TokenProxy are.
type Proxy interface {
	// Stage has the cache that is flushed when a secret is revoked.
	Stage() awsapigateway.IStage
	// StageName is its name, known at synth.
	StageName() *string
	// TokenURL is the URL that goes into the tenants' secrets.
	TokenURL() *string
}

// OriginHeader is the header by which the pool's web ACL lets the function try new secrets at Cognito. *originheader.OriginHeader is one.
type OriginHeader interface {
	HeaderName() *string
	// Secret holds the header's value.
	Secret() awssecretsmanager.ISecret
	// EncryptionKey encrypts the secret.
	EncryptionKey() awskms.IKey
}

// SecretRotationProps configure a SecretRotation.
type SecretRotationProps struct {
	// Pool is where the tenants' app clients are registered. Required.
	Pool Pool
	// Proxy is the token proxy that the tenants ask, and whose cache is flushed when a secret is revoked. Required.
	Proxy Proxy
	// OriginHeader is the header by which the pool's web ACL lets the function try new secrets at Cognito. Required.
	OriginHeader OriginHeader
	// SecretPrefix is what the names of the tenants' secrets, and of no others, begin with: up to 464 letters, digits and /_+=.@-, with '/' at
	// the end. The role reaches every secret that has it. Required.
	SecretPrefix *string
	// Cadence is how often a secret rotates. Default: Monthly.
	Cadence Cadence
	// Grace is how long a superseded client secret goes on working: from 1 hour to less than the shortest time between two rotations, which is
	// 23 hours, or 7, 28 or 89 days less one hour. Default: 24 hours, with Daily 12.
	Grace awscdk.Duration
	// StuckLimit is how long a rotation may rest unfinished before it is undone, less than the time between two rotations. Default: 3 hours.
	StuckLimit awscdk.Duration
	// SweepInterval is the time between two sweeps over all secrets: whole minutes from 15 minutes to 24 hours. Default: 1 hour.
	SweepInterval awscdk.Duration
	// ReservedConcurrency is how many invocations may run at once: 2 at least, since a sweep of many minutes and the rotations that it starts
	// run side by side. New accounts cannot reserve any. Default: none is reserved.
	ReservedConcurrency *float64
	// TenantStackPrefix is what the names of the stacks that hold tenants begin with: a sweep starts when one of them has been deployed.
	// Default: none; a new tenant waits for the next sweep.
	TenantStackPrefix *string
	// OrganizationID is the organization in AWS Organizations whose accounts may decrypt the secrets that they may read. Default: none.
	OrganizationID *string
	// ReaderAccounts are the accounts, up to 50, that may decrypt the secrets that they may read. This account always may. Default: none.
	ReaderAccounts []*string
	// Trail says that this account has a CloudTrail trail of management events in this Region, without which Secrets Manager's failure events
	// do not reach EventBridge. Default: false, failures are noticed by the alarms alone.
	Trail *bool
	// AlarmTopic gets the alarms and the failure events. Its policy and its key's must let CloudWatch and EventBridge publish. Default: an
	// encrypted topic of its own, without subscriptions.
	AlarmTopic awssns.ITopic
	// LogRetention is how long the function's log is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a
	// customer managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and the keys when their stack is deleted. A secret that outlives its key can never be read
	// again. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
