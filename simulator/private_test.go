package simulator_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// allowing is a resource policy for requests that fulfil a condition.
func allowing(t *testing.T, condition string) object {
	return resource(t, "", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
		"Resource": {"Fn::Join": ["", ["execute-api:/", "*"]]}, "Condition": `+condition+`}]}`)["Properties"].(object)
}

// A request is as private as the one who sends it says in the context or the options: no header makes it so.
func TestPrivateAPI_privateAPI(t *testing.T) {
	private := func(r object) {
		propertiesOf(r, api)["EndpointConfiguration"] = object{"Types": []any{"PRIVATE"}, "VpcEndpointIds": []any{"vpce-1"}}
		propertiesOf(r, api)["Policy"] = allowing(t, `{"StringEquals": {"aws:SourceVpce": ["vpce-1"]}}`)
	}
	through := func(system *simulator.System, id string) *http.Request {
		return tokenRequest(simulator.WithVPCEndpoint(t.Context(), id), system.Tenants()[0], tokenPath, asIs)
	}
	system := gateway(t, simulator.Options{}, private)
	wants(t, "from the internet", ask(t, system, func(r *http.Request) {
		for _, name := range []string{"X-Amzn-Vpce-Id", "X-Amz-Source-Vpce", "Aws:SourceVpce"} {
			r.Header.Set(name, "vpce-1")
		}
	}), 403, `{"message":"Forbidden"}`)
	wants(t, "through its endpoint", send(system, through(system, "vpce-1")), 200, "access_token")
	wants(t, "through another endpoint", send(system, through(system, "vpce-2")), 403, `"access_denied"`)

	system = gateway(t, simulator.Options{VPCEndpoint: "vpce-1"}, private)
	wants(t, "through the Options' endpoint", ask(t, system, asIs), 200, "access_token")
	wants(t, "from the internet, says the context", send(system, through(system, "")), 403, `{"message":"Forbidden"}`)

	system = gateway(t, simulator.Options{}, func(object) {})
	wants(t, "a public API, through an endpoint", send(system, through(system, "vpce-1")), 403, `{"message":"Forbidden"}`)
}

// The source address is the connection's, or the Options' for a connection from loopback.
func TestPrivateAPI_resourcePolicyOfAddresses(t *testing.T) {
	change := func(r object) {
		propertiesOf(r, api)["Policy"] = allowing(t, `{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}`)
	}
	system := gateway(t, simulator.Options{}, change)
	wants(t, "inside", ask(t, system, func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" }), 200, "access_token")
	wants(t, "outside", ask(t, system, func(r *http.Request) {
		r.RemoteAddr = "198.51.100.1:1"
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
	}), 403, `{"error":"access_denied"`)
	local := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" }
	wants(t, "from loopback", ask(t, system, local), 403, "access_denied")
	system = gateway(t, simulator.Options{SourceIP: netip.MustParseAddr("192.0.2.1")}, change)
	wants(t, "from loopback, in the place of an address inside", ask(t, system, local), 200, "access_token")
	wants(t, "outside, still", ask(t, system, func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1" }), 403, "access_denied")
}
