package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// directBlocked proves that the pool's web ACL blocks by default. The credentials are valid, as those of a client that bypasses the
// gateway.
func (r *run) directBlocked(ctx context.Context) finding {
	return blocked("a direct request", r.send(ctx, r.directRequest()))
}

// directHeaderBlocked proves that the web ACL compares the header's value and does not only require the header, in any case of its name. An
// empty value would pass a pattern that matches everything.
func (r *run) directHeaderBlocked(ctx context.Context) finding {
	value := r.madeUpHeader()
	for _, h := range []struct{ name, value, what string }{
		{r.target.HeaderName, value, "a made-up value"},
		{strings.ToLower(r.target.HeaderName), value, "a made-up value and the name in lower case"},
		{r.target.HeaderName, "", "an empty value"},
	} {
		q := r.directRequest()
		q.header[h.name] = h.value
		if f := blocked("a direct request with "+h.what, r.send(ctx, q)); f.verdict != Pass {
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
	return unknown("%s is answered %v: neither the web ACL's 403 nor an answer of Cognito", what, a)
}

// headerEcho proves, for every answer of this check, that clients do not see the origin header. It is the last question. The header's value
// is not known here, so it searches the answers for the header's name and the made-up values that were sent.
func (r *run) headerEcho(context.Context) finding {
	if len(r.echoes) > 0 {
		return fail("%d answers show the origin header, the first one in its %s", len(r.echoes), r.echoes[0])
	}
	if r.answers == 0 {
		return unknown("there was no answer at all")
	}
	return pass("none of %d answers shows its name or a made-up value that was sent", r.answers)
}
