package conformance

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
)

// tlsVersion proves that both endpoints use TLS 1.2 or later, and that the gateway refuses clients that offer older versions only.
func (r *run) tlsVersion(ctx context.Context) finding {
	var seen []string
	for _, e := range []struct{ name, url string }{{"the gateway", r.target.GatewayURL}, {"Cognito", r.target.CognitoURL}} {
		if strings.HasPrefix(e.url, "http:") {
			return unknown("%s's URL is http, on loopback", e.name)
		}
		state := r.tls[e.url]
		if state == nil {
			return unknown("%s never answered", e.name)
		}
		version := tls.VersionName(state.Version)
		if state.Version < tls.VersionTLS12 {
			return fail("%s uses %s, want TLS 1.2 or later", e.name, version)
		}
		seen = append(seen, fmt.Sprintf("%s with %s", version, e.name))
	}
	outcome := strings.Join(seen, ", ")
	switch err := r.askOldTLS(ctx); {
	case err == nil:
		return fail("%s, but the gateway also accepts TLS 1.1 or earlier: give the API a security policy that does not", outcome)
	case strings.Contains(err.Error(), "tls:"):
		return pass("%s; the gateway refuses TLS 1.1", outcome)
	default:
		return unknown("%s; whether the gateway refuses TLS 1.1 could not be tested: %v", outcome, err)
	}
}

// askOldTLS returns nil if the gateway agrees to TLS 1.1 or 1.0. It sends no credentials.
func (r *run) askOldTLS(ctx context.Context) error {
	transport, err := r.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	transport.TLSClientConfig.MinVersion, transport.TLSClientConfig.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, r.target.GatewayURL, http.NoBody)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
