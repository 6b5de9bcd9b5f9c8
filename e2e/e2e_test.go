package e2e_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

func simulate(t *testing.T, dir string, options simulator.Options) *simulator.System {
	t.Helper()
	system, err := simulator.Load(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	return system
}

// front is what the questions about a front door need: requests in a row, more than its rate limit, and a client's certificate.
type front struct {
	burst        int
	certificates []tls.Certificate
}

// withoutDomain are the questions that are not asked of a gateway without a domain name.
func withoutDomain() map[string]conformance.Verdict {
	return map[string]conformance.Verdict{
		"default-endpoint-closed": conformance.Unknown, "client-certificate-required": conformance.Unknown, "rate-limited": conformance.Unknown,
	}
}

// ask asks every conformance question of a system, as the first tenant with two scopes, at its domain name if it has one.
func ask(t *testing.T, system *simulator.System, ttl time.Duration, door front) []conformance.Result {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	config, roots, err := simulator.LoopbackCertificate()
	if err != nil {
		t.Fatal(err)
	}
	server, err := system.Serve(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(roots)
	transport := conformance.Transport(trusted)
	transport.DialContext, transport.TLSClientConfig.Certificates = server.DialContext, door.certificates
	defer transport.CloseIdleConnections()
	tenants := system.Tenants()
	i := slices.IndexFunc(tenants, func(t simulator.Tenant) bool { return len(t.Scopes) > 1 })
	results, err := conformance.Run(ctx, conformance.Target{
		GatewayURL: server.TokenURL(), CognitoURL: server.CognitoURL, WellKnownURL: strings.TrimSuffix(server.JWKSURL, "/.well-known/jwks.json"),
		Issuer: system.Cognito().Issuer(), ClientID: tenants[i].ClientID, ClientSecret: sensitive.ValueOf(tenants[i].ClientSecret),
		Scopes:     tenants[i].Scopes,
		HeaderName: system.Origin().Header(), CacheTTL: ttl, Validity: tenants[i].AccessTokenValidity, Corrector: corrector{system},
		DefaultEndpoint: closedEndpoint(server), RateLimit: door.burst,
		HTTP: &http.Client{Transport: transport, Timeout: time.Minute},
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// closedEndpoint is the default endpoint of a gateway with a domain name.
func closedEndpoint(server *simulator.Server) string {
	if server.TokenURL() == server.GatewayURL {
		return ""
	}
	return server.GatewayURL
}

type corrector struct{ system *simulator.System }

func (c corrector) AddSecret(_ context.Context, clientID string, secret sensitive.Value) (func(context.Context) error, error) {
	remove, err := c.system.Credentials().Add(clientID, secret.Plaintext())
	return func(context.Context) error { return remove() }, err
}

// notPassed are the names of the questions without a pass, with their verdicts.
func notPassed(results []conformance.Result) map[string]conformance.Verdict {
	open := map[string]conformance.Verdict{}
	for _, r := range results {
		if r.Verdict != conformance.Pass {
			open[r.Name] = r.Verdict
		}
	}
	return open
}

func TestSystem_everyQuestionIsAnsweredAsItShould(t *testing.T) {
	for _, environment := range environments.Names {
		for _, before := range []bool{false, true} {
			options, certificate := admitted(t)
			options.CacheBeforeMapping = before
			gateway := environments.Load(t, environment).Gateway
			door, want := front{gateway.Edge.RateLimitPerCredential + 1, []tls.Certificate{certificate}}, map[string]conformance.Verdict{}
			if environment == "dev" {
				door, want = front{}, withoutDomain()
			}
			results := ask(t, simulate(t, environments.Assembly(t, environment), options), gateway.Cache.TTL, door)
			if diff := cmp.Diff(want, notPassed(results)); diff != "" {
				t.Errorf("%s, cache before mapping %t (-want +got):\n%s", environment, before, diff)
				for _, r := range results {
					t.Logf("%-24s %-8s %s", r.Name, r.Verdict, r.Reason)
				}
			}
		}
	}
}

// The plain HTTP proxy of AWS's guide gives up what the canonical request is for, and nothing else.
func TestSystem_whatThePlainHTTPProxyGivesUp(t *testing.T) {
	dir := environments.Changed(t, "dev", func(env *config.Environment) { env.Gateway.Integration = "http-proxy" })
	results := ask(t, simulate(t, dir, simulator.Options{}), environments.Load(t, "dev").Gateway.Cache.TTL, front{})
	want := withoutDomain()
	for _, name := range []string{"expires-in", "form-scope", "repeated-scope"} {
		want[name] = conformance.Fail
	}
	// Nothing is mapped, so no mapping can fail.
	want["gateway-error-cached"] = conformance.Unknown
	if diff := cmp.Diff(want, notPassed(results)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
		for _, r := range results {
			t.Logf("%-24s %-8s %s", r.Name, r.Verdict, r.Reason)
		}
	}
}

// A web ACL on the stage is met first: before the validator, and by answers from the cache as well.
func TestSystem_edgeWebACLIsMetBeforeTheCache(t *testing.T) {
	now := time.Now()
	system := simulate(t, environments.Assembly(t, "dev"), simulator.Options{Clock: func() time.Time { return now }})
	first, second := system.Tenants()[0], system.Tenants()[1]
	limit := environments.Load(t, "dev").Gateway.Edge.RateLimitPerCredential
	for i := range limit {
		now = now.Add(100 * time.Millisecond) // Slow enough for the stage's throttle.
		if _, err := tokenThroughGateway(system, first, first.Scopes[0]); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if _, err := tokenThroughGateway(system, first, first.Scopes[0]); err == nil ||
		!strings.Contains(err.Error(), "status 429: {\"error\":\"temporarily_unavailable\"") {
		t.Errorf("one request more, which the cache would answer: got %v", err)
	}
	if _, err := tokenThroughGateway(system, second, second.Scopes[0]); err != nil {
		t.Errorf("another client: %v", err)
	}
	if c := system.Counters(); c.EdgeBlocked != 1 || c.Hits != int64(limit)-1 {
		t.Errorf("%d blocked at the edge, %d hits, want 1 and %d", c.EdgeBlocked, c.Hits, limit-1)
	}
}
