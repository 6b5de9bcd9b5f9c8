package simulator

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// inspectedBytes is how much of a body is read: more than AWS WAF inspects, and more than a token request has.
const inspectedBytes = 1 << 20

// wafRequest is what AWS WAF sees of a request. The body can be read again afterwards.
func wafRequest(r *http.Request) (*waf.Request, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, inspectedBytes+1))
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	source := loopback
	if address, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		source = address.Addr()
	}
	return &waf.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header, Body: body, SourceIP: source}, nil
}
