package simulator

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// Gateway is the token gateway: the REST API with everything in front of it. A request's Host header chooses a custom domain or else the
// default endpoint; then come the stage's web ACL and the stage. A request without TLS reaches no custom domain that demands client
// certificates. It implements http.Handler.
type Gateway struct{ system *System }

// Gateway returns the token gateway.
func (s *System) Gateway() Gateway { return Gateway{s} }

// ServeHTTP implements http.Handler.
func (g Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { write(w, r, g.system.askGateway) }

// TokenURL returns the URL at which a tenant requests a token with all its scopes, for System.Transport: at the first custom domain or else
// at the default endpoint.
func (g Gateway) TokenURL(t Tenant) string {
	s := g.system
	base := "https://" + defaultEndpoint(s.stage, s.region) + "/" + s.stage.Name
	if domains := g.Domains(); len(domains) > 0 && len(domains[0].BasePaths) > 0 {
		base = "https://" + domains[0].Name + domains[0].BasePaths[0]
	}
	return clientsecret.TokenURL(base+"/oauth2/token", t.ClientID, t.Scopes)
}

// FlushCache empties the stage's cache.
func (g Gateway) FlushCache() { g.system.stage.Flush() }

// Caches describes the cache of each method that has one.
func (g Gateway) Caches() []string { return g.system.stage.Cached() }

// Region returns the Region that the stack names, for which requests are signed.
func (g Gateway) Region() string { return g.system.region }

// StageName returns the first segment of the path at the default endpoint.
func (g Gateway) StageName() string { return g.system.stage.Name }

// CredentialsHeader returns the name of the header in which the gateway takes clients' credentials.
func (g Gateway) CredentialsHeader() string { return g.system.credentials }

// RequiresSignature reports whether a request needs an AWS signature, see Options.Callers.
func (g Gateway) RequiresSignature() bool { signature, _ := g.system.stage.Demands(); return signature }

// RequiresAPIKey reports whether a request needs an API key, see APIKeys.
func (g Gateway) RequiresAPIKey() bool { _, key := g.system.stage.Demands(); return key }

// SourceNetworks returns the networks in CIDR notation from which the project's own authorizer admits clients. It is empty if there is no
// such authorizer or if it admits clients from anywhere.
func (g Gateway) SourceNetworks() []string { return slices.Clone(g.system.sourceNetworks) }

// APIKey is an API key that the stage takes. Secret is the name of the secret with its value, or empty if no secret has it.
type APIKey struct{ Name, Secret, Value string }

// APIKeys returns the API keys of the stage's usage plans, by name.
func (g Gateway) APIKeys() []APIKey {
	s := g.system
	var all []APIKey
	for _, key := range s.keys.All(s.stage.APIID, s.stage.Name) {
		all = append(all, APIKey{Name: key.Name, Secret: s.keySecrets[key.ID], Value: key.Value})
	}
	return all
}

// Domain is a custom domain name of the gateway.
type Domain struct {
	Name string
	// MutualTLS is true if clients need a certificate.
	MutualTLS bool
	// BasePaths are the paths, "" or "/base", under which the stage is.
	BasePaths []string
}

// Domains returns the custom domain names, by name.
func (g Gateway) Domains() []Domain {
	var all []Domain
	for _, d := range g.system.domains {
		all = append(all, Domain{Name: d.Name, MutualTLS: d.MutualTLS(), BasePaths: d.Bases()})
	}
	slices.SortFunc(all, func(a, b Domain) int { return strings.Compare(a.Name, b.Name) })
	return all
}

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
	decision := acl.Evaluate(request, sets{s}, s.options.Clock())
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

// arrive says how a request reaches the stage, and by which path the web ACL sees it. Not ok is a request that gets no further than the
// endpoint.
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
	return &apigw.Answer{Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}},
		Body: []byte(`{"message":"Forbidden"}`)}
}
