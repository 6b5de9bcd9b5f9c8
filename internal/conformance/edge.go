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

// defaultEndpointClosed proves that a gateway with a domain name of its own has no second entrance that bypasses the domain's client
// certificates: API Gateway then answers 403 before it selects an API, so without an error of RFC 6749. The credentials are made up.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
func (r *run) defaultEndpointClosed(ctx context.Context) finding {
	if r.target.DefaultEndpoint == "" {
		return unknown("not asked: the default endpoint's URL is not set")
	}
	q := r.gatewayRequest(r.madeUp())
	q.url = r.target.DefaultEndpoint
	a := r.send(ctx, q)
	if a.status == http.StatusForbidden && a.code == "" {
		return pass("answered %v", a)
	}
	return fail("answered %v by the API, want API Gateway's own 403: set disableExecuteApiEndpoint", a)
}

// clientCertificateRequired proves that a client without a certificate gets no answer from the API. The credentials are made up: Cognito
// refuses them if the domain requires no certificate.
func (r *run) clientCertificateRequired(ctx context.Context) finding {
	transport, err := r.transport()
	if err != nil {
		return unknown("%v", err)
	}
	defer transport.CloseIdleConnections()
	if len(transport.TLSClientConfig.Certificates) == 0 {
		return unknown("not asked: no client certificate is set")
	}
	transport.TLSClientConfig.Certificates = nil
	bare := *r.target.HTTP
	bare.Transport = transport
	a, err := r.sendOnce(ctx, &bare, r.gatewayRequest(r.madeUp()))
	switch {
	case err != nil && closedByServer(err):
		return pass("the connection is refused without one")
	case err != nil:
		return unknown("%v", err)
	case a.status == http.StatusForbidden && a.code == "":
		return pass("answered %v without one", a)
	}
	return fail("answered %v without one: the domain requires no client certificate", a)
}

// closedByServer reports whether the server ended the connection.
func closedByServer(err error) bool {
	return strings.Contains(err.Error(), "tls: ") || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF)
}

// transport returns a copy of the target's transport.
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

// getRefused proves that no token is issued for a GET, which proxies and browsers log, cache and repeat.
func (r *run) getRefused(ctx context.Context) finding {
	q := r.gatewayRequest(r.madeUp())
	q.method = http.MethodGet
	a := r.send(ctx, q)
	switch a.status {
	case http.StatusMethodNotAllowed, http.StatusNotFound, http.StatusForbidden:
		if a.code == "invalid_request" {
			return pass("answered %v", a)
		}
	}
	return fail("answered %v, want 405, 404 or 403 with invalid_request", a)
}

// rateLimited proves that a client above its rate limit is told when to try again, in the JSON that token clients parse. It uses the real
// client, whose answers are in the cache, so that the burst costs nothing and does not reach Cognito. The client is refused until the
// limit's window ends. Answers of the stage's own throttle have no Retry-After: the question waits and goes on.
func (r *run) rateLimited(ctx context.Context) finding {
	if r.target.RateLimit == 0 {
		return unknown("not asked: the number of requests is not set")
	}
	throttled := 0
	for sent := 1; sent <= r.target.RateLimit; sent++ {
		a, err := r.sendOnce(ctx, r.target.HTTP, r.gatewayRequest(r.client()))
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
