package simulator

import (
	"fmt"
	"net/http"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// Cognito is the user pool: its domain and, under the pool's ID, its public keys, behind the pool's web ACL. It also answers the signed
// operations on client secrets, which no web ACL covers. It implements http.Handler.
type Cognito struct{ system *System }

// Cognito returns the user pool.
func (s *System) Cognito() Cognito { return Cognito{s} }

// ServeHTTP implements http.Handler.
func (c Cognito) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	write(w, r, func(r *http.Request) (*apigw.Answer, error) {
		if answer, ok := c.system.askAPI(r); ok {
			return answer, nil
		}
		return c.system.askCognito(r)
	})
}

// PoolID returns the user pool's ID, which is part of the paths of its public keys.
func (c Cognito) PoolID() string { return c.system.poolID }

// Issuer returns the iss claim of the tokens.
func (c Cognito) Issuer() string { return c.system.pool.Issuer() }

func (s *System) askCognito(r *http.Request) (*apigw.Answer, error) {
	defer s.underWay.begin()()
	request, err := s.wafRequest(r, r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	if s.poolACL != nil {
		decision := s.poolACL.Evaluate(request, sets{s}, s.options.Clock())
		if decision.Err != nil {
			return nil, decision.Err
		}
		if decision.Blocked {
			s.blocked.Add(1)
			return &apigw.Answer{Status: decision.Status, Header: decision.Header, Body: decision.Body}, nil
		}
	}
	header := http.Header{"Content-Type": {"application/json"}}
	switch r.Method + " " + r.URL.Path {
	case "POST /oauth2/token":
		answer := s.pool.Token(r)
		return &apigw.Answer{Status: answer.Status, Header: answer.Header, Body: answer.Body}, nil
	case "GET /" + s.poolID + "/.well-known/jwks.json":
		return &apigw.Answer{Status: http.StatusOK, Header: header, Body: s.pool.JWKS()}, nil
	case "GET /" + s.poolID + "/.well-known/openid-configuration":
		return &apigw.Answer{Status: http.StatusOK, Header: header, Body: s.pool.Discovery(s.pool.Issuer())}, nil
	}
	return &apigw.Answer{Status: http.StatusNotFound, Header: header, Body: []byte(`{"error":"not_found"}`)}, nil
}

// sets are the sets that web ACLs refer to, by ARN.
type sets struct{ system *System }

var _ waf.Sets = sets{}

// Patterns is what one request meets of a regex pattern set.
func (s sets) Patterns(arn string) ([]string, error) {
	set, ok := s.system.sets[arn]
	if !ok {
		return nil, fmt.Errorf("no regex pattern set %s", arn)
	}
	return set.content.Meet().patterns, nil
}

// Addresses is an IP set, which does not change here.
func (s sets) Addresses(arn string) ([]string, error) {
	addresses, ok := s.system.ipSets[arn]
	if !ok {
		return nil, fmt.Errorf("no IP set %s", arn)
	}
	return addresses, nil
}
