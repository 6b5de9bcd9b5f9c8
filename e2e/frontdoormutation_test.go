package e2e_test

import (
	"crypto/tls"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// Each fault in prod's front door is found by the guard, at load by the simulator, by a conformance question or by a request that must be
// refused.
func TestEdgeMutation_everyFaultIsFound(t *testing.T) {
	const (
		edge, association = "EdgeWebAclWebACLEEA09640", "EdgeWebAclAssociation732E4FEA"
		api, method       = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method"
		authorizer        = "AWS::ApiGateway::Authorizer"
		domain            = "AWS::ApiGateway::DomainName"
		function          = "TokenProxyClientAuthorizerFunction1731FF14"
		permission        = "TokenProxyAuthorizerPermissionC9995C2D"
	)
	rule := func(p object, name string) object {
		rules := p["Rules"].([]any)
		return rules[slices.IndexFunc(rules, func(r any) bool { return r.(object)["Name"] == name })].(object)
	}
	networks := func(p object, list string) { p["Environment"].(object)["Variables"].(object)["SOURCE_NETWORKS"] = list }
	policy := func(statements ...any) object { return object{"Version": "2012-10-17", "Statement": statements} }
	statement := func(effect, network string) object {
		return object{"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*",
			"Condition": object{"IpAddress": object{"aws:SourceIp": []any{network}}}}
	}
	faults := []struct {
		name, where string
		sow         func(object)
		by          string // part of what finds it
	}{
		{"no fault", edge, func(object) {}, ""},
		{"default endpoint open", api, func(p object) { p["DisableExecuteApiEndpoint"] = false }, "guard"},
		{"mutual TLS dropped", domain, func(p object) { delete(p, "MutualTlsAuthentication") }, "client-certificate-required"},
		{"no domain name", domain, nil, "load"},
		{"truststore's version dropped", domain, func(p object) { delete(p["MutualTlsAuthentication"].(object), "TruststoreVersion") }, "guard"},
		{"TLS 1.0 at the domain", domain, func(p object) { p["SecurityPolicy"] = "TLS_1_0" }, "guard"},
		{"authorizer that is not asked", method, func(p object) { p["AuthorizationType"] = "NONE" }, "guard"},
		{"no authorizer at all", method, func(p object) { p["AuthorizationType"] = "NONE"; delete(p, "AuthorizerId") }, "foreign address served"},
		{"authorizer's answers kept too long", authorizer, func(p object) { p["AuthorizerResultTtlInSeconds"] = 7200.0 }, "guard"},
		{"authorizer's answers kept for any address", authorizer, func(p object) {
			p["IdentitySource"] = "method.request.header.Authorization,method.request.querystring.client_id"
		}, "foreign address served"},
		{"authorizer of nobody", function, func(p object) { networks(p, "") }, "load"},
		{"authorizer of other networks", function, func(p object) { networks(p, "198.51.100.0/24") }, "gateway-token"},
		{"authorizer of more networks", function, func(p object) { networks(p, "192.0.2.0/24,100.64.0.0/10") }, "foreign address served"},
		{"authorizer for every account's API", permission, func(p object) { delete(p, "SourceArn") }, "guard"},
		{"edge web ACL not associated", association, nil, "GET not refused at the edge"},
		{"any method", edge, func(p object) { rule(p, "post-only")["Action"] = object{"Count": object{}} }, "GET not refused at the edge"},
		{"a body of any size", edge, func(p object) { rule(p, "body-size")["Action"] = object{"Count": object{}} }, "large body not refused"},
		{"rate rule only counts", edge, func(p object) {
			rule(p, "rate-limit-per-credential")["Action"] = object{"Count": object{}}
		}, "rate-limited"},
		{"rate rule without Retry-After", edge, func(p object) {
			response := rule(p, "rate-limit-per-credential")["Action"].(object)["Block"].(object)["CustomResponse"].(object)
			delete(response, "ResponseHeaders")
		}, "rate-limited"},
		{"rate rule answers with a body that is not there", edge, func(p object) { p["CustomResponseBodies"] = object{} }, "guard"},
		{"credentials in the web ACL's data", edge, func(p object) { delete(p, "DataProtectionConfig") }, "guard"},
		{"log without redaction", "AWS::WAFv2::LoggingConfiguration", func(p object) { delete(p, "RedactedFields") }, "guard"},
		{"resource policy that denies only", api, func(p object) { p["Policy"] = policy(statement("Deny", "100.64.0.0/10")) }, "guard"},
		// One that allows another network only would change nothing: the authorizer's own policy allows.
		{"resource policy that denies the clients", api, func(p object) {
			p["Policy"] = policy(statement("Allow", "0.0.0.0/0"), statement("Deny", "192.0.2.0/24"))
		}, "gateway-token"},
	}
	// Before the faults are looked for side by side, most of the time waiting for a rate limit: CDK cannot do that.
	environments.Assembly(t, "prod")
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			t.Parallel()
			found := findFrontDoorFault(t, mutated(t, "prod", fault.where, fault.sow))
			t.Logf("found by %s", found)
			if (found == "") != (fault.by == "") || !strings.Contains(found, fault.by) {
				t.Errorf("found by %q, want %q", found, fault.by)
			}
		})
	}
}

// findFrontDoorFault says what finds a fault first: what looks at the templates, or else what asks.
func findFrontDoorFault(t *testing.T, dir string) string {
	t.Helper()
	if guarded(t, dir) {
		return "guard"
	}
	options, certificate := admitted(t)
	system, err := simulator.Load(dir, options)
	if err != nil {
		return "load"
	}
	gateway := environments.Load(t, "prod").Gateway
	if served := servedAnyway(t, openDoor(t, system, certificate)); len(served) > 0 {
		return strings.Join(served, ", ")
	}
	open := notPassed(ask(t, system, gateway.Cache.TTL, front{gateway.Edge.RateLimitPerCredential + 1, []tls.Certificate{certificate}}))
	return strings.Join(slices.Sorted(maps.Keys(open)), ", ")
}

// servedAnyway are requests that must be refused and are not: such that the questions, which come from one place, do not ask.
func servedAnyway(t *testing.T, d *prodDoor) []string {
	t.Helper()
	var by []string
	d.askFrom(t, allowed)
	if d.askFrom(t, foreign).status != http.StatusForbidden {
		by = append(by, "foreign address served")
	}
	if d.handle(d.request(t, http.MethodGet, d.server.TokenURL()), allowed).status != http.StatusMethodNotAllowed {
		by = append(by, "GET not refused at the edge")
	}
	large := d.request(t, http.MethodPost, d.server.TokenURL())
	large.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", environments.Load(t, "prod").Gateway.Edge.MaxBodyBytes+1)))
	if d.handle(large, allowed).status != http.StatusRequestEntityTooLarge {
		by = append(by, "large body not refused")
	}
	return by
}
