package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// directBlocked proves that the pool's web ACL blocks by default. With valid credentials, since that is what a bypass would use.
func (r *run) directBlocked(ctx context.Context) finding {
	a, err := r.send(ctx, r.directRequest(r.client(), r.target.Scopes[0]))
	if err != nil {
		return unknown("%v", err)
	}
	return blocked("a direct request", a)
}

// directHeaderBlocked proves that the web ACL asks for the header's value and not just for the header, whatever the case of its name. An empty
// value would match a pattern that matches everything.
func (r *run) directHeaderBlocked(ctx context.Context) finding {
	value := r.madeUpHeader()
	headers := []struct{ name, value, what string }{
		{r.target.HeaderName, value, "a made-up value"},
		{strings.ToLower(r.target.HeaderName), value, "a made-up value and the name in lower case"},
		{r.target.HeaderName, "", "an empty value"},
	}
	for _, h := range headers {
		q := r.directRequest(r.client(), r.target.Scopes[0])
		q.header[h.name] = h.value
		a, err := r.send(ctx, q)
		if err != nil {
			return unknown("%v", err)
		}
		if f := blocked("a direct request with "+h.what, a); f.verdict != Pass {
			return f
		}
	}
	return pass("answered 403 with a made-up value, with an empty one, and with the name in lower case")
}

func blocked(what string, a *answer) finding {
	switch {
	case a.status == http.StatusForbidden:
		return pass("%s is answered 403", what)
	case a.status == http.StatusOK, slices.Contains(cognitoErrors, a.code):
		return fail("%s reached Cognito: answered %v, want the web ACL's 403", what, a)
	}
	return unknown("%s is answered %v: neither the web ACL's 403 nor Cognito's own", what, a)
}

// headerEcho proves, over every answer of this check, that the origin header stays between the gateway and Cognito. It is the last question.
// Its value is not known here, so an answer is searched for the header's name and for the made-up values that were sent.
func (r *run) headerEcho(context.Context) finding {
	if len(r.echoes) > 0 {
		return fail("%d answers show the origin header, the first one in its %s", len(r.echoes), r.echoes[0])
	}
	if r.answers == 0 {
		return unknown("there was no answer at all")
	}
	return pass("none of %d answers shows its name or a made-up value that was sent", r.answers)
}
