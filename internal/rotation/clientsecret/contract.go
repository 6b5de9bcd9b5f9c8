package clientsecret

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// Placeholder is the SecretString with which CloudFormation creates a tenant's secret. It never changes: CloudFormation would store
// another one as a new version and make that the current one, in place of live credentials
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-secretsmanager-secret.html).
const Placeholder = `{"placeholder":true}`

// Description is that of the Lambda function, by which the simulator knows it.
const Description = "Rotates the client secrets of all tenants"

// ExistingClient is what the name of a tenant's secret has after the prefix if the app client was there before the tenant's stack, which
// therefore did not name it: the tenant's id, '@' and the client's id. A tenant's id has no '@'.
func ExistingClient(tenantID, clientID string) string { return tenantID + "@" + clientID }

// The tags of a tenant's secret. CloudFormation writes the first three, the rotation function the last one and no other.
const (
	TagTenant   = "m2m:tenant"    // the tenant's id
	TagClientID = "m2m:client-id" // the id of the tenant's app client
	TagScopes   = "m2m:scopes"    // ScopeDigest of all scopes of the app client
	TagSettled  = "m2m:settled"   // what the sweep has verified: see Settled
)

// digestLength is the length of digests in tags: 128 bits in hexadecimal digits.
const digestLength = 32

// ScopeDigest stands for a set of scopes in a tag, whose value may not be longer than 256 characters. Order and repetition of the
// scopes make no difference.
func ScopeDigest(scopes []string) string { return digest(normal(scopes)...) }

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, " ")))
	return hex.EncodeToString(sum[:])[:digestLength]
}

// normal sorts and drops repetitions.
func normal(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }

// TokenURL is the URL at which a client gets its tokens: the gateway's token endpoint with the client's id and scopes, which the gateway
// demands as query parameters.
func TokenURL(gateway, clientID string, scopes []string) string {
	return gateway + "?client_id=" + escape(clientID) + "&scope=" + escape(strings.Join(normal(scopes), " "))
}

// escape encodes a space as %20: unlike "+", every server decodes it in a query.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
