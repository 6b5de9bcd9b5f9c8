package conformance

import (
	"context"
	"net/http"
	"net/url"
)

// wrongSecret proves that the credentials are a cache key, and that Cognito's refusals keep their status and body: mapping every answer to 200
// would make an error look like a token.
func (r *run) wrongSecret(ctx context.Context) finding {
	a, err := r.send(ctx, r.gatewayRequest(credentials{id: r.target.ClientID, secret: r.madeUpSecret()}, r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.token != nil:
		return fail("answered 200 with a token: the credentials are no cache key, or not checked")
	case a.refusedByCognito():
		return pass("answered %v", a)
	case a.status == http.StatusTooManyRequests:
		return unknown("answered %v", a)
	}
	return fail("answered %v, want 400 or 401 with an error of RFC 6749 section 5.2", a)
}

// wrongClientID proves that client_id, which Cognito gets, is a cache key: the error that a wrong one may cause must not stay in the right one's
// entry, nor the other way round.
func (r *run) wrongClientID(ctx context.Context) finding {
	switch {
	case !r.cached:
		return needs("cached")
	case r.target.ClientIDOptional:
		return unknown("not asked: this gateway neither requires client_id nor passes it on")
	}
	q := r.gatewayRequest(r.client(), r.target.Scopes[0])
	q.query.Set("client_id", r.madeUp().id)
	a, err := r.send(ctx, q)
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.token != nil && a.token.id == r.first.token.id:
		return fail("answered with the cached token of the right client_id: client_id is no cache key")
	}
	return pass("answered %v, not from the other entry", a)
}

// missingAuthorization proves, as the next two do, that the gateway's validator requires what the cache is keyed on: an entry without a key would
// be shared. The gateway must say so in the JSON that token clients parse. All are sent with made-up credentials, which Cognito would refuse as
// invalid_client.
func (r *run) missingAuthorization(ctx context.Context) finding {
	return r.requires(ctx, "Authorization",
		func(q *tokenRequest) { delete(q.header, "Authorization") },
		func(q *tokenRequest) { q.header["Authorization"] = "" })
}

func (r *run) missingScope(ctx context.Context) finding {
	return r.requires(ctx, "scope",
		func(q *tokenRequest) { q.query.Del("scope") },
		func(q *tokenRequest) { q.query.Set("scope", "") })
}

func (r *run) missingClientID(ctx context.Context) finding {
	if r.target.ClientIDOptional {
		return unknown("not asked: this gateway does not require client_id")
	}
	return r.requires(ctx, "client_id",
		func(q *tokenRequest) { q.query.Del("client_id") },
		func(q *tokenRequest) { q.query.Set("client_id", "") })
}

func (r *run) requires(ctx context.Context, parameter string, drop, blank func(*tokenRequest)) finding {
	var seen []string
	for _, c := range []struct {
		what string
		edit func(*tokenRequest)
	}{{"without " + parameter, drop}, {"with an empty " + parameter, blank}} {
		q := r.gatewayRequest(r.madeUp(), r.target.Scopes[0])
		c.edit(&q)
		a, err := r.send(ctx, q)
		switch {
		case err != nil:
			return unknown("%v", err)
		case a.status == http.StatusTooManyRequests:
			return unknown("answered %v", a)
		case unasked(a):
		case a.status != http.StatusBadRequest || a.code != "invalid_request":
			return fail("answered %v %s, want the gateway's 400 invalid_request", a, c.what)
		}
		seen = append(seen, a.String())
	}
	return pass("answered %s without it and %s with an empty one", seen[0], seen[1])
}

// unasked says whether a gateway with an authorizer answered that the request lacks what the authorizer is asked by. Cognito's refusals name no scheme.
func unasked(a *answer) bool {
	return a.status == http.StatusUnauthorized && a.code == "invalid_client" && a.header.Get("WWW-Authenticate") != ""
}

// lowerCaseAuthorization proves that clients whose HTTP library writes header names in lower case (HTTP/2 has no others) are served, from the same
// cache entries, and that such a header is in the key.
func (r *run) lowerCaseAuthorization(ctx context.Context) finding {
	if !r.cached {
		return needs("cached")
	}
	send := func(c credentials) (*answer, error) {
		q := r.gatewayRequest(c, r.target.Scopes[0])
		q.header["authorization"] = q.header["Authorization"]
		delete(q.header, "Authorization")
		return r.send(ctx, q)
	}
	a, err := send(r.client())
	if err != nil {
		return unknown("%v", err)
	}
	other, err := send(credentials{id: r.target.ClientID, secret: r.madeUpSecret()})
	switch {
	case err != nil:
		return unknown("%v", err)
	case other.token != nil:
		return fail("a wrong secret in it is answered 200 with a token: it is passed on without being a cache key")
	case a.token == nil:
		return fail("answered %v, want 200 as with Authorization", a)
	case a.token.id != r.first.token.id:
		return fail("answered with another token than with Authorization: a cache entry of its own")
	}
	return pass("the same jti as with Authorization, and a wrong secret is refused")
}

// contentTypes proves that the gateway, which rebuilds the request from a template by content type, has one for each type that token clients send.
// API Gateway does not document whether it compares a type's parameters.
func (r *run) contentTypes(ctx context.Context) finding {
	for _, contentType := range []string{formType, formType + ";charset=UTF-8", formType + "; charset=utf-8", ""} {
		q := r.gatewayRequest(r.madeUp(), r.target.Scopes[0])
		q.header["Content-Type"] = contentType
		if contentType == "" {
			delete(q.header, "Content-Type")
			q.form = url.Values{}
		}
		a, err := r.send(ctx, q)
		if err != nil {
			return unknown("%v", err)
		}
		if a.status == http.StatusUnsupportedMediaType {
			return fail("content type %q is answered 415", contentType)
		}
	}
	return pass("none of a form's content types is answered 415, nor a request without one")
}
