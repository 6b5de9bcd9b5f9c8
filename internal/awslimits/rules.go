// Package awslimits holds what AWS allows of the values this project passes to it, as plain functions without CDK or jsii, so that
// the constructs and the settings check the same thing and say it with the same words.
//
// Every function returns nil, or one error that names the value got and the values allowed. The caller adds where.
package awslimits

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of AWS services, from their quota pages.
const (
	// ScopesPerResourceServer is Cognito's limit of custom scopes in one resource server.
	ScopesPerResourceServer = 100
	// ScopesPerClient is Cognito's limit of OAuth scopes in one app client.
	ScopesPerClient = 50
	// ResourceServersPerPool is Cognito's default quota; up to MaxResourceServersPerPool on request.
	ResourceServersPerPool    = 25
	MaxResourceServersPerPool = 300
	// ClientsPerPool is Cognito's default quota; up to MaxClientsPerPool on request.
	ClientsPerPool    = 1000
	MaxClientsPerPool = 10000
	// TagsPerResource is how many tags an environment may have: AWS's limit for one resource is 50, and a tenant's secret has four of its own.
	TagsPerResource = 46
	// ResourcesPerStack is CloudFormation's limit of resources in one template.
	ResourcesPerStack = 500
	// OutputsPerStack and ParametersPerStack are CloudFormation's limits for one template.
	OutputsPerStack    = 200
	ParametersPerStack = 200
	// DynamicReferencesPerTemplate is CloudFormation's limit of {{resolve:…}} in one template.
	DynamicReferencesPerTemplate = 60
	// TemplateBytes is CloudFormation's limit for a template body in S3.
	TemplateBytes = 1 << 20
)

var (
	// ResourceServerIdentifier checks the identifier of a resource server.
	ResourceServerIdentifier = texts("resource server identifier %q is not allowed", `^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`,
		`1 to 256 printable ASCII characters without space, '"' and '\'`).check
	// ResourceServerName checks the display name of a resource server.
	ResourceServerName = displayName("resource server")
	// ScopeName checks the name of a custom scope, the part after the resource server's identifier and '/'.
	ScopeName = texts("scope name %q is not allowed", `^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$`,
		`1 to 256 printable ASCII characters without space, '"', '\' and '/'`).check
	// UserPoolName checks the name of a user pool.
	UserPoolName = displayName("user pool")
	// TenantID checks a tenant's id. It names the app client, the tenant's resource server and its secret, so it is narrower than any of them.
	TenantID = texts("tenant id %q is not allowed", `^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$`,
		"1 to 48 of a-z, 0-9 and '-', not '-' at either end").check
	// UserPoolID checks the id of a user pool.
	UserPoolID = texts("user pool id %q is not allowed", `^[a-z]{2}(?:-[a-z]+)+-[0-9]_[A-Za-z0-9]{1,40}$`,
		"REGION_ID, for example eu-west-1_Example01").check
	// StageName checks the name of an API Gateway stage.
	StageName = texts("stage name %q is not allowed", `^[A-Za-z0-9_-]{1,128}$`, "1 to 128 letters, digits, '-' and '_'").check
	// CacheSize checks the capacity of a stage's cache cluster in GB.
	CacheSize = Values("cache size", CacheSizes()...)
	// FeaturePlan checks a user pool's feature plan.
	FeaturePlan = Values("feature plan", "LITE", "ESSENTIALS", "PLUS")
)

func displayName(what string) func(string) error {
	return texts(what+" name %q is not allowed", `^[\w\s+=,.@-]{1,128}$`, "1 to 128 letters, digits, spaces and _+=,.@-").check
}

const certificatePattern = `^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$`

var (
	domainPrefix = texts("domain prefix %q is not allowed", `^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`,
		"1 to 63 of a-z, 0-9 and '-', not '-' at either end")
	domainName = texts("custom domain %q is not a domain name", `^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`,
		"lower-case labels separated by dots, for example auth.example.com")
	poolCertificate = texts("certificate ARN %q is not an ACM certificate", certificatePattern, "arn:aws:acm:us-east-1:ACCOUNT:certificate/ID")
	headerName      = texts("header name %q is not allowed", `^[xX]-[A-Za-z0-9-]{1,62}$`,
		"x- and 1 to 62 letters, digits and '-', not x-amz… and not x-forwarded…")
	scopeDescription = texts("scope description has %d characters", `^[\s\S]{1,256}$`, "1 to 256")
)

// DomainPrefix checks the prefix of a Cognito-hosted domain. AWS refuses the reserved words anywhere in the prefix.
func DomainPrefix(prefix string) error {
	for _, word := range []string{"aws", "amazon", "cognito"} {
		if domainPrefix.check(prefix) == nil && strings.Contains(prefix, word) {
			return fmt.Errorf("domain prefix %q contains the reserved word %q: use a prefix without aws, amazon and cognito", prefix, word)
		}
	}
	return domainPrefix.check(prefix)
}

// CustomDomain checks the name of a custom domain of a user pool.
func CustomDomain(name string) error {
	if len(name) > 253 {
		return domainName.refuse(name)
	}
	return domainName.check(name)
}

// CustomDomainCertificate checks the ACM certificate of a user pool's custom domain: Cognito serves it through CloudFront, which takes
// certificates of us-east-1 only.
func CustomDomainCertificate(arn string) error {
	if err := poolCertificate.check(arn); err != nil {
		return err
	}
	if parts := strings.Split(arn, ":"); parts[1] == "aws" && parts[3] != "us-east-1" {
		return fmt.Errorf("certificate ARN %q is in %s: a user pool's custom domain needs a certificate of us-east-1", arn, parts[3])
	}
	return nil
}

// ScopeDescription checks the description of a custom scope.
func ScopeDescription(description string) error {
	if n := len([]rune(description)); n < 1 || n > 256 {
		return (&Refusal{Allowed: scopeDescription.allowed, Pattern: scopeDescription.pattern.String()}).of(scopeDescription.problem, n)
	}
	return nil
}

// HeaderName checks the name of the origin header: a custom header that neither API Gateway nor AWS WAF treats in a way of its own.
func HeaderName(name string) error {
	if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz") || strings.HasPrefix(lower, "x-forwarded") {
		return headerName.refuse(name)
	}
	return headerName.check(name)
}

// CacheSizes are the capacities, in GB, of API Gateway's cache clusters.
func CacheSizes() []string {
	return []string{"0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"}
}

// LogRetentionDays checks a retention time of CloudWatch Logs in days.
func LogRetentionDays(days int) error {
	allowed := []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
	if !slices.Contains(allowed, days) {
		return (&Refusal{Allowed: fmt.Sprint(allowed), Least: 1, Most: 3653}).of("log retention of %d days is not one of CloudWatch Logs", days)
	}
	return nil
}

// Throttle checks a stage's steady rate, in requests a second, and its burst.
func Throttle(ratePerSecond, burst float64) error {
	if ratePerSecond <= 0 || ratePerSecond > MaxThrottleRate || burst < 1 || burst > MaxThrottleBurst || burst != math.Trunc(burst) {
		return fmt.Errorf("throttle of %v requests a second with burst %v is not allowed: use a rate over 0 up to 10000 and a burst of "+
			"1 to 5000, the account's default quota", ratePerSecond, burst)
	}
	return nil
}
