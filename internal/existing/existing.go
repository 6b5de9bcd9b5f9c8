// Package existing is what the Metadata of a stack's template says of resources at Cognito that the app uses and does not create, for the
// simulator.
package existing

// The keys in Metadata. ClientKey is followed by the tenant's id.
const (
	PoolKey   = "cognito-m2m:existing-pool"
	ClientKey = "cognito-m2m:existing-client:"
)

// Pool is a user pool.
type Pool struct {
	UserPoolID string   `json:"userPoolId"`
	Domain     string   `json:"domain"` // the prefix, or the name of a custom domain, which has a dot
	Scopes     []string `json:"scopes"`
}

// Client is an app client.
type Client struct {
	Tenant   string   `json:"tenant"`
	ClientID string   `json:"clientId"`
	Scopes   []string `json:"scopes"`
	Minutes  int      `json:"accessTokenMinutes"`
}
