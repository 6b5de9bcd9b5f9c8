package conformance

import (
	"context"
	"net/http"
	"time"
)

// gatewayToken proves that the gateway adds the right header and passes on who asks for what. The other questions rest on it.
func (r *run) gatewayToken(ctx context.Context) finding {
	scope := r.target.Scopes[0]
	a, err := r.send(ctx, r.gatewayRequest(r.client(), scope))
	if err != nil {
		return fail("%v", err)
	}
	if f := r.ownToken(a, scope); f.verdict != Pass {
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

// ownToken says whether the answer is a token of this client with exactly the scope.
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

// A cache is best effort, so that one request may miss although the token was kept.
const cacheAttempts = 3

// secondFromCache proves that tokens are cached, which is what the gateway is for.
func (r *run) secondFromCache(ctx context.Context) finding {
	if r.first == nil {
		return needs("gateway-token")
	}
	for attempt := 1; attempt <= cacheAttempts; attempt++ {
		a, err := r.send(ctx, r.gatewayRequest(r.client(), r.target.Scopes[0]))
		if err != nil {
			return unknown("%v", err)
		}
		if a.token == nil {
			return fail("answered %v after a 200 to the same request", a)
		}
		if a.token.id == r.first.token.id {
			r.cached = true
			return pass("the same jti at request %d", attempt+1)
		}
		r.first = a
	}
	return fail("%d equal requests in a row, each with another jti: nothing is cached", cacheAttempts+1)
}

// maxAgeIgnored proves that no client can empty the cache: API Gateway lets only authorized callers invalidate entries, unless the stage says
// otherwise.
func (r *run) maxAgeIgnored(ctx context.Context) finding {
	if !r.cached {
		return needs("cached")
	}
	q := r.gatewayRequest(r.client(), r.target.Scopes[0])
	q.header["Cache-Control"] = "max-age=0"
	a, err := r.send(ctx, q)
	if err != nil {
		return unknown("%v", err)
	}
	after, err := r.send(ctx, r.gatewayRequest(r.client(), r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.token == nil && a.status != http.StatusForbidden:
		return unknown("answered %v: neither a token nor a refusal of the header", a)
	case a.token != nil && a.token.id != r.first.token.id:
		if after.token != nil { // What the later questions find in the cache.
			r.first = after
		}
		return fail("answered with a new token: any client can invalidate cache entries")
	case after.token == nil || after.token.id != r.first.token.id:
		return fail("the request after it was answered %v, without the token of before: the entry was replaced", after)
	case a.token == nil:
		return pass("refused with 403, and the token stayed in the cache")
	}
	return pass("the same jti with it and after it")
}

// otherScope proves that the scope is a cache key.
func (r *run) otherScope(ctx context.Context) finding {
	switch {
	case r.first == nil:
		return needs("gateway-token")
	case len(r.target.Scopes) < 2:
		return needsTwoScopes
	}
	a, err := r.send(ctx, r.gatewayRequest(r.client(), r.target.Scopes[1]))
	if err != nil {
		return unknown("%v", err)
	}
	if a.token != nil && a.token.id == r.first.token.id {
		return fail("answered with the token of the first scope: scope is no cache key")
	}
	f := r.ownToken(a, r.target.Scopes[1])
	if f.verdict == Pass {
		r.second = a
	}
	return f
}

// expiresIn proves that a client is never told that its token lives longer than it does. On a hit, the token's whole life would be too much
// however new the token is; with the TTL known, the oldest answer of the cache is what counts.
func (r *run) expiresIn(context.Context) finding {
	if len(r.seenTokens) == 0 {
		return needs("gateway-token")
	}
	hits := 0
	for _, s := range r.seenTokens {
		promised, left, on := s.token.promised, s.token.expires.Sub(s.at), "a miss"
		if s.again || !s.isFresh() {
			hits++
			on = "a hit"
		}
		switch {
		case promised <= 0:
			return fail("expires_in is %d on %s, want more than 0", int64(promised.Seconds()), on)
		case promised > left+time.Second: // Both are whole seconds.
			return fail("expires_in is %v on %s, with %v of the token's life left", promised, on, left)
		case on == "a hit" && promised >= s.token.validity():
			return fail("expires_in is %v on a hit, all of the token's life", promised)
		case promised > s.token.validity()-r.target.CacheTTL:
			return fail("expires_in is %v, but a token of %v can be %v old when it comes from the cache", promised, s.token.validity(), r.target.CacheTTL)
		}
	}
	if r.target.CacheTTL == 0 {
		return pass("%d answers, %d of them hits; the cache TTL is not given, so older hits were not computed", len(r.seenTokens), hits)
	}
	return pass("%d answers, %d of them hits; it holds for all of the cache TTL of %v", len(r.seenTokens), hits, r.target.CacheTTL)
}

var needsTwoScopes = unknown("one scope is given: two that the client may have are needed")

func needs(question string) finding { return unknown("it needs a pass of %s", question) }
