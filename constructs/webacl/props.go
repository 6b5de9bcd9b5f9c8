package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
)

// PoolWebACLProps configure a PoolWebACL.
type PoolWebACLProps struct {
	// UserPool is protected by the web ACL. A user pool has one web ACL at most. Required.
	UserPool awscognito.IUserPool
	// OriginHeader is what a request must carry to be let through. Required.
	OriginHeader *originheader.OriginHeader
	// DisableKeyDiscovery stops rule 0 from letting GET of the pool's JWKS and OpenID discovery documents pass. Resource servers need them
	// to verify tokens, and AWS does not document whether a user pool's web ACL covers them. Default: false.
	DisableKeyDiscovery *bool
}
