package conformance

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// clientHeaderIgnored proves that the gateway's own value replaces whatever a client sends under the header's name. The credentials are made up, so
// that the answer cannot come from the cache: it is Cognito's refusal if the right header arrived, and the web ACL's if the client's did.
func (r *run) clientHeaderIgnored(ctx context.Context) finding {
	without, err := r.send(ctx, r.gatewayRequest(r.madeUp(), r.target.Scopes[0]))
	if err != nil {
		return unknown("%v", err)
	}
	if !without.refusedByCognito() {
		return unknown("made-up credentials are answered %v even without the header, so that no difference could show", without)
	}
	for _, name := range []string{r.target.HeaderName, strings.ToLower(r.target.HeaderName)} {
		q := r.gatewayRequest(r.madeUp(), r.target.Scopes[0])
		q.header[name] = r.madeUpHeader()
		a, err := r.send(ctx, q)
		if err != nil {
			return unknown("%v", err)
		}
		if a.status == http.StatusTooManyRequests {
			return unknown("answered %v", a)
		}
		if a.status != without.status || a.code != without.code {
			return fail("answered %v with it, and %v without", a, without)
		}
	}
	return pass("answered %v with it and without, in both cases of its name", without)
}

// formScope proves that the request which Cognito gets is rebuilt from the cache key alone: a scope in the form would put a token of that scope
// under the key of the query's. It asks for two scopes in one request, as their entry is most likely not there yet.
func (r *run) formScope(ctx context.Context) finding {
	if r.second == nil {
		return needs("other-scope")
	}
	both := strings.Join(r.target.Scopes[:2], " ")
	q := r.gatewayRequest(r.client(), both)
	q.form.Set("scope", r.target.Scopes[0])
	a, err := r.send(ctx, q)
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.status == http.StatusTooManyRequests:
		return unknown("answered %v", a)
	case a.token == nil:
		return fail("answered %v with a scope in the form, want 200", a)
	case !a.token.hasScopes(both):
		return fail("the query asks for %q and the form for %q: the token has %q", both, r.target.Scopes[0], a.token.scopes)
	case !a.isFresh():
		return unknown("answered from the cache, with a token %v old: ask again after the TTL", a.age())
	}
	return pass("the token has the query's scopes, not the form's")
}

// repeatedScope proves that the gateway keys and passes on the same one of two values. It sends them in both orders, one of them being a value
// whose entry is not there yet, and compares with what the values get on their own.
func (r *run) repeatedScope(ctx context.Context) finding {
	switch {
	case r.second == nil:
		return needs("other-scope")
	case !r.cached:
		return needs("cached")
	}
	one, both := r.target.Scopes[0], r.target.Scopes[1]+" "+r.target.Scopes[0]
	var repeated []*answer
	for _, values := range [][]string{{both, one}, {one, both}} {
		q := r.gatewayRequest(r.client(), one)
		q.query["scope"] = values
		a, err := r.send(ctx, q)
		if err != nil {
			return unknown("%v", err)
		}
		if a.status >= http.StatusInternalServerError || a.status == http.StatusTooManyRequests {
			return unknown("answered %v", a)
		}
		repeated = append(repeated, a)
	}
	alone := map[string]*answer{one: r.first}
	a, err := r.send(ctx, r.gatewayRequest(r.client(), both))
	if err != nil {
		return unknown("%v", err)
	}
	alone[both] = a
	return compareRepeated(repeated, alone)
}

// compareRepeated takes the answers to repeated values, and to each value alone.
func compareRepeated(repeated []*answer, alone map[string]*answer) finding {
	tokens, fresh := 0, 0
	for value, a := range alone {
		if a.token == nil || !a.token.hasScopes(value) {
			return fail("afterwards %s alone is answered %v without a token of that scope", url.QueryEscape(value), a)
		}
	}
	for _, a := range repeated {
		if a.token == nil {
			continue
		}
		tokens++
		if a.isFresh() {
			fresh++
		}
		fits := false
		for value := range alone {
			fits = fits || a.token.hasScopes(value)
		}
		if !fits {
			return fail("answered with a token of scope %q, which is neither value", a.token.scopes)
		}
	}
	switch {
	case tokens == 0:
		return pass("refused with %v", repeated[0])
	case fresh == 0:
		return unknown("answered from the cache only: ask again after the TTL")
	}
	return pass("the tokens have the scope of one value, and each value alone still gets its own")
}
