// Package allowlist is the contract between the construct of the client authorizer and its function: the function's environment
// variables. It is a separate package so that the construct does not depend on the authorizer.
package allowlist

// Description is that of the deployed function. It identifies this authorizer in a template.
const Description = "Lets clients and networks on an allow list ask for tokens"

// Environment variables of the function. At least one of the lists is required.
const (
	// ClientIDsVariable lists the clients that may request tokens, separated by commas. Default: any client.
	ClientIDsVariable = "CLIENT_IDS"
	// SourceNetworksVariable lists the networks from which clients may request tokens, in CIDR notation, separated by commas. Default:
	// any network.
	SourceNetworksVariable = "SOURCE_NETWORKS"
	// IgnoreClientIDVariable is true if the proxy allows requests without a client_id in the query. The authorizer then ignores
	// client_id, because it is not an identity source. Default: false.
	IgnoreClientIDVariable = "IGNORE_CLIENT_ID"
)
