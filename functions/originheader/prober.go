package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/originheader"
)

// prober asks the token endpoints over HTTPS. Every probe is by a client that does not exist: the answer is an error, and it is a
// cache entry of its own behind the gateway, so that no real client can ever be served it.
type prober struct {
	client               *http.Client
	domain, gateway, key string // key: the origin header's name
	log                  *slog.Logger
}

var _ originheader.Prober = prober{}

const (
	probeTimeout = 5 * time.Second
	probeScope   = "probe/probe" // the gateway requires one; it need not exist
	maxAnswer    = 64 << 10
)

func newProber(domain, gateway, headerName string, log *slog.Logger) prober {
	client := &http.Client{
		Timeout: probeTimeout,
		// A redirect is no token endpoint's answer, and the header must not travel on.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return prober{client: client, domain: domain, gateway: gateway, key: headerName, log: log}
}

// oauthErrors are the token endpoint's errors: RFC 6749 section 5.2.
var oauthErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
}

// Domain passes only on an answer that Cognito itself must have given.
func (p prober) Domain(ctx context.Context, v originheader.Value) originheader.Outcome {
	id := randomClientID()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}}
	status, code := p.post(ctx, p.domain, id, form, v)
	switch {
	case (status == http.StatusBadRequest || status == http.StatusUnauthorized) && slices.Contains(oauthErrors, code):
		return originheader.Passed
	case status == http.StatusForbidden: // WAF's block, with our body or its own
		return originheader.Refused
	}
	p.log.WarnContext(ctx, "inconclusive probe of the Cognito domain", "status", status)
	return originheader.Inconclusive
}

// Gateway sees WAF's 403 as the gateway maps it.
func (p prober) Gateway(ctx context.Context) originheader.Outcome {
	if p.gateway == "" {
		return originheader.Inconclusive
	}
	id := randomClientID()
	query := url.Values{"scope": {probeScope}, "client_id": {id}}
	status, code := p.post(ctx, p.gateway+"?"+query.Encode(), id, url.Values{"grant_type": {"client_credentials"}}, originheader.Value{})
	switch {
	case (status == http.StatusBadRequest || status == http.StatusUnauthorized) && slices.Contains(oauthErrors, code):
		return originheader.Passed
	case status == http.StatusServiceUnavailable && code == "temporarily_unavailable":
		return originheader.Refused
	}
	p.log.WarnContext(ctx, "inconclusive probe of the gateway", "status", status)
	return originheader.Inconclusive
}

// post returns the status and the error code of the answer; status 0 when there was none.
func (p prober) post(ctx context.Context, endpoint, id string, form url.Values, v originheader.Value) (status int, code string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, ""
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, rand.Text())
	if v != (originheader.Value{}) {
		request.Header.Set(p.key, v.Plaintext())
	}
	response, err := p.client.Do(request)
	if err != nil {
		p.log.WarnContext(ctx, "probe failed", "error", err)
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Error string `json:"error"`
	}
	if json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&answer) != nil {
		return response.StatusCode, ""
	}
	return response.StatusCode, answer.Error
}

// randomClientID looks like Cognito's: 26 lower-case letters and digits.
func randomClientID() string { return strings.ToLower(rand.Text()) }
