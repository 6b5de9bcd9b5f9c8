// Package settings is the contract between the construct of the token authorizer and its function: the function's environment
// variables. It is a separate package so that the construct does not depend on the authorizer.
package settings

// Description is that of the deployed function. It identifies this authorizer in a template.
const Description = "Verifies access tokens and their scopes for each route"

// Environment variables of the function.
const (
	// UserPoolIDVariable is the user pool whose tokens are accepted, of the issuer type ORIGINAL in a partition under amazonaws.com.
	// Exactly one of UserPoolIDVariable and IssuersVariable is required.
	UserPoolIDVariable = "USER_POOL_ID"
	// IssuersVariable lists all issuers whose tokens are accepted, separated by spaces: each is the exact value of iss, or, if its keys
	// are not below it, that value, '=' and the URL of the keys.
	IssuersVariable = "ISSUERS"
	// RoutesVariable is the table of routes, as Encode writes it. Required: without a route there is nothing to decide.
	RoutesVariable = "ROUTES"
	// ClientsVariable lists the app clients that may call, of any of the issuers, and their tenants, as TENANT=CLIENTID separated by
	// commas. Default: every client is accepted and is its own tenant.
	ClientsVariable = "CLIENTS"
	// PolicyStoreIDVariable is the policy store of Amazon Verified Permissions that decides after the scopes. Default: only the scopes
	// decide.
	PolicyStoreIDVariable = "POLICY_STORE_ID"
	// NamespaceVariable is the Cedar namespace of the policy store's schema. Set exactly if PolicyStoreIDVariable is.
	NamespaceVariable = "CEDAR_NAMESPACE"
)
