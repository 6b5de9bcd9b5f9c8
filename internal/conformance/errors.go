package conformance

import (
	"context"
	"net/http"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// errorCorrected shows whether API Gateway caches Cognito's errors. The architecture assumes that it does: nobody sends a real client's key
// before it works, and a flush follows everything that turns an error into a success. Therefore both answers pass, and the reason states
// which one it is.
//
// With a Corrector the answer is exact: a secret that the client does not have is refused, is added, and is sent again, under a cache key
// that nobody else has. With HTTP alone, an error can only be corrected outside of the cache key. A gateway that forwards nothing else
// leaves no way to do so: the answer is then unknown and states how long the first and the second request took.
func (r *run) errorCorrected(ctx context.Context) finding {
	if r.target.Corrector != nil {
		return r.secretCorrected(ctx)
	}
	c := r.madeUp()
	wrong := r.gatewayRequest(c)
	wrong.form.Set("grant_type", "password")
	first := r.send(ctx, wrong)
	corrected := r.send(ctx, r.gatewayRequest(c))
	control := r.send(ctx, r.gatewayRequest(r.madeUp()))
	switch {
	case first.String() == control.String():
		return unknown("the gateway's answer depends on the cache key alone, so no request can correct an error under its key (the first "+
			"request took %v, the second %v)", first.took.Round(time.Millisecond), corrected.took.Round(time.Millisecond))
	case corrected.String() == first.String():
		return pass("errors are cached: the %v of a wrong grant_type was also the answer to the right one", first)
	}
	return pass("errors are not cached: %v with a wrong grant_type, %v with the right one", first, corrected)
}

func (r *run) secretCorrected(ctx context.Context) finding {
	c := r.wrongCredentials()
	refused := r.send(ctx, r.gatewayRequest(c))
	if !refused.refusedByCognito() {
		return unknown("a secret that the client does not have is answered %v, not refused", refused)
	}
	return r.withSecret(ctx, c.secret, func() finding {
		a := r.send(ctx, r.gatewayRequest(c))
		switch {
		case a.token != nil:
			return pass("errors are not cached: a secret refused with %v was accepted as soon as the client had it", refused)
		case a.String() == refused.String():
			return pass("errors are cached: still %v after the client had the secret", refused)
		}
		return unknown("answered %v before the client had the secret, and %v after", refused, a)
	})
}

// withSecret returns what ask finds while the client has one more secret.
func (r *run) withSecret(ctx context.Context, secret sensitive.Value, ask func() finding) (found finding) {
	remove, err := r.target.Corrector.AddSecret(ctx, r.target.ClientID, secret)
	if err != nil {
		return unknown("the secret could not be added: %v", err)
	}
	defer func() {
		// Also after the end of ctx: a secret must not stay behind.
		if err := remove(context.WithoutCancel(ctx)); err != nil {
			r.noAnswer = nil
			found = fail("the secret that this question added could not be removed, remove it: %v", err)
		}
	}()
	return ask()
}

// gatewayErrorCached shows whether the gateway caches an error that it makes itself because it cannot map the request: a content type
// without a mapping template, which is not in the cache key. As with errorCorrected, both answers pass: only the client's own key can be
// affected.
func (r *run) gatewayErrorCached(ctx context.Context) finding {
	c := r.madeUp()
	q := r.gatewayRequest(c)
	q.header["Content-Type"] = "text/plain"
	first := r.send(ctx, q)
	if first.status != http.StatusUnsupportedMediaType {
		return unknown("a content type that no token client sends is answered %v, not 415: no failed mapping could be provoked", first)
	}
	again := r.send(ctx, r.gatewayRequest(c))
	if again.status == first.status {
		return pass("it is cached: 415 was also the answer to the right content type")
	}
	return pass("it is not cached: 415 with a wrong content type, %v with the right one", again)
}
