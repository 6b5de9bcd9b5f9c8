package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
)

// Proxy is the token gateway behind an EdgeWebACL. *tokenproxy.TokenProxy is one.
type Proxy interface {
	// Stage is protected by the web ACL. A stage has one web ACL at most.
	Stage() awsapigateway.IStage
	// TokenPaths are the paths on which POST is let through, as AWS WAF may see them.
	TokenPaths() []*string
	// CredentialsHeader is the header that clients send their credentials in, which RateLimitPerCredential counts by.
	CredentialsHeader() *string
}

// EdgeWebACLProps configure an EdgeWebACL.
type EdgeWebACLProps struct {
	// Proxy is the token gateway that is protected. Required.
	Proxy Proxy
	// OriginHeader is the header that the gateway adds behind this web ACL. If a client sends one of its own, the log does not show it.
	// Required.
	OriginHeader OriginHeader
	// RateLimitPerIP is how many requests one source address may make in RateWindow, 10 to 2,000,000,000. Clients behind one NAT gateway share
	// it. AWS WAF counts every few seconds, so that a burst passes before the limit acts. Default: 2000.
	RateLimitPerIP *float64
	// RateLimitPerCredential is how many requests may be made with the same credentials header in RateWindow, from all addresses together, 10
	// to 2,000,000,000. Default: 1000.
	RateLimitPerCredential *float64
	// RateWindow is how far back the rate limits count, and what Retry-After says: 1, 2, 5 or 10 minutes. Default: 5 minutes.
	RateWindow awscdk.Duration
	// MaxBodyBytes is the size of the largest request body that is let through, 256 to 16,384 bytes. Default: 4096.
	MaxBodyBytes *float64
	// AllowedCIDRs are the IPv4 and IPv6 networks that requests may come from, up to 10,000 of each, in canonical CIDR notation. Default: any.
	AllowedCIDRs []*string
	// AllowedCountries are the countries that requests may come from, up to 50 ISO 3166-1 alpha-2 codes. AWS WAF knows no country of a private
	// address. Default: any.
	AllowedCountries []*string
	// DisableCommonRuleSet leaves AWS's core rule set out. Default: false. Its rules that break machine clients count only.
	DisableCommonRuleSet *bool
	// DisableKnownBadInputs leaves AWS's group of known bad inputs out. Default: false.
	DisableKnownBadInputs *bool
	// DisableIPReputation leaves Amazon's IP reputation list out. Default: false.
	DisableIPReputation *bool
	// AnonymousIP says what happens to requests from addresses that hide their user. Default: AnonymousIPCount.
	AnonymousIP AnonymousIP
	// BotControl adds AWS's Bot Control at its common inspection level. All its rules count only: the clients are machines. It costs a monthly
	// fee and one for each request (https://aws.amazon.com/waf/pricing/). Default: false.
	BotControl *bool
	// LogRetention is how long the web ACL's log is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the web ACL's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a
	// customer managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and its own key when the stack is deleted. Default: RETAIN_ON_UPDATE_OR_DELETE, so that a
	// creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// AnonymousIP says what happens to requests from addresses on AWS's anonymous IP list: Tor nodes, temporary proxies and other masking
// services.
type AnonymousIP string

const (
	// AnonymousIPCount counts such requests and lets them through.
	AnonymousIPCount AnonymousIP = "count"
	// AnonymousIPBlock answers them 403. Addresses of hosting providers, which the list has too, are counted even so: machine clients are
	// hosted.
	AnonymousIPBlock AnonymousIP = "block"
	// AnonymousIPOff leaves the list out.
	AnonymousIPOff AnonymousIP = "off"
)
