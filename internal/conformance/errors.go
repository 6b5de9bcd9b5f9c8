package conformance

import (
	"context"
	"net/http"
	"time"
)

// errorCorrected shows whether API Gateway keeps Cognito's errors in its cache. The architecture assumes that it does: nothing sends a real
// client's key before it works, and what turns errors into successes is followed by a flush. So both answers pass, and the reason says which.
//
// With a Corrector the question is asked exactly: a secret that the client does not have yet is refused, is added, and is asked again, under
// a cache key that nobody else has. Over HTTP alone, an error can only be corrected outside of the cache key. In a gateway that passes on
// nothing else there is no such thing, so the answer is unknown and says how long the first and the second request took.
func (r *run) errorCorrected(ctx context.Context) finding {
	if r.target.Corrector != nil {
		return r.secretCorrected(ctx)
	}
	c := r.madeUp()
	wrong := r.gatewayRequest(c, r.target.Scopes[0])
	wrong.form.Set("grant_type", "password")
	first, err := r.send(ctx, wrong)
	if err != nil {
		return unknown("%v", err)
	}
	corrected, err := r.send(ctx, r.gatewayRequest(c, r.target.Scopes[0]))
	if err != nil {
		return unknown("%v", err)
	}
	control, err := r.send(ctx, r.gatewayRequest(r.madeUp(), r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case first.status == control.status && first.code == control.code:
		return unknown("the gateway's answer depends on the cache key alone, so an error cannot be corrected under its key by another request (asked "+
			"first it took %v, again %v)", first.took.Round(time.Millisecond), corrected.took.Round(time.Millisecond))
	case corrected.status == first.status && corrected.code == first.code:
		return pass("errors are cached: a wrong grant_type's %v was answered again to the right one", first)
	}
	return pass("errors are not cached: %v with a wrong grant_type, %v with the right one", first, corrected)
}

func (r *run) secretCorrected(ctx context.Context) (found finding) {
	c := credentials{id: r.target.ClientID, secret: r.madeUpSecret()}
	refused, err := r.send(ctx, r.gatewayRequest(c, r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case !refused.refusedByCognito():
		return unknown("a secret that the client does not have is answered %v, not refused", refused)
	}
	remove, err := r.target.Corrector.AddSecret(ctx, c.id, c.secret)
	if err != nil {
		return unknown("the secret could not be added: %v", err)
	}
	defer func() {
		// Also when ctx is over: a secret must not stay behind.
		if err := remove(context.WithoutCancel(ctx)); err != nil {
			found = fail("the secret that this question added could not be removed, remove it: %v", err)
		}
	}()
	a, err := r.send(ctx, r.gatewayRequest(c, r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.token != nil:
		return pass("errors are not cached: a secret refused with %v was accepted as soon as the client had it", refused)
	case a.status == refused.status && a.code == refused.code:
		return pass("errors are cached: %v was answered again after the client had the secret", refused)
	}
	return unknown("answered %v before the client had the secret, and %v after", refused, a)
}

// gatewayErrorCached shows whether the gateway keeps an error of its own that it makes when it cannot map the request: a content type without
// a mapping template, which is no part of the cache key. As with errorCorrected, both answers pass: only a client's own key can be concerned.
func (r *run) gatewayErrorCached(ctx context.Context) finding {
	c := r.madeUp()
	q := r.gatewayRequest(c, r.target.Scopes[0])
	q.header["Content-Type"] = "text/plain"
	first, err := r.send(ctx, q)
	switch {
	case err != nil:
		return unknown("%v", err)
	case first.status != http.StatusUnsupportedMediaType:
		return unknown("a content type of no token client is answered %v, not 415: no failed mapping could be provoked", first)
	}
	again, err := r.send(ctx, r.gatewayRequest(c, r.target.Scopes[0]))
	switch {
	case err != nil:
		return unknown("%v", err)
	case again.status == first.status:
		return pass("it is cached: 415 was answered again to the right content type")
	}
	return pass("it is not cached: 415 with a wrong content type, %v with the right one", again)
}
