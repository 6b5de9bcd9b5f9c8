package main

import (
	"context"
	"net/http"
	"testing"

	"golang.org/x/oauth2"
)

// A refusal has the challenge of RFC 6750 section 3.
func TestRefusals_haveAChallenge(t *testing.T) {
	s := newSystem(t, right.credentials)
	config, err := (&traffic{system: s}).read(s.secret(t, "audit"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, s.client)
	token, err := config.Token(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		method, authorization string
		status                int
		challenge             string
	}{
		"no token":     {http.MethodGet, "", http.StatusUnauthorized, `Bearer realm="orders"`},
		"a broken one": {http.MethodGet, "Bearer x" + token.AccessToken, http.StatusUnauthorized, `Bearer realm="orders"`},
		"no scope": {http.MethodPut, "Bearer " + token.AccessToken, http.StatusForbidden,
			`Bearer realm="orders", error="insufficient_scope"`},
	} {
		path := "/tenants/billing/orders"
		if test.method == http.MethodPut {
			path += "/1"
		}
		request, err := http.NewRequestWithContext(ctx, test.method, s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if test.authorization != "" {
			request.Header.Set("Authorization", test.authorization)
		}
		answer, err := s.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if got := answer.Header.Get("WWW-Authenticate"); answer.StatusCode != test.status || got != test.challenge {
			t.Errorf("%s: got %d, %s, want %d, %s", name, answer.StatusCode, got, test.status, test.challenge)
		}
	}
}
