package conformance

import (
	"context"
	"crypto/tls"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// run is the state that the questions of one check share.
type run struct {
	target       *Target
	redactor     redactor
	wait         func(context.Context, time.Duration) error
	passed       map[string]bool                 // the names of the questions that passed
	noAnswer     error                           // why a request of the current question has no answer
	headerValues []string                        // made-up values of the origin header
	answers      int                             // of both endpoints
	echoes       []string                        // where answers showed the origin header
	seenTokens   []seenToken                     // every answer with a token through the gateway
	tls          map[string]*tls.ConnectionState // by endpoint

	first  *answer // the token that the cache holds for the first scope, after a pass of gateway-token
	second *answer // the token of the second scope, after a pass of other-scope
	keys   keySet  // the pool's keys, after a pass of signing-key
}

type seenToken struct {
	*answer
	again bool // an earlier answer had the same token
}

// Run asks every question in a fixed order and returns a result for each. The questions about CloudTrail's log group, the stage and the
// pool are asked only if the target has these. Run returns an error, and asks nothing, if the target is incomplete. When ctx ends, the
// remaining questions are unknown.
func Run(ctx context.Context, target Target) ([]Result, error) {
	return newRun(&target).all(ctx)
}

func newRun(target *Target) *run {
	return &run{target: target, wait: clock.System{}.Sleep, passed: map[string]bool{}, tls: map[string]*tls.ConnectionState{}}
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
		f := r.ask(ctx, q)
		r.passed[q.name] = f.verdict == Pass
		results = append(results, Result{
			Name: q.name, Question: q.text, Verdict: f.verdict, Reason: oneLine(r.redactor.redact(f.reason)),
			TookMilliseconds: time.Since(start).Milliseconds(),
		})
	}
	return results, nil
}

// ask returns unknown if a request of the question has no answer, whatever the question concluded.
func (r *run) ask(ctx context.Context, q question) finding {
	if ctx.Err() != nil {
		return unknown("not asked: %v", context.Cause(ctx))
	}
	for _, name := range q.needs {
		if !r.passed[name] {
			return needs(name)
		}
	}
	r.noAnswer = nil
	f := q.ask(r, ctx)
	if r.noAnswer != nil {
		return unknown("%v", r.noAnswer)
	}
	return f
}

func needs(question string) finding { return unknown("it needs a pass of %s", question) }

// oneLine replaces control characters, so that the text of a server or a library cannot control a terminal.
func oneLine(reason string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, reason))
}

// see records what the questions about all answers need.
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
	if endpoint == r.target.GatewayURL {
		again := slices.ContainsFunc(r.seenTokens, func(s seenToken) bool { return s.token.id == a.token.id })
		r.seenTokens = append(r.seenTokens, seenToken{a, again})
	}
}

// findEcho returns where the answer shows the origin header's name or a value that was sent.
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
	return strings.Contains(strings.ToLower(text), strings.ToLower(r.target.HeaderName)) ||
		slices.ContainsFunc(r.headerValues, func(value string) bool { return strings.Contains(text, value) })
}
