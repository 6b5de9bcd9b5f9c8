package conformance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// defaultEndpointClosed proves that a gateway with a domain name of its own has no second way in, around the domain's client certificates: API Gateway
// answers 403 there before it is about any API, so without an error of RFC 6749. The credentials are made up.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
func (r *run) defaultEndpointClosed(ctx context.Context) finding {
	if r.target.DefaultEndpoint == "" {
		return unknown("not asked: the default endpoint's URL is not given")
	}
	q := r.gatewayRequest(r.madeUp(), r.target.Scopes[0])
	q.url = r.target.DefaultEndpoint
	a, err := r.send(ctx, q)
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.status == http.StatusForbidden && a.code == "":
		return pass("answered %v", a)
	case a.status == http.StatusTooManyRequests:
		return unknown("answered %v", a)
	}
	return fail("answered %v by the API, want API Gateway's own 403: set disableExecuteApiEndpoint", a)
}

// clientCertificateRequired proves that a client without a certificate gets no answer of the API. The credentials are made up: where no certificate is
// asked for, Cognito refuses them.
func (r *run) clientCertificateRequired(ctx context.Context) finding {
	if r.first == nil {
		return needs("gateway-token")
	}
	transport, err := r.transport()
	if err != nil {
		return unknown("%v", err)
	}
	defer transport.CloseIdleConnections()
	if transport.TLSClientConfig == nil || len(transport.TLSClientConfig.Certificates) == 0 {
		return unknown("not asked: no client certificate is given")
	}
	transport.TLSClientConfig.Certificates = nil
	bare := *r.target.HTTP
	bare.Transport = transport
	a, err := r.sendOnce(ctx, &bare, r.gatewayRequest(r.madeUp(), r.target.Scopes[0]))
	switch {
	case err != nil && refusedConnection(err):
		return pass("the connection is refused without one")
	case err != nil:
		return unknown("%v", err)
	case a.status == http.StatusForbidden && a.code == "":
		return pass("answered %v without one", a)
	}
	return fail("answered %v without one: the domain asks for no client certificate", a)
}

// refusedConnection says whether a server ended the connection, which with a certificate it had kept.
func refusedConnection(err error) bool {
	return strings.Contains(err.Error(), "tls: ") || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
}

// transport is a copy of the target's.
func (r *run) transport() (*http.Transport, error) {
	base := r.target.HTTP.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	transport, ok := base.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("the transport is a %T, want *http.Transport", base)
	}
	transport = transport.Clone()
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return transport, nil
}

// getRefused proves that credentials are served in no request that proxies and browsers log, keep or repeat by themselves.
func (r *run) getRefused(ctx context.Context) finding {
	q := r.gatewayRequest(r.madeUp(), r.target.Scopes[0])
	q.method = http.MethodGet
	a, err := r.send(ctx, q)
	switch {
	case err != nil:
		return unknown("%v", err)
	case a.status == http.StatusTooManyRequests:
		return unknown("answered %v", a)
	case a.code == "invalid_request" && (a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotFound || a.status == http.StatusForbidden):
		return pass("answered %v", a)
	}
	return fail("answered %v, want 405, 404 or 403 with invalid_request", a)
}

// rateLimited proves that a client which asks too often is told when to come back, in the JSON that token clients parse. It asks as the real client, whose
// answers are in the cache, so that the burst costs nothing and reaches nobody behind it; the client is refused until the rate's window is over. The
// stage's own throttle names no time: it is waited out.
func (r *run) rateLimited(ctx context.Context) finding {
	switch {
	case r.target.RateLimit == 0:
		return unknown("not asked: no number of requests is given")
	case !r.cached:
		return needs("cached")
	}
	throttled := 0
	for sent := 1; sent <= r.target.RateLimit; sent++ {
		a, err := r.sendOnce(ctx, r.target.HTTP, r.gatewayRequest(r.client(), r.target.Scopes[0]))
		switch {
		case err != nil:
			return unknown("request %d: %v", sent, err)
		case a.status == http.StatusOK:
		case a.status != http.StatusTooManyRequests:
			return fail("request %d is answered %v, want 200 or 429", sent, a)
		case a.code == "":
			return fail("request %d is answered 429 without an error of RFC 6749", sent)
		case a.header.Get("Retry-After") != "":
			return pass("request %d is answered %v with Retry-After", sent, a)
		default:
			throttled++
			if err := r.wait(ctx, time.Second); err != nil {
				return unknown("request %d: %v", sent, err)
			}
		}
	}
	if throttled > 0 {
		return fail("of %d requests %d are answered 429, none with Retry-After", r.target.RateLimit, throttled)
	}
	return fail("none of %d requests is answered 429: want a rate limit below that number", r.target.RateLimit)
}
