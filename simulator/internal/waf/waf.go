// Package waf evaluates AWS WAF web ACLs: it compiles the properties of an AWS::WAFv2::WebACL and decides on requests.
//
// Compiling refuses statements that it cannot evaluate exactly, by path. Three things differ from AWS:
//
//   - Managed rule groups never match, as their rules are not public; Notes names them.
//   - A rate-based rule counts every request at once. AWS estimates, and checks the rate about every 10 seconds, so that more requests than
//     the limit can pass. https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
//   - Regular expressions are RE2's, not PCRE's: a pattern that RE2 does not know is refused, and $ does not match before a final line
//     feed.
package waf

import (
	"net/http"
	"net/netip"
	"slices"
	"time"
)

// Request is what AWS WAF sees of a request.
type Request struct {
	Method string
	// Path and Query are as sent, without decoding, and Query is without the question mark.
	Path, Query string
	// Header has canonical names, as net/http gives them.
	Header   http.Header
	Body     []byte
	SourceIP netip.Addr
	// Country is the ISO 3166 alpha-2 code of the source address; empty is taken for AWS WAF's XX, unknown.
	Country string
}

// Decision is what becomes of a request.
type Decision struct {
	Blocked bool
	// Rule is the name of the rule that decided, or empty for the default action.
	Rule string
	// Status, Header and Body are the answer to a blocked request. Custom says that the rule has its own; otherwise it is up to the protected
	// resource.
	Custom bool
	Status int
	Header http.Header
	Body   []byte
	// Counted are the names of the matching rules with a Count action, in order.
	Counted []string
	// Labels are the labels that rules gave to the request. Those of the web ACL's own rules have no awswaf: prefix.
	Labels []string
	// Err says that Rule could not be evaluated because a set is missing or holds a bad value. The request is blocked then, with status 500:
	// neither "matches" nor "does not match" would be the truth.
	Err error
}

// Sets gives what a request meets in the sets that rules reference. It is up to its implementation when a change becomes visible.
type Sets interface {
	// Patterns are the regular expressions of a regex pattern set.
	Patterns(arn string) ([]string, error)
	// Addresses are the CIDR blocks of an IP set.
	Addresses(arn string) ([]string, error)
}

// ACL is a compiled web ACL. It is safe for concurrent use.
type ACL struct {
	rules    []*rule // by priority
	fallback action
	notes    []string
	geo      bool
}

// Geographic says whether a rule asks for the country of a request.
func (a *ACL) Geographic() bool { return a.geo }

// Notes are deviations from AWS that a user of the web ACL should know.
func (a *ACL) Notes() []string { return slices.Clone(a.notes) }

// Evaluate runs the rules by priority until one with an Allow or Block action matches, and else applies the default action.
func (a *ACL) Evaluate(r *Request, sets Sets, now time.Time) Decision {
	e := &evaluation{request: r, sets: sets, now: now}
	var counted []string
	decide := func(act action, name string) Decision {
		d := Decision{Rule: name, Counted: counted, Labels: e.labels}
		if act.kind == block {
			d.Blocked, d.Custom, d.Status, d.Header, d.Body = true, act.custom, act.status, act.header.Clone(), slices.Clone(act.body)
		}
		return d
	}
	for _, rule := range a.rules {
		matches, err := rule.matches(e)
		switch {
		case err != nil:
			return Decision{Blocked: true, Rule: rule.name, Status: http.StatusInternalServerError, Header: http.Header{}, Counted: counted,
				Labels: e.labels, Err: err}
		case !matches:
			continue
		}
		// Only rules that come later see a rule's labels. https://docs.aws.amazon.com/waf/latest/developerguide/waf-labels.html
		e.label(rule.labels...)
		if rule.action.kind != count {
			return decide(rule.action, rule.name)
		}
		counted = append(counted, rule.name)
	}
	return decide(a.fallback, "")
}

// evaluation is one request on its way through the rules.
type evaluation struct {
	request *Request
	sets    Sets
	now     time.Time
	labels  []string
}

func (e *evaluation) label(labels ...string) {
	for _, l := range labels {
		if !slices.Contains(e.labels, l) {
			e.labels = append(e.labels, l)
		}
	}
}
