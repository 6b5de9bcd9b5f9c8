package conformance

import (
	"context"
	"net/http"
	"time"
)

// gatewayToken proves that the gateway adds the accepted header and forwards the client's credentials and scope. Other questions need its
// pass.
func (r *run) gatewayToken(ctx context.Context) finding {
	a, err := r.retry(ctx, r.gatewayRequest(r.client()))
	if err != nil {
		return fail("%v", err)
	}
	if f := r.ownToken(a, r.target.Scopes[0]); f.verdict != Pass {
		return f
	}
	if r.target.Issuer != "" && a.token.issuer != r.target.Issuer {
		return fail("the token is of issuer %q, want %q", a.token.issuer, r.target.Issuer)
	}
	r.first = a
	from := "the cache or Cognito"
	if a.isFresh() {
		from = "Cognito"
	}
	return pass("answered 200 with a token from %s, valid for %v", from, a.token.validity())
}

// ownToken passes if the answer is a token of this client with exactly the scope.
func (r *run) ownToken(a *answer, scope string) finding {
	switch {
	case a.status == http.StatusServiceUnavailable && a.code == "temporarily_unavailable":
		return fail("answered %v: the web ACL refuses the gateway, or the gateway is overloaded", a)
	case a.status != http.StatusOK:
		return fail("answered %v, want 200", a)
	case a.broken != nil:
		return fail("answered 200, but %v", a.broken)
	case a.token.client != r.target.ClientID:
		return fail("answered with a token of client %q, want %q", a.token.client, r.target.ClientID)
	case !a.token.hasScopes(scope):
		return fail("answered with a token of scope %q, want %q", a.token.scopes, scope)
	case a.token.use != "access" || a.token.kind != "Bearer":
		return fail("answered with token_use %q and token_type %q, want access and Bearer", a.token.use, a.token.kind)
	}
	return pass("answered 200 with a token of scope %q", scope)
}

// cacheAttempts allows for misses: a cache is best effort and may miss a token that it holds.
const cacheAttempts = 3

// secondFromCache proves that the gateway caches tokens.
func (r *run) secondFromCache(ctx context.Context) finding {
	for attempt := 1; attempt <= cacheAttempts; attempt++ {
		a := r.send(ctx, r.gatewayRequest(r.client()))
		switch {
		case a.token == nil:
			return fail("answered %v after a 200 to the same request", a)
		case a.has(r.first.token):
			return pass("the same jti at request %d", attempt+1)
		}
		r.first = a
	}
	return fail("%d equal requests in a row, each with another jti: nothing is cached", cacheAttempts+1)
}

// maxAgeIgnored proves that no client can empty the cache. By default API Gateway lets only authorized callers invalidate entries; the
// stage can allow it to all.
func (r *run) maxAgeIgnored(ctx context.Context) finding {
	q := r.gatewayRequest(r.client())
	q.header["Cache-Control"] = "max-age=0"
	a := r.send(ctx, q)
	after := r.send(ctx, r.gatewayRequest(r.client()))
	switch {
	case a.token == nil && a.status != http.StatusForbidden:
		return unknown("answered %v: neither a token nor a refusal of the header", a)
	case a.token != nil && !a.has(r.first.token):
		if after.token != nil { // The later questions find this one in the cache.
			r.first = after
		}
		return fail("answered with a new token: any client can invalidate cache entries")
	case !after.has(r.first.token):
		return fail("the next request was answered %v without the earlier token: the entry was replaced", after)
	case a.token == nil:
		return pass("refused with 403, and the token stayed in the cache")
	}
	return pass("the same jti with it and after it")
}

// otherScope proves that the scope is a cache key.
func (r *run) otherScope(ctx context.Context) finding {
	if len(r.target.Scopes) < 2 {
		return unknown("the target has one scope: two that the client may have are needed")
	}
	a := r.send(ctx, r.scopedRequest(r.target.Scopes[1]))
	if a.has(r.first.token) {
		return fail("answered with the token of the first scope: scope is no cache key")
	}
	r.second = a
	return r.ownToken(a, r.target.Scopes[1])
}

// expiresIn proves that expires_in never exceeds the token's remaining life. On a hit, the token's whole life is too much even for a token
// that is seconds old. If the TTL is known, the oldest answer that the cache can give is what counts.
func (r *run) expiresIn(context.Context) finding {
	if len(r.seenTokens) == 0 {
		return needs("gateway-token")
	}
	hits, ttl := 0, r.target.CacheTTL
	for _, s := range r.seenTokens {
		promised, left, on := s.token.promised, s.token.expires.Sub(s.at), "a miss"
		if s.again || !s.isFresh() {
			hits++
			on = "a hit"
		}
		switch validity := s.token.validity(); {
		case promised <= 0:
			return fail("expires_in is %d on %s, want more than 0", int64(promised.Seconds()), on)
		case promised > left+time.Second: // Both are in whole seconds.
			return fail("expires_in is %v on %s, with %v of the token's life left", promised, on, left)
		case on == "a hit" && promised >= validity:
			return fail("expires_in is %v on a hit, all of the token's life", promised)
		case promised > validity-ttl:
			return fail("expires_in is %v, but a token of %v can be %v old when it comes from the cache", promised, validity, ttl)
		}
	}
	if ttl == 0 {
		return pass("%d answers, %d of them hits; the cache TTL is not set, so older hits were not computed", len(r.seenTokens), hits)
	}
	return pass("%d answers, %d of them hits; it holds for all of the cache TTL of %v", len(r.seenTokens), hits, ttl)
}
