package conformance

import (
	"context"
	"crypto/tls"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// run is what the questions of one check share.
type run struct {
	target       *Target
	redactor     redactor
	wait         func(context.Context, time.Duration) error
	headerValues []string                        // made-up values of the origin header
	answers      int                             // of both endpoints
	echoes       []string                        // what answers showed of the origin header
	seenTokens   []seenToken                     // every answer with a token through the gateway
	tls          map[string]*tls.ConnectionState // by endpoint

	first  *answer // the first token
	cached bool    // the first token came again
	second *answer // the token of the second scope
	keys   keySet  // the pool's, once one of them verified the first token
}

type seenToken struct {
	*answer
	again bool // the same token had been seen before
}

type question struct {
	name, text string
	ask        func(*run, context.Context) finding
}

// asked says whether the target has what the question is about: what only an operator of the account can read.
func (q question) asked(t *Target) bool {
	switch q.name {
	case "trail-log":
		return t.Trail != nil
	case "cache-locked":
		return t.Stage != nil
	case "pool-web-acl", "secret-ids":
		return t.Pool != nil
	}
	return true
}

// questions in the order of asking: later ones rest on what earlier ones found.
var questions = []question{
	{"direct-blocked", "Is a direct token request to Cognito blocked, with valid credentials?", (*run).directBlocked},
	{"direct-header-blocked", "Is a direct request with made-up values of the origin header blocked?", (*run).directHeaderBlocked},
	{"gateway-token", "Does the gateway answer 200 with a token of this client and exactly the scope asked for?", (*run).gatewayToken},
	{"cached", "Is the same request answered with the same token, from the cache?", (*run).secondFromCache},
	{"max-age-ignored", "Does Cache-Control: max-age=0 from a client leave the cache alone?", (*run).maxAgeIgnored},
	{"other-scope", "Does another scope get another token?", (*run).otherScope},
	{"wrong-secret", "Does a wrong secret get Cognito's own refusal, never a token?", (*run).wrongSecret},
	{"wrong-client-id", "Is a request with another client_id kept apart from the cached token?", (*run).wrongClientID},
	{"missing-authorization", "Is a request without Authorization answered 400 in RFC 6749 JSON?", (*run).missingAuthorization},
	{"missing-scope", "Is a request without scope answered 400 in RFC 6749 JSON?", (*run).missingScope},
	{"missing-client-id", "Is a request without client_id answered 400 in RFC 6749 JSON?", (*run).missingClientID},
	{"lower-case-authorization", "Is the header authorization, in lower case, the same header?", (*run).lowerCaseAuthorization},
	{"content-types", "Are the content types accepted that token clients send?", (*run).contentTypes},
	{"client-header-ignored", "Does the gateway ignore an origin header that a client sends?", (*run).clientHeaderIgnored},
	{"form-scope", "Does a scope in the form leave the token's scope alone?", (*run).formScope},
	{"repeated-scope", "Does a repeated parameter scope get a token that fits its cache entry?", (*run).repeatedScope},
	{"expires-in", "Is expires_in never more than the token's remaining life?", (*run).expiresIn},
	{"error-corrected", "For information: is an error answered again after its cause is gone?", (*run).errorCorrected},
	{"gateway-error-cached", "For information: is an error of the gateway's own after a failed mapping answered again?", (*run).gatewayErrorCached},
	{"discovery", "Is the pool's OpenID discovery document reachable, and of the tokens' issuer?", (*run).discovery},
	{"signing-key", "Are the pool's keys reachable, and does one of them verify the token?", (*run).signingKey},
	{"token-claims", "Do tokens have the claims that package verify relies on, and nothing of a user's?", (*run).tokenClaims},
	{"tls", "Do the endpoints speak TLS 1.2 or later, and the gateway nothing older?", (*run).tlsVersion},
	{"get-refused", "Is GET refused in RFC 6749 JSON?", (*run).getRefused},
	{"default-endpoint-closed", "Is the default endpoint closed, beside the gateway's own domain name?", (*run).defaultEndpointClosed},
	{"client-certificate-required", "Is a client without a certificate refused?", (*run).clientCertificateRequired},
	{"rate-limited", "Is a burst of one client's requests answered 429 in RFC 6749 JSON, with Retry-After?", (*run).rateLimited},
	{"cache-locked", "Does the stage's own setting keep clients from emptying the cache?", (*run).cacheLocked},
	{"pool-web-acl", "Is a web ACL associated with the user pool?", (*run).poolWebACL},
	{"secret-ids", "Does Cognito list each of the client's secrets, by an id of its own?", (*run).secretIDs},
	{"trail-log", "Is the origin header's value hidden in CloudTrail's log group?", (*run).trailLog},
	{"header-echo", "Is the origin header in none of the answers?", (*run).headerEcho},
}

// Run asks every question, in a fixed order, and returns a result for each; those about CloudTrail's log group, the stage and the pool are asked when there is one. It returns an error, and asks nothing, when the
// target is not complete. When ctx ends, the questions that are left are unknown.
func Run(ctx context.Context, target Target) ([]Result, error) {
	return newRun(&target).all(ctx)
}

func newRun(target *Target) *run {
	return &run{target: target, wait: wait, tls: map[string]*tls.ConnectionState{}}
}

func (r *run) all(ctx context.Context) ([]Result, error) {
	if err := r.target.prepare(); err != nil {
		return nil, err
	}
	r.redactor.add(r.target.ClientSecret.Plaintext())
	results := make([]Result, 0, len(questions))
	for _, q := range questions {
		if !q.asked(r.target) {
			continue
		}
		start := time.Now()
		f := unknown("not asked: %v", context.Cause(ctx))
		if ctx.Err() == nil {
			f = q.ask(r, ctx)
		}
		results = append(results, Result{
			Name: q.name, Question: q.text, Verdict: f.verdict, Reason: oneLine(r.redactor.redact(f.reason)), Took: time.Since(start),
		})
	}
	return results, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// oneLine keeps what a server or a library said from writing to a terminal more than text.
func oneLine(reason string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, reason))
}

// client is the real one.
func (r *run) client() credentials {
	return credentials{id: r.target.ClientID, secret: r.target.ClientSecret}
}

// see keeps what the questions about all answers need.
func (r *run) see(from *url.URL, a *answer) {
	bare := *from
	bare.RawQuery = ""
	endpoint := bare.String()
	if a.tls != nil {
		r.tls[endpoint] = a.tls
	}
	r.answers++
	if found := r.findEcho(a); found != "" {
		r.echoes = append(r.echoes, found)
	}
	if a.token == nil {
		return
	}
	r.redactor.add(a.token.raw)
	if endpoint != r.target.GatewayURL {
		return
	}
	again := false
	for _, s := range r.seenTokens {
		again = again || s.token.id == a.token.id
	}
	r.seenTokens = append(r.seenTokens, seenToken{a, again})
}

// findEcho returns where the answer shows the origin header: its name, or a value that was sent.
func (r *run) findEcho(a *answer) string {
	for name, values := range a.header {
		if r.shows(name) || r.shows(strings.Join(values, " ")) {
			return "header " + name
		}
	}
	if r.shows(string(a.body)) {
		return "body of a " + a.String() + " answer"
	}
	return ""
}

func (r *run) shows(text string) bool {
	if strings.Contains(strings.ToLower(text), strings.ToLower(r.target.HeaderName)) {
		return true
	}
	for _, value := range r.headerValues {
		if strings.Contains(text, value) {
			return true
		}
	}
	return false
}
