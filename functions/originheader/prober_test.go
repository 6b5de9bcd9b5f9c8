package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

func TestProber_classifiesAnswers(t *testing.T) {
	const (
		passed       = header.Passed
		refused      = header.Refused
		inconclusive = header.Inconclusive
	)
	for _, tt := range []struct {
		name            string
		status          int
		body            string
		domain, gateway header.Outcome
	}{
		{"Cognito's invalid_client", 400, `{"error":"invalid_client"}`, passed, passed},
		{"the same with 401", 401, `{"error":"invalid_client","error_description":"x"}`, passed, passed},
		{"invalid_scope", 400, `{"error":"invalid_scope"}`, passed, passed},
		{"an error that is not OAuth's", 400, `{"error":"bad"}`, inconclusive, inconclusive},
		{"WAF's block with our body", 403, `{"error":"access_denied","error_description":"x"}`, refused, inconclusive},
		{"WAF's own block", 403, `<html>403 Forbidden</html>`, refused, inconclusive},
		{"WAF's block behind the gateway", 503, `{"error":"temporarily_unavailable"}`, inconclusive, refused},
		{"an unavailable server", 503, `<html>`, inconclusive, inconclusive},
		{"throttled", 429, `{"error":"invalid_request"}`, inconclusive, inconclusive},
		{"a server's error with an OAuth body", 500, `{"error":"invalid_client"}`, inconclusive, inconclusive},
		{"HTML with 400", 400, `<html>`, inconclusive, inconclusive},
		{"a token", 200, `{"access_token":"x"}`, inconclusive, inconclusive},
		{"a redirect", 302, ``, inconclusive, inconclusive},
		{"an array", 400, `["invalid_client"]`, inconclusive, inconclusive},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			p := newProber(server.URL, server.URL, "x-origin", slog.New(slog.DiscardHandler))
			if got := p.Domain(context.Background(), header.NewValue()); got != tt.domain {
				t.Errorf("domain: %s, want %s", got, tt.domain)
			}
			if got := p.Gateway(context.Background()); got != tt.gateway {
				t.Errorf("gateway: %s, want %s", got, tt.gateway)
			}
		})
	}
}

func TestProber_isInconclusiveIfUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	p := newProber(server.URL, "", "x-origin", slog.New(slog.DiscardHandler))
	if got := p.Domain(context.Background(), header.NewValue()); got != header.Inconclusive {
		t.Errorf("domain: %s, want inconclusive", got)
	}
	if got := p.Gateway(context.Background()); got != header.Inconclusive {
		t.Errorf("gateway without a URL: %s, want inconclusive", got)
	}
}

// TestProber_sendsMadeUpClient pins what is sent: never twice the same client, so that no cache entry is met or left for anyone.
func TestProber_sendsMadeUpClient(t *testing.T) {
	value := header.NewValue()
	type sent struct {
		header, query, contentType string
		form                       url.Values
		user, password             string
	}
	var requests []sent
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		_ = r.ParseForm()
		requests = append(requests, sent{
			r.Header.Get("x-origin"), r.URL.RawQuery, r.Header.Get("Content-Type"), r.PostForm, user, password,
		})
	}))
	defer server.Close()
	p := newProber(server.URL+"/oauth2/token", server.URL+"/oauth2/token", "x-origin", slog.New(slog.DiscardHandler))
	for range 2 {
		p.Domain(context.Background(), value)
		p.Gateway(context.Background())
	}
	seen := map[string]bool{}
	for i, r := range requests {
		if seen[r.user] || seen[r.password] || len(r.user) != 26 || r.user == r.password {
			t.Errorf("request %d: credentials are not random", i)
		}
		seen[r.user], seen[r.password] = true, true
		if r.contentType != "application/x-www-form-urlencoded" || r.form.Get("grant_type") != "client_credentials" {
			t.Errorf("request %d: not a client credentials request: %s %v", i, r.contentType, r.form)
		}
		wantHeader, wantQuery, wantBodyID := value.Plaintext(), "", r.user
		if i%2 == 1 { // the gateway injects the header itself, and its cache keys are query parameters
			wantHeader, wantQuery, wantBodyID = "", fmt.Sprintf("client_id=%s&scope=probe%%2Fprobe", r.user), ""
		}
		if r.header != wantHeader || r.query != wantQuery || r.form.Get("client_id") != wantBodyID {
			t.Errorf("request %d: header of %d characters, query %q, client_id %q", i, len(r.header), r.query, r.form.Get("client_id"))
		}
	}
}
