package simulator

import (
	"net"
	"net/http"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// Gateway is the REST API with what is in front of it: by a request's Host header a custom domain or else the default endpoint, the stage's web ACL,
// and the stage. A request without TLS reaches no custom domain that demands client certificates.
func (s *System) Gateway() http.Handler { return handler(s.askGateway) }

func (s *System) askGateway(r *http.Request) (*apigw.Answer, error) {
	s.requests.Add(1)
	defer s.underWay.begin()()
	from, inspected, ok := s.arrive(r)
	if !ok {
		return forbidden(), nil
	}
	return s.through(s.edgeACL, s.stage, r, from, inspected)
}

// through asks a stage past its web ACL, which may be nil.
func (s *System) through(acl *waf.ACL, stage *apigw.Stage, r *http.Request, from apigw.Arrival, inspected string) (*apigw.Answer, error) {
	if acl == nil {
		return stage.Answer(r, from), nil
	}
	request, err := s.wafRequest(r, inspected)
	if err != nil {
		return nil, err
	}
	decision := acl.Evaluate(request, s, s.options.Clock())
	switch {
	case decision.Err != nil:
		return nil, decision.Err
	case decision.Blocked:
		s.edgeBlock.Add(1)
		var own *apigw.Answer
		if decision.Custom {
			own = &apigw.Answer{Status: decision.Status, Header: decision.Header, Body: decision.Body}
		}
		return stage.Filtered(r, from, own), nil
	}
	from.Inspected = true
	return stage.Answer(r, from), nil
}

// arrive says how a request reaches the stage, and by which path the web ACL sees it. Not ok is a request that gets no further than the endpoint.
func (s *System) arrive(r *http.Request) (from apigw.Arrival, inspected string, ok bool) {
	from, inspected = apigw.Arrival{SourceIP: s.sourceIP(r)}, r.URL.EscapedPath()
	domain := s.domains[hostName(r.Host)]
	if domain == nil {
		from.VPCEndpoint = s.vpcEndpoint(r)
		below, found := s.stage.Below(r.URL.Path)
		from.Path, from.Stray = below, !found
		return from, inspected, s.stage.Reachable(from.VPCEndpoint)
	}
	var err error
	if from.ClientCertificate, err = domain.Admit(r.TLS, s.options.Clock()); err != nil {
		return from, "", false
	}
	if from.BasePath, from.Path, ok = domain.Below(r.URL.Path); !ok {
		return from, "", false
	}
	if s.options.StageInDomainPaths {
		inspected = "/" + s.stage.Name + strings.TrimPrefix(inspected, from.BasePath)
	}
	return from, inspected, true
}

// hostName is the name in a Host header or a handshake, as domains are named.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// forbidden is what API Gateway answers before it is about any API: no gateway response changes it.
func forbidden() *apigw.Answer {
	return &apigw.Answer{Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"message":"Forbidden"}`)}
}
