package awslimits

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounds of what stands before the token method.
const (
	// MaxAuthorizerTTL is API Gateway's longest time to keep an authorizer's answer, DefaultAuthorizerTTL its own default.
	MaxAuthorizerTTL     = time.Hour
	DefaultAuthorizerTTL = 5 * time.Minute
	// LambdaEnvironmentBytes is Lambda's limit of all environment variables of a function together.
	LambdaEnvironmentBytes = 4096
	// ResourcePolicyBytes is API Gateway's limit of an API's policy.
	ResourcePolicyBytes = 8192
	// MaxThrottleRate and MaxThrottleBurst are an account's default quota, in requests a second and in requests.
	MaxThrottleRate  = 10000
	MaxThrottleBurst = 5000
)

// DefaultCredentialsHeader carries a client's credentials where the Authorization header is taken by a signature.
const DefaultCredentialsHeader = "x-client-authorization"

var (
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
	clientID      = regexp.MustCompile(`^[\w+]{1,128}$`)
	vpcEndpointID = regexp.MustCompile(`^vpce-[0-9a-f]{8}(?:[0-9a-f]{9})?$`)
	callerARN     = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):(?:role|user)/(?:[\x21-\x29\x2B-\x3E\x40-\x7E]{1,510}/)?[\w+=,.@-]{1,64}$`)
	// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
	apiKeySecretName = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	realmPattern     = regexp.MustCompile(`^[A-Za-z0-9 ._/:-]{1,64}$`)
	usagePlanName    = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$`)
)

// ClientID checks the id of an app client.
func ClientID(id string) error {
	if !clientID.MatchString(id) {
		return fmt.Errorf("client id %q is not one of Cognito: use 1 to 128 letters, digits, '_' and '+'", id)
	}
	return nil
}

// Network checks a range of IPv4 or IPv6 addresses in CIDR notation. Bits after the prefix are refused, since it would be a guess whether the address
// or the prefix is wrong.
func Network(cidr string) error {
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return fmt.Errorf("network %q is not in CIDR notation: use an address, '/' and a prefix length, for example 203.0.113.0/24 or 2001:db8::/32", cidr)
	case prefix.Addr().Is4In6():
		return fmt.Errorf("network %q is IPv4 written as IPv6, which no address matches: use IPv4 notation", cidr)
	case prefix != prefix.Masked():
		return fmt.Errorf("network %q has bits set after its prefix: use %s for the network, or a longer prefix", cidr, prefix.Masked())
	}
	return nil
}

// VPCEndpointID checks the id of a VPC endpoint.
func VPCEndpointID(id string) error {
	if !vpcEndpointID.MatchString(id) {
		return fmt.Errorf("VPC endpoint %q is not an id: use vpce- and 8 or 17 of 0-9 and a-f", id)
	}
	return nil
}

// Caller checks the ARN of an IAM role or user that may call. A session's ARN is not that of its role, and wildcards would be taken literally.
func Caller(arn string) error {
	if !callerARN.MatchString(arn) {
		return fmt.Errorf("caller %q is not an IAM role or user: use arn:aws:iam::ACCOUNT:role/NAME or :user/NAME, without wildcards", arn)
	}
	return nil
}

// CallerAccount returns the account of a caller that Caller accepts.
func CallerAccount(arn string) string { return callerARN.FindStringSubmatch(arn)[1] }

// CredentialsHeader checks the header that carries a client's credentials beside a signature.
func CredentialsHeader(name, originHeader string) error {
	switch {
	case strings.EqualFold(name, "authorization"):
		return fmt.Errorf("credentials header %q carries the signature of the request: use another header, for example %s", name, DefaultCredentialsHeader)
	case strings.EqualFold(name, originHeader):
		return fmt.Errorf("credentials header %q is the origin header, which the gateway sets: use another header, for example %s", name, DefaultCredentialsHeader)
	}
	return HeaderName(name)
}

// Realm checks the realm of a challenge. Quotes and backslashes would end its quoted text, and API Gateway's single quotes a header's static value.
func Realm(realm string) error {
	if !realmPattern.MatchString(realm) {
		return fmt.Errorf("realm %q is not allowed: use 1 to 64 letters, digits, spaces and ._/:-", realm)
	}
	return nil
}

// AuthorizerTTL checks how long API Gateway may keep an authorizer's answer.
func AuthorizerTTL(d time.Duration) error {
	if d < 0 || d > MaxAuthorizerTTL || d%time.Second != 0 {
		return fmt.Errorf("authorizer TTL %v is not allowed: use whole seconds from 0s, which keeps nothing, to %v", d, MaxAuthorizerTTL)
	}
	return nil
}

// UsagePlanName checks the name of a usage plan.
func UsagePlanName(name string) error {
	if !usagePlanName.MatchString(name) {
		return fmt.Errorf("usage plan %q is not allowed: use 1 to 64 letters, digits, '-' and '_', a letter or digit at both ends", name)
	}
	return nil
}

// APIKeySecretName checks the name of a secret that holds an API key.
func APIKeySecretName(name string) error {
	if !apiKeySecretName.MatchString(name) {
		return fmt.Errorf("secret name %q is not allowed: use 1 to 512 letters, digits and /_+=.@-", name)
	}
	return nil
}

// Quota checks how many requests an API key may make in a day, week or month.
func Quota(requests float64) error {
	if requests < 1 || requests > math.MaxInt32 || requests != math.Trunc(requests) {
		return fmt.Errorf("quota of %v requests is not allowed: use a whole number from 1 to %d", requests, math.MaxInt32)
	}
	return nil
}

// ExpectedRate checks the requests a second that clients are expected to make together.
func ExpectedRate(perSecond float64) error {
	if !(perSecond > 0) || perSecond > MaxThrottleRate {
		return fmt.Errorf("%v expected requests a second are not allowed: use more than 0 up to %d, the account's default quota", perSecond, MaxThrottleRate)
	}
	return nil
}

// ThrottleFor returns a stage's throttle for the requests a second that clients are expected to make: twice the rate, and a burst of two seconds of
// that, within the account's default quota.
func ThrottleFor(perSecond float64) (ratePerSecond, burst float64) {
	ratePerSecond = min(math.Ceil(2*perSecond), MaxThrottleRate)
	return ratePerSecond, min(2*ratePerSecond, MaxThrottleBurst)
}

// enhancedPrefix begins the security policies that need an endpoint access mode.
const enhancedPrefix = "SecurityPolicy_"

// SecurityPolicies are the TLS policies of Regional and private REST APIs that refuse TLS 1.0; those for edge-optimized ones are not among them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
func SecurityPolicies() []string {
	return []string{
		"TLS_1_2",
		enhancedPrefix + "TLS13_1_3_2025_09", enhancedPrefix + "TLS13_1_3_FIPS_2025_09",
		enhancedPrefix + "TLS13_1_2_PFS_PQ_2025_09", enhancedPrefix + "TLS13_1_2_FIPS_PFS_PQ_2025_09",
		enhancedPrefix + "TLS13_1_2_PQ_2025_09", enhancedPrefix + "TLS13_1_2_FIPS_PQ_2025_09",
		enhancedPrefix + "TLS13_1_2_2021_06",
	}
}

// SecurityPolicy checks the TLS policy of a Regional or private REST API.
func SecurityPolicy(policy string) error {
	return OneOf("security policy", policy, SecurityPolicies()...)
}

// EnhancedSecurityPolicy says whether a security policy needs an endpoint access mode, which the others refuse.
func EnhancedSecurityPolicy(policy string) bool { return strings.HasPrefix(policy, enhancedPrefix) }

// EndpointAccessMode checks the endpoint access mode that goes with a security policy; "" is none.
func EndpointAccessMode(mode, policy string) error {
	if EnhancedSecurityPolicy(policy) {
		return OneOf("endpoint access mode", mode, "STRICT", "BASIC")
	}
	if mode != "" {
		return fmt.Errorf("endpoint access mode %q does not go with security policy %q: use it with one that begins with %s", mode, policy, enhancedPrefix)
	}
	return nil
}

// Twice returns the first value that is in a list twice, and "" when there is none.
func Twice(values []string) string {
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			return v
		}
	}
	return ""
}
