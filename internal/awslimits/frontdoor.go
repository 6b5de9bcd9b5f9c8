package awslimits

import (
	"fmt"
	"math"
	"net/netip"
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
	// ClientID checks the id of an app client.
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
	ClientID = texts("client id %q is not one of Cognito", `^[\w+]{1,128}$`, "1 to 128 letters, digits, '_' and '+'").check
	// VPCEndpointID checks the id of a VPC endpoint.
	VPCEndpointID = texts("VPC endpoint %q is not an id", `^vpce-[0-9a-f]{8}(?:[0-9a-f]{9})?$`, "vpce- and 8 or 17 of 0-9 and a-f").check
	// Caller checks the ARN of an IAM role or user that may call. A session's ARN is not that of its role, and wildcards would be taken
	// literally.
	Caller = texts("caller %q is not an IAM role or user",
		`^arn:aws[a-z-]*:iam::[0-9]{12}:(?:role|user)/(?:[\x21-\x29\x2B-\x3E\x40-\x7E]{1,510}/)?[\w+=,.@-]{1,64}$`,
		"arn:aws:iam::ACCOUNT:role/NAME or :user/NAME, without wildcards").check
	// Realm checks the realm of a challenge. Quotes and backslashes would end its quoted text, and API Gateway's single quotes a header's
	// static value.
	Realm = texts("realm %q is not allowed", `^[A-Za-z0-9 ._/:-]{1,64}$`, "1 to 64 letters, digits, spaces and ._/:-").check
	// UsagePlanName checks the name of a usage plan.
	UsagePlanName = texts("usage plan %q is not allowed", `^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$`,
		"1 to 64 letters, digits, '-' and '_', a letter or digit at both ends").check
	// APIKeySecretName checks the name of a secret that holds an API key.
	// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
	APIKeySecretName = texts("secret name %q is not allowed", `^[A-Za-z0-9/_+=.@-]{1,512}$`, "1 to 512 letters, digits and /_+=.@-").check
	// AuthorizerTTL checks how long API Gateway may keep an authorizer's answer.
	AuthorizerTTL = numbers("authorizer TTL %v is not allowed", 0, MaxAuthorizerTTL, time.Second,
		fmt.Sprintf("whole seconds from 0s, which keeps nothing, to %v", MaxAuthorizerTTL))
	// Quota checks how many requests an API key may make in a day, week or month.
	Quota = numbers("quota of %v requests is not allowed", 1, math.MaxInt32, 1.0, fmt.Sprintf("a whole number from 1 to %d", math.MaxInt32))
	// ExpectedRate checks the requests a second that clients are expected to make together.
	ExpectedRate = positive("%v expected requests a second are not allowed", float64(MaxThrottleRate),
		fmt.Sprintf("more than 0 up to %d, the account's default quota", MaxThrottleRate))
	// SecurityPolicy checks the TLS policy of a Regional or private REST API.
	SecurityPolicy = Values("security policy", SecurityPolicies()...)
)

// Network checks a range of IPv4 or IPv6 addresses in CIDR notation. Bits after the prefix are refused, since it would be a guess
// whether the address or the prefix is wrong.
func Network(cidr string) error {
	prefix, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return (&Refusal{Allowed: "an address, '/' and a prefix length, for example 203.0.113.0/24 or 2001:db8::/32"}).
			of("network %q is not in CIDR notation", cidr)
	case prefix.Addr().Is4In6():
		return fmt.Errorf("network %q is IPv4 written as IPv6, which no address matches: use IPv4 notation", cidr)
	case prefix != prefix.Masked():
		return fmt.Errorf("network %q has bits set after its prefix: use %s for the network, or a longer prefix", cidr, prefix.Masked())
	}
	return nil
}

// CallerAccount returns the account of a caller that Caller accepts.
func CallerAccount(arn string) string { return strings.Split(arn, ":")[4] }

// CredentialsHeader checks the header that carries a client's credentials beside a signature.
func CredentialsHeader(name, originHeader string) error {
	switch {
	case strings.EqualFold(name, "authorization"):
		return fmt.Errorf("credentials header %q carries the signature of the request: use another header, for example %s",
			name, DefaultCredentialsHeader)
	case strings.EqualFold(name, originHeader):
		return fmt.Errorf("credentials header %q is the origin header, which the gateway sets: use another header, for example %s",
			name, DefaultCredentialsHeader)
	}
	return HeaderName(name)
}

// ThrottleFor returns a stage's throttle for the requests a second that clients are expected to make: twice the rate, and a burst of two
// seconds of that, within the account's default quota.
func ThrottleFor(perSecond float64) (ratePerSecond, burst float64) {
	ratePerSecond = min(math.Ceil(2*perSecond), MaxThrottleRate)
	return ratePerSecond, min(2*ratePerSecond, MaxThrottleBurst)
}

// enhancedPrefix begins the security policies that need an endpoint access mode.
const enhancedPrefix = "SecurityPolicy_"

// SecurityPolicies are the TLS policies of Regional and private REST APIs that refuse TLS 1.0; those for edge-optimized ones are not
// among them.
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

// EnhancedSecurityPolicy says whether a security policy needs an endpoint access mode, which the others refuse.
func EnhancedSecurityPolicy(policy string) bool { return strings.HasPrefix(policy, enhancedPrefix) }

// EndpointAccessMode checks the endpoint access mode that goes with a security policy; "" is none.
func EndpointAccessMode(mode, policy string) error {
	if EnhancedSecurityPolicy(policy) {
		return OneOf("endpoint access mode", mode, "STRICT", "BASIC")
	}
	if mode != "" {
		return fmt.Errorf("endpoint access mode %q does not go with security policy %q: use it with one that begins with %s",
			mode, policy, enhancedPrefix)
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
