package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
)

// Pool is the user pool that a PoolWebACL protects. *m2mpool.M2MPool is one.
type Pool interface {
	UserPool() awscognito.IUserPool
	// Existing says that the app does not create the pool, which may have users and a web ACL of its own.
	Existing() bool
}

// OriginHeader is the secret header by which a PoolWebACL knows the gateway. *originheader.OriginHeader is one.
type OriginHeader interface {
	// HeaderName is the header's name, known at synth.
	HeaderName() *string
	// AcceptedValues are the values that let a request through.
	AcceptedValues() awswafv2.CfnRegexPatternSet
}

// PoolWebACLProps configure a PoolWebACL.
type PoolWebACLProps struct {
	// Pool is protected by the web ACL. Required.
	Pool Pool
	// OriginHeader is what a request must carry to be let through. Required.
	OriginHeader OriginHeader
	// UsersBlocked acknowledges that the web ACL blocks the users of an existing pool: the hosted pages, every OAuth and OpenID Connect
	// endpoint of the domain and the public operations of the user pool API, such as InitiateAuth, answer 403. It must be true for a pool that
	// the app does not create. Default: false.
	UsersBlocked *bool
	// WebACLReplaced acknowledges that the web ACL takes the place of the one that an existing pool has, since a pool has one at most. Its
	// rules, rate limits and logs protect the pool no more, also not after this web ACL is deleted. It must be true for a pool that the app
	// does not create. Default: false.
	WebACLReplaced *bool
	// DisableKeyDiscovery stops rule 0 from letting GET of the pool's JWKS and OpenID discovery documents pass. Resource servers need them
	// to verify tokens, and AWS does not document whether a user pool's web ACL covers them. Default: false.
	DisableKeyDiscovery *bool
	// Log keeps the requests that were blocked, by which direct attempts at the Cognito domain are known. Whoever sends such requests makes
	// the log longer, at $0.50 per GB (us-east-1). Default: none is kept.
	Log *PoolLog
}

// PoolLog is the log of a PoolWebACL. Its zero value is one with defaults.
type PoolLog struct {
	// Retention is how long the log is kept. Default: 3 months.
	Retention awslogs.RetentionDays
	// EncryptionKey encrypts the log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a customer managed
	// key of its own.
	EncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and its own key when the stack is deleted. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a
	// creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
