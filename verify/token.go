package verify

import (
	"slices"
	"time"
)

// Token is what a verified access token says. Each call of Verify returns one of its own.
type Token struct {
	ClientID string   // the app client it was issued to
	Tenant   string   // by Config.Clients or Config.Tenant; without them the client's id
	Scopes   []string // as in the token
	ID       string   // jti
	Issuer   string
	IssuedAt time.Time
	// ExpiresAt is exp, without the leeway.
	ExpiresAt time.Time
	Version   int // of Cognito's token format
}

// HasScope says whether the token has exactly this scope, such as "orders/read".
func (t *Token) HasScope(scope string) bool { return slices.Contains(t.Scopes, scope) }
