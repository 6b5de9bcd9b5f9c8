// Package policy evaluates IAM policies as far as they say who may invoke a method of a REST API: the resource policy of the API, and what
// a Lambda authorizer returns. An element, an operator or a condition key that it does not know is refused by name and path.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
package policy

import (
	"net/netip"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// Actions on a method.
const (
	Invoke          = "execute-api:Invoke"
	InvalidateCache = "execute-api:InvalidateCache"
)

// Outcome is what a policy says to a request.
type Outcome int

// The outcomes. A policy that neither allows nor denies is silent; whether that is a refusal depends on what it is combined with.
const (
	Silent Outcome = iota
	Allow
	Deny
)

// Request is what a policy may look at.
type Request struct {
	// Action is one of this package's, Resource the method's ARN.
	Action, Resource string
	// Caller is who signed the request, or nil.
	Caller *Caller
	// SourceIP is the client's address.
	SourceIP netip.Addr
	// VPCEndpoint is the id of the VPC endpoint that the request came through, or empty.
	VPCEndpoint string
}

// Caller is an IAM principal: a user, or the role of a session.
type Caller struct{ ARN, Account string }

// Policy is a policy whose statements can be evaluated.
type Policy struct {
	// Principal is the one that a Lambda authorizer names; "" of other policies.
	Principal  string
	statements []statement
}

type statement struct {
	effect     Outcome
	principals principals
	actions    []string // wildcard patterns in lower case
	resources  []string // wildcard patterns
	conditions []condition
}

// Evaluate says what the policy says to the request: one statement that denies outweighs all that allow.
func (p *Policy) Evaluate(r Request) Outcome {
	outcome := Silent
	for _, s := range p.statements {
		if !s.applies(r) {
			continue
		}
		if s.effect == Deny {
			return Deny
		}
		outcome = Allow
	}
	return outcome
}

func (s *statement) applies(r Request) bool {
	if !s.principals.include(r.Caller) || !anyMatches(s.actions, strings.ToLower(r.Action)) || !anyMatches(s.resources, r.Resource) {
		return false
	}
	for _, c := range s.conditions {
		if !c.holds(r) {
			return false
		}
	}
	return true
}

func anyMatches(patterns []string, text string) bool {
	for _, p := range patterns {
		if matches(p, text) {
			return true
		}
	}
	return false
}

// Read reads a resource policy; path names the property in errors. A resource may be given by execute-api:/ and what follows the API's id,
// which API Gateway completes with apiARN.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html
func Read(path string, document map[string]any, apiARN string) (*Policy, error) {
	o := properties.Read(path, document)
	o.Require("Statement")
	o.OneOf("Version", "2012-10-17", "2008-10-17")
	o.Accept(map[string]string{"Id": "a name"})
	statements := o.Objects("Statement")
	p := &Policy{}
	for _, s := range statements {
		p.statements = append(p.statements, readStatement(s, apiARN))
	}
	if len(statements) == 0 {
		o.Errorf("Statement", "has none, want a list of one at least")
	}
	return p, o.Err()
}

func readStatement(o *properties.Object, apiARN string) statement {
	o.Require("Effect", "Principal", "Action", "Resource")
	o.Accept(map[string]string{"Sid": "a name"})
	o.Refuse(map[string]string{"NotPrincipal": "name the principals", "NotAction": "name the actions", "NotResource": "name the resources"})
	s := statement{principals: readPrincipals(o)}
	switch o.OneOf("Effect", "Allow", "Deny") {
	case "Allow":
		s.effect = Allow
	case "Deny":
		s.effect = Deny
	}
	for _, action := range o.TextOrTexts("Action") {
		s.actions = append(s.actions, strings.ToLower(action))
	}
	for _, resource := range o.TextOrTexts("Resource") {
		if below, ok := strings.CutPrefix(resource, "execute-api:/"); ok {
			resource = apiARN + "/" + below
		}
		s.resources = append(s.resources, resource)
	}
	s.conditions = readConditions(o)
	return s
}
