package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// Logical IDs of dev's gateway stack.
const (
	gatewayStack = "m2m-dev-gateway"
	api          = "TokenProxyApi09D26809"
	stage        = "TokenProxyApiDeploymentStagev1BD056F72"
	method       = "TokenProxyApioauth2tokenPOSTE73EE22F"
	tokenPath    = "/v1/oauth2/token"
)

// gateway loads dev with a changed gateway stack. The change gets the stack's resources.
func gateway(t *testing.T, options simulator.Options, change func(resources object)) *simulator.System {
	t.Helper()
	system, err := simulator.Load(gatewayFixture(t, change), options)
	if err != nil {
		t.Fatal(err)
	}
	return system
}

func gatewayFixture(t *testing.T, change func(resources object)) string {
	t.Helper()
	return fixture(t, func(stack string, resources object) {
		if stack == gatewayStack {
			change(resources)
		}
	})
}

func propertiesOf(resources object, id string) object {
	return resources[id].(object)["Properties"].(object)
}

// resource is one resource of a template, from JSON.
func resource(t *testing.T, resourceType, properties string) object {
	t.Helper()
	var p object
	if err := json.Unmarshal([]byte(properties), &p); err != nil {
		t.Fatalf("%v in %s", err, properties)
	}
	return object{"Type": resourceType, "Properties": p}
}

// tokenRequest asks for a token as a tenant, of its first scope. The change sees the request before it is sent.
func tokenRequest(ctx context.Context, tenant simulator.Tenant, target string, change func(*http.Request)) *http.Request {
	query := url.Values{"client_id": {tenant.ClientID}, "scope": {tenant.Scopes[0]}}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, target+"?"+query.Encode(), strings.NewReader("grant_type=client_credentials"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(tenant.ClientID, tenant.ClientSecret)
	change(r)
	return r
}

func asIs(*http.Request) {}

func send(system *simulator.System, r *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	system.Gateway().ServeHTTP(recorder, r)
	return recorder
}

// ask sends a token request of the first tenant to the default endpoint.
func ask(t *testing.T, system *simulator.System, change func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	return send(system, tokenRequest(t.Context(), system.Tenants()[0], tokenPath, change))
}

func wants(t *testing.T, why string, got *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if got.Code != status || !strings.Contains(got.Body.String(), body) {
		t.Errorf("%s: got %d %s, want %d with %s", why, got.Code, got.Body, status, body)
	}
}
