package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/tokenendpoint"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// prober asks the token endpoints over HTTPS. Each probe names a client that does not exist: the answer is an error, and the gateway caches
// it under a key that no real client uses.
type prober struct {
	client          tokenendpoint.Client
	domain, gateway string
	log             *slog.Logger
}

var _ header.Prober = prober{}

// probeScope does not exist. The gateway requires a scope.
const probeScope = "probe/probe"

func newProber(domain, gateway, headerName string, log *slog.Logger) prober {
	return prober{client: tokenendpoint.New(headerName), domain: domain, gateway: gateway, log: log}
}

// Domain returns Passed only for an answer that Cognito itself must have given.
func (p prober) Domain(ctx context.Context, v header.Value) header.Outcome {
	id, secret := tokenendpoint.Nobody()
	answer, err := p.client.Post(ctx, p.domain, id, secret, v.Value, url.Values{"client_id": {id}})
	switch {
	case answer.IsError():
		return header.Passed
	case answer.Status == http.StatusForbidden: // WAF's block, with our body or its own
		return header.Refused
	}
	p.log.WarnContext(ctx, "inconclusive probe of the Cognito domain", "status", answer.Status, "error", err)
	return header.Inconclusive
}

// Gateway recognizes WAF's 403 by the answer to which the gateway maps it.
func (p prober) Gateway(ctx context.Context) header.Outcome {
	if p.gateway == "" {
		return header.Inconclusive
	}
	id, secret := tokenendpoint.Nobody()
	query := url.Values{"scope": {probeScope}, "client_id": {id}}
	answer, err := p.client.Post(ctx, p.gateway+"?"+query.Encode(), id, secret, header.Value{}.Value, url.Values{})
	switch {
	case answer.IsError():
		return header.Passed
	case answer.Status == http.StatusServiceUnavailable && answer.Error == "temporarily_unavailable":
		return header.Refused
	}
	p.log.WarnContext(ctx, "inconclusive probe of the gateway", "status", answer.Status, "error", err)
	return header.Inconclusive
}
