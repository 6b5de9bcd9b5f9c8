// Package usage counts requests to Cognito's token endpoint, by tenant and by error, from the events that CloudTrail has of them.
//
// A request that the gateway's cache answers never reaches Cognito and is not counted: what is counted is what Cognito charges for, and
// what failed there.
package usage

// Namespace is the CloudWatch namespace of the metrics.
const Namespace = "CognitoM2M/Usage"

// The metrics, in Count, at the minute of their events. All have the dimension UserPool.
const (
	// TokensIssued counts tokens that Cognito issued; by Tenant as well.
	TokensIssued = "TokensIssued"
	// TokenRequestsFailed counts requests that got no token; by Error as well.
	TokenRequestsFailed = "TokenRequestsFailed"
	// RequestsWithoutClientID counts requests, issued or failed, whose event names no app client, so that no tenant can be told.
	RequestsWithoutClientID = "RequestsWithoutClientId"
)

// The dimensions.
const (
	DimensionUserPool = "UserPool" // the user pool's id
	DimensionTenant   = "Tenant"   // the app client's name, which is the tenant's id
	DimensionError    = "Error"    // one of a fixed list, see errorName
)

// Tenants without a metric of their own. An app client's name has no parentheses.
const (
	// OtherTenants are app clients of the pool beyond the bound.
	OtherTenants = "(other)"
	// UnknownTenants are client ids that the pool does not have, and events without one.
	UnknownTenants = "(unknown)"
)
