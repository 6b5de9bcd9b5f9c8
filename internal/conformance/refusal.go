package conformance

import (
	"context"
	"net/http"
	"net/url"
)

// wrongSecret proves that the credentials are a cache key, and that Cognito's refusals keep their status and body: if every answer became a
// 200, an error would look like a token.
func (r *run) wrongSecret(ctx context.Context) finding {
	a := r.send(ctx, r.gatewayRequest(r.wrongCredentials()))
	switch {
	case a.token != nil:
		return fail("answered 200 with a token: the credentials are no cache key, or not checked")
	case a.refusedByCognito():
		return pass("answered %v", a)
	}
	return fail("answered %v, want 400 or 401 with an error of RFC 6749 section 5.2", a)
}

// wrongClientID proves that client_id, which the gateway forwards, is a cache key: the error of a wrong client_id must not be stored under
// the key of the right one, and the token of the right one must not answer the wrong one.
func (r *run) wrongClientID(ctx context.Context) finding {
	if r.target.ClientIDOptional {
		return unknown("not asked: this gateway neither requires client_id nor forwards it")
	}
	q := r.gatewayRequest(r.client())
	q.query.Set("client_id", r.madeUp().id)
	a := r.send(ctx, q)
	if a.has(r.first.token) {
		return fail("answered with the cached token of the right client_id: client_id is no cache key")
	}
	return pass("answered %v, not from the other entry", a)
}

// missingAuthorization, missingScope and missingClientID prove that the gateway requires every parameter of the cache key: an entry without
// one would be shared. The refusal must be in the JSON that token clients parse. The credentials are made up, so Cognito would answer
// invalid_client.
func (r *run) missingAuthorization(ctx context.Context) finding {
	return r.requires(ctx, "Authorization",
		func(q *tokenRequest) { delete(q.header, "Authorization") },
		func(q *tokenRequest) { q.header["Authorization"] = "" })
}

func (r *run) missingScope(ctx context.Context) finding { return r.requiresParameter(ctx, "scope") }

func (r *run) missingClientID(ctx context.Context) finding {
	if r.target.ClientIDOptional {
		return unknown("not asked: this gateway does not require client_id")
	}
	return r.requiresParameter(ctx, "client_id")
}

func (r *run) requiresParameter(ctx context.Context, name string) finding {
	return r.requires(ctx, name,
		func(q *tokenRequest) { q.query.Del(name) },
		func(q *tokenRequest) { q.query.Set(name, "") })
}

func (r *run) requires(ctx context.Context, parameter string, drop, blank func(*tokenRequest)) finding {
	var seen []string
	for _, c := range []struct {
		what string
		edit func(*tokenRequest)
	}{{"without " + parameter, drop}, {"with an empty " + parameter, blank}} {
		q := r.gatewayRequest(r.madeUp())
		c.edit(&q)
		a := r.send(ctx, q)
		if !refusedByAuthorizer(a) && (a.status != http.StatusBadRequest || a.code != "invalid_request") {
			return fail("answered %v %s, want the gateway's 400 invalid_request", a, c.what)
		}
		seen = append(seen, a.String())
	}
	return pass("answered %s without it and %s with an empty one", seen[0], seen[1])
}

// refusedByAuthorizer reports whether a gateway with an authorizer answered that the request lacks an identity source of the authorizer.
// Cognito's refusals have no WWW-Authenticate.
func refusedByAuthorizer(a *answer) bool {
	return a.status == http.StatusUnauthorized && a.code == "invalid_client" && a.header.Get("WWW-Authenticate") != ""
}

// lowerCaseAuthorization proves that clients whose HTTP library writes header names in lower case (HTTP/2 has no others) are served from
// the same cache entries, and that the cache key includes such a header.
func (r *run) lowerCaseAuthorization(ctx context.Context) finding {
	send := func(c credentials) *answer {
		q := r.gatewayRequest(c)
		q.header["authorization"] = q.header["Authorization"]
		delete(q.header, "Authorization")
		return r.send(ctx, q)
	}
	a, other := send(r.client()), send(r.wrongCredentials())
	switch {
	case other.token != nil:
		return fail("a wrong secret in it is answered 200 with a token: it is forwarded without being a cache key")
	case a.token == nil:
		return fail("answered %v, want 200 as with Authorization", a)
	case !a.has(r.first.token):
		return fail("answered with another token than with Authorization: it has a cache entry of its own")
	}
	return pass("the same jti as with Authorization, and a wrong secret is refused")
}

// contentTypes proves that the gateway, which builds the request from a template for each content type, has one for each type that token
// clients send. API Gateway does not document whether it compares a type's parameters.
func (r *run) contentTypes(ctx context.Context) finding {
	for _, contentType := range []string{formType, formType + ";charset=UTF-8", formType + "; charset=utf-8", ""} {
		q := r.gatewayRequest(r.madeUp())
		q.header["Content-Type"] = contentType
		if contentType == "" {
			delete(q.header, "Content-Type")
			q.form = url.Values{}
		}
		if a := r.send(ctx, q); a.status == http.StatusUnsupportedMediaType {
			return fail("content type %q is answered 415", contentType)
		}
	}
	return pass("neither a form's content types nor a request without one is answered 415")
}
