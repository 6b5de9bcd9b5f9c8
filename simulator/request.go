package simulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// inspectedBytes is how much of a body is read: more than AWS WAF inspects, and more than a token request has.
const inspectedBytes = 1 << 20

// wafRequest is what AWS WAF sees of a request to a path. The body can be read again afterwards.
func (s *System) wafRequest(r *http.Request, path string) (*waf.Request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, inspectedBytes+1))
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	source := s.sourceIP(r)
	request := &waf.Request{Method: r.Method, Path: path, Query: r.URL.RawQuery, Header: r.Header, Body: body, SourceIP: source}
	if s.options.Country != nil {
		request.Country = s.options.Country(source)
	}
	return request, nil
}

// loopback is the source address of requests that have none, such as a test's.
var loopback = netip.MustParseAddr("127.0.0.1")

// sourceIP is where a request comes from. No header changes it.
func (s *System) sourceIP(r *http.Request) netip.Addr {
	source := loopback
	if address, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		source = address.Addr().Unmap()
	}
	if source.IsLoopback() && s.options.SourceIP.IsValid() {
		return s.options.SourceIP
	}
	return source
}

type vpcEndpointKey struct{}

// WithVPCEndpoint makes requests with this context come through a VPC endpoint, or from the internet when id is empty. What a client sends
// cannot.
func WithVPCEndpoint(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, vpcEndpointKey{}, id)
}

func (s *System) vpcEndpoint(r *http.Request) string {
	if id, ok := r.Context().Value(vpcEndpointKey{}).(string); ok {
		return id
	}
	return s.options.VPCEndpoint
}
