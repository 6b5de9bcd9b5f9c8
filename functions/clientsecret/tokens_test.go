package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/tokenendpoint"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

func tokensAt(endpoint string, header func(context.Context) (sensitive.Value, error)) *tokens {
	return &tokens{
		endpoint: endpoint, client: tokenendpoint.New("x-origin"), log: slog.New(slog.DiscardHandler), now: time.Now, header: header,
	}
}

func fixedHeader(context.Context) (sensitive.Value, error) {
	return sensitive.ValueOf("header value"), nil
}

func TestTokens_classifyAnswers(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   clientsecret.Outcome
	}{
		{"a token", 200, `{"access_token":"x","expires_in":3600,"token_type":"Bearer"}`, clientsecret.Authenticated},
		{"200 without a token", 200, `{}`, clientsecret.Inconclusive},
		{"a token with an error's status", 400, `{"access_token":"x"}`, clientsecret.Inconclusive},
		{"invalid_client", 400, `{"error":"invalid_client"}`, clientsecret.Denied},
		{"the same with 401", 401, `{"error":"invalid_client","error_description":"x"}`, clientsecret.Denied},
		{"the same from something else", 500, `{"error":"invalid_client"}`, clientsecret.Inconclusive},
		{"invalid_scope", 400, `{"error":"invalid_scope"}`, clientsecret.Inconclusive},
		{"invalid_grant", 400, `{"error":"invalid_grant"}`, clientsecret.Inconclusive},
		{"WAF's block", 403, `<html>403 Forbidden</html>`, clientsecret.Inconclusive},
		{"WAF's block with a misleading body", 403, `{"error":"invalid_client"}`, clientsecret.Inconclusive},
		{"throttled", 429, `{"error":"invalid_client"}`, clientsecret.Inconclusive},
		{"a redirect", 302, ``, clientsecret.Inconclusive},
		{"HTML", 200, `<html>`, clientsecret.Inconclusive},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			tokens := tokensAt(server.URL, fixedHeader)
			if got := tokens.Authenticate(t.Context(), "client", sensitive.Random(), "a/b"); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if got := tokens.Reach(t.Context()); got != tt.want {
				t.Errorf("reach: %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTokens_areInconclusiveIfUnreachable(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	if got := tokensAt(server.URL, fixedHeader).Authenticate(t.Context(), "client", sensitive.Random(), ""); got != clientsecret.Inconclusive {
		t.Errorf("%s, want inconclusive", got)
	}
	noHeader := func(context.Context) (sensitive.Value, error) { return sensitive.Value{}, errors.New("denied") }
	if got := tokensAt(server.URL, noHeader).Reach(t.Context()); got != clientsecret.Inconclusive {
		t.Errorf("without the header's value: %s, want inconclusive", got)
	}
}

// TestTokens_sendClientAndOriginHeader pins what is sent, and that the origin header's value is read again after a while.
func TestTokens_sendClientAndOriginHeader(t *testing.T) {
	type sent struct {
		header, user, password, contentType string
		form                                url.Values
	}
	var got []sent
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		_ = r.ParseForm()
		got = append(got, sent{r.Header.Get("x-origin"), user, password, r.Header.Get("Content-Type"), r.PostForm})
	}))
	defer server.Close()
	now, reads := time.Unix(1_800_000_000, 0), 0
	values := []string{"first", "second"}
	tokens := tokensAt(server.URL, func(context.Context) (sensitive.Value, error) {
		reads++
		return sensitive.ValueOf(values[reads-1]), nil
	})
	tokens.now = func() time.Time { return now }
	tokens.Authenticate(t.Context(), "client", sensitive.ValueOf("secret"), "orders/read")
	tokens.Authenticate(t.Context(), "client", sensitive.ValueOf("secret"), "")
	now = now.Add(headerAge)
	tokens.Reach(t.Context())

	form := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	const formType = "application/x-www-form-urlencoded"
	nobody := got[2]
	want := []sent{
		{"first", "client", "secret", formType, form("client_id", "client", "scope", "orders/read")},
		{"first", "client", "secret", formType, form("client_id", "client")},
		{"second", nobody.user, nobody.password, formType, form("client_id", nobody.user)},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sent{})); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if len(nobody.user) != 26 || len(nobody.password) < 24 {
		t.Errorf("the client that does not exist is %q with a secret of %d characters", nobody.user, len(nobody.password))
	}
}

// TestTokens_readOriginHeaderAgainAfterRefusal: the header may have rotated since it was read.
func TestTokens_readOriginHeaderAgainAfterRefusal(t *testing.T) {
	accepted, stored, reads := "first", "first", 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("x-origin") != accepted {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"access_token":"x"}`)
	}))
	defer server.Close()
	tokens := tokensAt(server.URL, func(context.Context) (sensitive.Value, error) {
		reads++
		return sensitive.ValueOf(stored), nil
	})
	check := func(when string, want clientsecret.Outcome, wantReads int) {
		t.Helper()
		reads = 0
		if got := tokens.Authenticate(t.Context(), "client", sensitive.Random(), "a/b"); got != want || reads != wantReads {
			t.Errorf("%s: %s after %d reads, want %s after %d", when, got, reads, want, wantReads)
		}
	}
	check("at first", clientsecret.Authenticated, 1)
	check("soon after", clientsecret.Authenticated, 0)
	accepted, stored = "second", "second"
	check("after the header's rotation", clientsecret.Authenticated, 1)
	accepted = "third"
	check("when the current value is refused", clientsecret.Inconclusive, 1)
}
