package verify

import (
	"slices"
	"time"
)

// Token is the content of a verified access token. Each call of Verify returns a new one.
type Token struct {
	ClientID string   // the app client that it was issued to
	Tenant   string   // from Issuer.Clients, Config.Clients or Config.Tenant; without them the client's ID
	Scopes   []string // as in the token
	ID       string   // jti
	Issuer   string   // iss, which is the URL of one of Config.Issuers
	IssuedAt time.Time
	// ExpiresAt is exp, without the leeway.
	ExpiresAt time.Time
	Version   int // of Cognito's token format
}

// HasScope reports whether the token has exactly this scope, such as "orders/read".
func (t *Token) HasScope(scope string) bool { return slices.Contains(t.Scopes, scope) }
