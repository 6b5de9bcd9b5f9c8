// Package tokenservice creates the whole token service in front of a user pool in one statement: the token proxy with its cache, the web
// ACL by which Cognito accepts token requests from the proxy only, and the rotation of the secret header that the two share.
package tokenservice

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// TokenService is the way to a user pool's token endpoint: clients ask the proxy, and nothing but the proxy reaches the pool's domain.
type TokenService struct {
	constructs.Construct
	header   *originheader.OriginHeader
	webACL   *webacl.PoolWebACL
	proxy    *tokenproxy.TokenProxy
	lock     *tokenproxy.CacheLock
	domain   *tokendomain.TokenDomain
	edge     *webacl.EdgeWebACL
	rotation *originheader.HeaderRotation
}

// NewTokenService creates, in this order, the origin header, the token proxy, the lock of its cache, the pool's web ACL, the domain name
// and the edge web ACL if they are configured, and the rotation of the origin header. With all defaults it creates
//
//   - a Regional REST API with POST /v1/oauth2/token, a cache of 0.5 GB and a cache TTL of 45 minutes;
//   - a web ACL on the user pool that blocks every request without the origin header, except GET of the pool's public keys and
//     OpenID configuration;
//   - a rotation of the header every 30 days, which no request notices, with a reconciliation every 15 minutes;
//   - logs without credentials, and alarms with an encrypted topic that has no subscription.
//
// The functions are compiled at synth, which needs Go. Mistakes in props become error annotations on the construct that they concern, all
// of them in one synth; a missing Pool is a programmer's error and panics.
func NewTokenService(scope constructs.Construct, id *string, props *TokenServiceProps) *TokenService {
	if props == nil || props.Pool == nil {
		panic("tokenservice: TokenServiceProps.Pool is required")
	}
	s := &TokenService{Construct: constructs.NewConstruct(scope, id)}
	s.header = originheader.NewOriginHeader(s.Construct, jsii.String("OriginHeader"), props.OriginHeader)
	s.addProxy(props)
	s.addPoolWebACL(props)
	if props.Domain != nil {
		domain := *props.Domain
		domain.Proxy = s.proxy
		props.logs(s.proxy.LogEncryptionKey(), &domain.LogRetention, &domain.LogEncryptionKey, &domain.RemovalPolicy)
		s.domain = tokendomain.NewTokenDomain(s.Construct, jsii.String("TokenDomain"), &domain)
	}
	if props.Edge != nil {
		edge := *props.Edge
		edge.Proxy, edge.OriginHeader = s.proxy, s.header
		props.logs(s.proxy.LogEncryptionKey(), &edge.LogRetention, &edge.LogEncryptionKey, &edge.RemovalPolicy)
		s.edge = webacl.NewEdgeWebACL(s.Construct, jsii.String("EdgeWebAcl"), &edge)
	}
	s.addRotation(props)
	return s
}

func (s *TokenService) addProxy(props *TokenServiceProps) {
	proxy := orDefault(props.Proxy)
	proxy.Pool, proxy.OriginHeader = props.Pool, s.header
	props.logs(props.LogEncryptionKey, &proxy.LogRetention, &proxy.LogEncryptionKey, &proxy.RemovalPolicy)
	if proxy.AlarmTopic == nil {
		proxy.AlarmTopic = props.AlarmTopic
	}
	s.proxy = tokenproxy.NewTokenProxy(s.Construct, jsii.String("TokenProxy"), proxy)
	s.lock = tokenproxy.NewCacheLock(s.Construct, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: s.proxy})
}

func (s *TokenService) addPoolWebACL(props *TokenServiceProps) {
	acl := orDefault(props.PoolWebACL)
	acl.Pool, acl.OriginHeader = props.Pool, s.header
	if acl.Log != nil {
		log := *acl.Log
		props.logs(s.proxy.LogEncryptionKey(), &log.Retention, &log.EncryptionKey, &log.RemovalPolicy)
		acl.Log = &log
	}
	s.webACL = webacl.NewPoolWebACL(s.Construct, jsii.String("PoolWebAcl"), acl)
}

func (s *TokenService) addRotation(props *TokenServiceProps) {
	rotation := orDefault(props.Rotation)
	rotation.OriginHeader, rotation.Stage, rotation.Association = s.header, s.proxy.Stage(), s.webACL.Association()
	rotation.CognitoTokenURL = props.Pool.TokenURL()
	// A probe has neither a client certificate nor what an extra authorization asks for.
	if s.proxy.Probeable() && (props.Domain == nil || props.Domain.MutualTLS == nil) {
		rotation.GatewayTokenURL = s.TokenURL()
	}
	props.logs(s.proxy.LogEncryptionKey(), &rotation.LogRetention, &rotation.LogEncryptionKey, &rotation.RemovalPolicy)
	if rotation.AlarmTopic == nil {
		rotation.AlarmTopic = props.AlarmTopic
	}
	s.rotation = originheader.NewHeaderRotation(s.Construct, jsii.String("Rotation"), rotation)
	if props.AlarmTopic == nil && (props.Proxy == nil || props.Proxy.AlarmTopic == nil) {
		for _, alarm := range s.proxy.Alarms() {
			alarm.AddAlarmAction(alarms.Notify(s.rotation.AlarmTopic()))
		}
	}
}

// TokenURL is the URL that clients ask for tokens, without a query string: on the domain name if there is one.
func (s *TokenService) TokenURL() *string {
	if s.domain != nil {
		return s.domain.TokenURL()
	}
	return s.proxy.TokenURL()
}

// CacheTTL is how long a token may stay in the cache.
func (s *TokenService) CacheTTL() awscdk.Duration { return s.proxy.CacheTTL() }

// Stage is the proxy's stage, which has the cache.
func (s *TokenService) Stage() awsapigateway.IStage { return s.proxy.Stage() }

// StageName is its name.
func (s *TokenService) StageName() *string { return s.proxy.StageName() }

// OriginHeader is the secret header by which the pool's web ACL knows the proxy.
func (s *TokenService) OriginHeader() *originheader.OriginHeader { return s.header }

// PoolWebACL is the user pool's web ACL.
func (s *TokenService) PoolWebACL() *webacl.PoolWebACL { return s.webACL }

// Proxy is the token proxy.
func (s *TokenService) Proxy() *tokenproxy.TokenProxy { return s.proxy }

// CacheLock keeps clients from replacing entries of the proxy's cache.
func (s *TokenService) CacheLock() *tokenproxy.CacheLock { return s.lock }

// Domain is the proxy's domain name; nil without one.
func (s *TokenService) Domain() *tokendomain.TokenDomain { return s.domain }

// EdgeWebACL is the web ACL in front of the proxy; nil without one.
func (s *TokenService) EdgeWebACL() *webacl.EdgeWebACL { return s.edge }

// Rotation rotates the origin header.
func (s *TokenService) Rotation() *originheader.HeaderRotation { return s.rotation }
