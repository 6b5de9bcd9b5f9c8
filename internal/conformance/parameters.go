package conformance

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// clientHeaderIgnored proves that the gateway's own value replaces a value that a client sends under the header's name. The credentials are
// made up, so the answer cannot come from the cache: it is Cognito's refusal if the gateway's header arrived, and the web ACL's if the
// client's did.
func (r *run) clientHeaderIgnored(ctx context.Context) finding {
	without := r.send(ctx, r.gatewayRequest(r.madeUp()))
	if !without.refusedByCognito() {
		return unknown("made-up credentials are answered %v even without the header, so no difference could show", without)
	}
	for _, name := range []string{r.target.HeaderName, strings.ToLower(r.target.HeaderName)} {
		q := r.gatewayRequest(r.madeUp())
		q.header[name] = r.madeUpHeader()
		if a := r.send(ctx, q); a.String() != without.String() {
			return fail("answered %v with it, and %v without", a, without)
		}
	}
	return pass("answered %v with it and without, in both cases of its name", without)
}

// formScope proves that the gateway builds Cognito's request from the cache key alone: otherwise a scope in the form would store a token of
// that scope under the key of the query's scope. The question requests two scopes at once, because their entry most likely does not exist
// yet.
func (r *run) formScope(ctx context.Context) finding {
	both := strings.Join(r.target.Scopes[:2], " ")
	q := r.scopedRequest(both)
	q.form.Set("scope", r.target.Scopes[0])
	a := r.send(ctx, q)
	switch {
	case a.token == nil:
		return fail("answered %v with a scope in the form, want 200", a)
	case !a.token.hasScopes(both):
		return fail("the query asks for %q and the form for %q: the token has %q", both, r.target.Scopes[0], a.token.scopes)
	case !a.isFresh():
		return unknown("answered from the cache, with a token %v old: ask again after the TTL", a.age())
	}
	return pass("the token has the query's scopes, not the form's")
}

// repeatedScope proves that of two values the gateway uses the same one in the cache key and in Cognito's request. It sends them in both
// orders and compares the answers with those to each value alone. The entry of one of the values does not exist yet.
func (r *run) repeatedScope(ctx context.Context) finding {
	one, both := r.target.Scopes[0], r.target.Scopes[1]+" "+r.target.Scopes[0]
	var repeated []*answer
	for _, values := range [][]string{{both, one}, {one, both}} {
		q := r.gatewayRequest(r.client())
		q.query["scope"] = values
		a := r.send(ctx, q)
		if a.status >= http.StatusInternalServerError {
			return unknown("answered %v", a)
		}
		repeated = append(repeated, a)
	}
	return compareRepeated(repeated, map[string]*answer{one: r.first, both: r.send(ctx, r.scopedRequest(both))})
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
