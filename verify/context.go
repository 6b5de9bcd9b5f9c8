package verify

import "context"

type contextKey struct{}

// NewContext returns a context with a verified token, as Middleware passes it to handlers.
func NewContext(ctx context.Context, t *Token) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the verified token of a request. It returns false if the request did not pass Middleware.
func FromContext(ctx context.Context) (*Token, bool) {
	t, ok := ctx.Value(contextKey{}).(*Token)
	return t, ok && t != nil
}

// TenantFromContext returns the tenant of the token of a request.
func TenantFromContext(ctx context.Context) (string, bool) {
	if t, ok := FromContext(ctx); ok {
		return t.Tenant, true
	}
	return "", false
}

// ClientFromContext returns the app client of the token of a request.
func ClientFromContext(ctx context.Context) (string, bool) {
	if t, ok := FromContext(ctx); ok {
		return t.ClientID, true
	}
	return "", false
}

// ScopesFromContext returns the scopes of the token of a request.
func ScopesFromContext(ctx context.Context) ([]string, bool) {
	if t, ok := FromContext(ctx); ok {
		return t.Scopes, true
	}
	return nil, false
}
