package e2e_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// withoutFrontDoor takes away what limits, knows or refuses clients before the token method, for tests of what is behind it.
func withoutFrontDoor(env *config.Environment) {
	env.Gateway.Edge, env.Gateway.Domain, env.Gateway.Authorization = nil, nil, config.Authorization{Type: "none"}
}

// allowed is an address of prod's source networks, foreign one of none.
var allowed, foreign = netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("100.64.0.1")

// admitted are Options by which clients with the certificate get into prod.
func admitted(t *testing.T) (simulator.Options, tls.Certificate) {
	t.Helper()
	authority, err := simulator.NewClientAuthority()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue("checkout", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return simulator.Options{Truststore: authority.Truststore(), SourceIP: allowed}, certificate
}

// prodDoor is prod on loopback.
type prodDoor struct {
	*simulator.System
	server      *simulator.Server
	roots       *x509.CertPool
	certificate tls.Certificate
}

// openProd serves prod as it is synthesized.
func openProd(t *testing.T) *prodDoor {
	t.Helper()
	options, certificate := admitted(t)
	return openDoor(t, simulate(t, environments.Assembly(t, "prod"), options), certificate)
}

func openDoor(t *testing.T, system *simulator.System, certificate tls.Certificate) *prodDoor {
	t.Helper()
	d := &prodDoor{System: system, roots: x509.NewCertPool(), certificate: certificate}
	config, roots, err := simulator.LoopbackCertificate()
	if err != nil {
		t.Fatal(err)
	}
	d.roots.AppendCertsFromPEM(roots)
	if d.server, err = d.Serve(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	return d
}

// reply is an answer, or why there is none.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

// ask sends a token request of the first tenant over a connection of its own.
func (d *prodDoor) ask(t *testing.T, method, target string, certificates ...tls.Certificate) reply {
	t.Helper()
	r := d.request(t, method, target)
	r.RequestURI = ""
	transport := &http.Transport{DialContext: d.server.DialContext, TLSClientConfig: &tls.Config{RootCAs: d.roots, Certificates: certificates,
		MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, string(body), err}
}

func (d *prodDoor) request(t *testing.T, method, target string) *http.Request {
	t.Helper()
	tenant := d.Tenants()[0]
	query := url.Values{"scope": {tenant.Scopes[0]}, "client_id": {tenant.ClientID}}
	r := httptest.NewRequestWithContext(t.Context(), method, target+"?"+query.Encode(), strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(tenant.ClientID, tenant.ClientSecret)
	return r
}

// askFrom asks at the domain name with the certificate, from an address that no header sets.
func (d *prodDoor) askFrom(t *testing.T, address netip.Addr) reply {
	t.Helper()
	return d.handle(d.request(t, http.MethodPost, d.server.TokenURL()), address)
}

// handle takes a request with the certificate, from an address.
func (d *prodDoor) handle(r *http.Request, address netip.Addr) reply {
	r.RemoteAddr = netip.AddrPortFrom(address, 1).String()
	r.TLS = &tls.ConnectionState{ServerName: d.Gateway().Domains()[0].Name, PeerCertificates: []*x509.Certificate{d.certificate.Leaf}}
	recorder := httptest.NewRecorder()
	d.Gateway().ServeHTTP(recorder, r)
	return reply{recorder.Code, recorder.Header(), recorder.Body.String(), nil}
}

func (d *prodDoor) wants(t *testing.T, why string, got reply, status int, body string) {
	t.Helper()
	if got.err != nil || got.status != status || !strings.Contains(got.body, body) {
		t.Errorf("%s: got %d %s, %v; want %d with %s", why, got.status, got.body, got.err, status, body)
	}
}

// counts is what got past the door: requests, the cache's answers, tokens that Cognito issued, and requests blocked at the edge.
type counts struct{ requests, hits, misses, issued, edgeBlocked int64 }

func (d *prodDoor) wantsCounts(t *testing.T, why string, want counts) {
	t.Helper()
	c := d.Counters()
	if got := (counts{c.Requests, c.Hits, c.Misses, tokensIssued(c), c.EdgeBlocked}); got != want {
		t.Errorf("%s: got %+v, want %+v", why, got, want)
	}
}

// Without a certificate of the truststore there is no connection, and so no request; with one there is a token.
func TestEdge_prodWantsAClientCertificate(t *testing.T) {
	d := openProd(t)
	_, stranger := admitted(t)
	for why, certificates := range map[string][]tls.Certificate{"without a certificate": nil, "with one of another authority": {stranger}} {
		if got := d.ask(t, http.MethodPost, d.server.TokenURL(), certificates...); got.err == nil ||
			!strings.Contains(got.err.Error(), "tls: ") || got.status != 0 {
			t.Errorf("%s: got %d %s, %v; want the handshake refused", why, got.status, got.body, got.err)
		}
	}
	d.wantsCounts(t, "after handshakes that failed", counts{})
	d.wants(t, "with a certificate", d.ask(t, http.MethodPost, d.server.TokenURL(), d.certificate), 200, `"access_token"`)
	d.wantsCounts(t, "after a token", counts{requests: 1, misses: 1, issued: 1})
}

// The way around the domain name, and so around the certificate, is closed.
func TestEdge_prodsDefaultEndpointIsClosed(t *testing.T) {
	d := openProd(t)
	for why, certificates := range map[string][]tls.Certificate{"without a certificate": nil, "with a certificate": {d.certificate}} {
		got := d.ask(t, http.MethodPost, d.server.GatewayURL, certificates...)
		d.wants(t, why, got, 403, `{"message":"Forbidden"}`)
	}
	d.wantsCounts(t, "afterwards", counts{requests: 2})
}

// A client that asks too often is told to wait, in JSON, before its answer would come from the cache; other clients go on.
func TestEdge_prodLimitsTheRateOfEachCredential(t *testing.T) {
	d := openProd(t)
	limit := int64(environments.Load(t, "prod").Gateway.Edge.RateLimitPerCredential)
	for range limit {
		if got := d.askFrom(t, allowed); got.status != 200 {
			t.Fatalf("within the limit: got %d %s", got.status, got.body)
		}
	}
	within := counts{requests: limit, hits: limit - 1, misses: 1, issued: 1}
	d.wantsCounts(t, "within the limit", within)
	over := d.ask(t, http.MethodPost, d.server.TokenURL(), d.certificate)
	d.wants(t, "over the limit", over, 429, `{"error":"temporarily_unavailable"`)
	if over.header.Get("Retry-After") != "300" || over.header.Get("Content-Type") != "application/json" {
		t.Errorf("over the limit: header %v, want Retry-After 300 and JSON", over.header)
	}
	within.requests, within.edgeBlocked = limit+1, 1
	d.wantsCounts(t, "over the limit", within)
}

func TestEdge_prodRefusesGET(t *testing.T) {
	d := openProd(t)
	got := d.ask(t, http.MethodGet, d.server.TokenURL(), d.certificate)
	d.wants(t, "GET", got, 405, `{"error":"invalid_request"`)
	if got.header.Get("Allow") != http.MethodPost {
		t.Errorf("header %v, want Allow: POST", got.header)
	}
	d.wantsCounts(t, "GET", counts{requests: 1, edgeBlocked: 1})
}

// The authorizer comes before the cache: what an address of the networks has put there, another address does not get.
func TestEdge_prodsAuthorizerDeniesOnACacheHit(t *testing.T) {
	d := openProd(t)
	d.wants(t, "from an allowed network", d.askFrom(t, allowed), 200, `"access_token"`)
	d.wants(t, "again, from the cache", d.askFrom(t, allowed), 200, `"access_token"`)
	d.wantsCounts(t, "from an allowed network", counts{requests: 2, hits: 1, misses: 1, issued: 1})
	got := d.askFrom(t, foreign)
	d.wants(t, "from another network", got, 403, `{"error":"access_denied"`)
	if strings.Contains(got.body, "access_token") {
		t.Errorf("from another network: %s", got.body)
	}
	d.wantsCounts(t, "from another network", counts{requests: 3, hits: 1, misses: 1, issued: 1})
}
