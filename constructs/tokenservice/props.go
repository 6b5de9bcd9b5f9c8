package tokenservice

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// Pool is the user pool behind a TokenService. *m2mpool.M2MPool is one.
type Pool interface {
	UserPool() awscognito.IUserPool
	// Existing says that the app does not create the pool: see webacl.PoolWebACLProps.
	Existing() bool
	// TokenURL is Cognito's own token endpoint.
	TokenURL() *string
}

// TokenServiceProps configure a TokenService.
type TokenServiceProps struct {
	// Pool is the user pool behind the service. Required.
	Pool Pool
	// OriginHeader configures the secret header by which the pool's web ACL knows the proxy. Default: all defaults.
	OriginHeader *originheader.OriginHeaderProps
	// PoolWebACL configures the pool's web ACL. The service sets its Pool and OriginHeader. Default: all defaults.
	PoolWebACL *webacl.PoolWebACLProps
	// Proxy configures the token proxy. The service sets its Pool and OriginHeader. Default: all defaults.
	Proxy *tokenproxy.TokenProxyProps
	// Domain gives the proxy a domain name of its own. The service sets its Proxy. Default: none.
	Domain *tokendomain.TokenDomainProps
	// Edge puts a web ACL in front of the proxy. The service sets its Proxy and OriginHeader. Default: none.
	Edge *webacl.EdgeWebACLProps
	// Rotation configures the rotation of the origin header. The service sets what it rotates, and where. Default: all defaults.
	Rotation *originheader.HeaderRotationProps
	// AlarmTopic gets the alarms of the proxy and the rotation. Its policy and its key's must let CloudWatch and EventBridge publish. A topic
	// in Proxy or Rotation takes precedence. Default: an encrypted topic of the rotation's own, without subscriptions.
	AlarmTopic awssns.ITopic
	// LogRetention is how long logs are kept for which the props above say nothing else. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the logs for which the props above say nothing else. The policy of a key from outside the app must let
	// CloudWatch Logs use it. Default: a customer managed key of the proxy's own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to logs and to their keys when their stack is deleted, if the props above say nothing else. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// orDefault is a copy of props, which the service fills in; of the zero value for nil.
func orDefault[T any](props *T) *T {
	filled := new(T)
	if props != nil {
		*filled = *props
	}
	return filled
}

// logs fills in what a part says nothing of.
func (props *TokenServiceProps) logs(key awskms.IKey, retention *awslogs.RetentionDays, of *awskms.IKey, removal *awscdk.RemovalPolicy) {
	if *retention == "" {
		*retention = props.LogRetention
	}
	if *of == nil {
		*of = key
	}
	if *removal == "" {
		*removal = props.RemovalPolicy
	}
}
