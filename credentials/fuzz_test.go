package credentials

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// Whatever the secret holds, what is accepted makes a request to https or loopback, with credentials that come back out of the header.
func FuzzSecret(f *testing.F) {
	f.Add(document("A-client-secret-of-the-tenant"), "orders/read")
	f.Add(clientsecret.Placeholder, "")
	f.Add(`{"client_id":"a","client_secret":"b:c","token_url":"http://[::1]:1/?scope=a&scope=b","scope":" a  b "}`, "b")
	f.Add(`{"client_id":"a","client_secret":"b","token_url":"https://a\u0000b/","scope":"a"}`, "a")
	f.Fuzz(func(t *testing.T, text, scope string) {
		s, err := parseSecret(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") && strings.ContainsAny(text, "\r\n") {
				t.Errorf("%q breaks the line", err)
			}
			return
		}
		for _, scopes := range [][]string{nil, {scope}} {
			narrowed, err := s.narrow(scopes)
			if err != nil {
				continue
			}
			r, err := http.NewRequest(http.MethodPost, narrowed.tokenURL, nil) //nolint:noctx // it is not sent
			if err != nil {
				t.Fatalf("%q is accepted, and is no URL: %v", narrowed.tokenURL, err)
			}
			if r.URL.Scheme != "https" && !isLoopback(r.URL.Hostname()) {
				t.Errorf("%q is accepted", narrowed.tokenURL)
			}
			r.SetBasicAuth(narrowed.clientID, narrowed.clientSecret.Plaintext())
			if id, value, ok := r.BasicAuth(); !ok || id != s.clientID || value != s.clientSecret.Plaintext() {
				t.Errorf("credentials of %q do not come back", text)
			}
			if scopes == nil {
				continue
			}
			// The rest of the query may already be unparsable.
			if query, _ := url.ParseQuery(r.URL.RawQuery); len(query["scope"]) != 1 || query.Get("scope") != scope {
				t.Errorf("scopes %q of %q, want %q", query["scope"], narrowed.tokenURL, scope)
			}
		}
	})
}

// Whatever the gateway answers, a token that is accepted can be sent in a header, and its time is within bounds.
func FuzzResponse(f *testing.F) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	f.Add(
		[]byte(`{"access_token":"`+jwt(now, time.Hour, 1)+`","expires_in":900,"token_type":"Bearer"}`),
		"Sun, 22 Nov 2026 12:00:00 GMT",
		0.5,
	)
	f.Add([]byte(`{"access_token":"a.e30.c","expires_in":1e300,"token_type":"bearer"}`), "", 0.0)
	f.Add([]byte(`{"access_token":"a.eyJleHAiOjFlMTh9.c","expires_in":"-5","token_type":"BEARER"}`), "5", 0.999)
	f.Add([]byte(`{"error":"invalid_client"}`), "-1", 0.1)
	f.Fuzz(func(t *testing.T, body []byte, header string, random float64) {
		if wait := parseRetryAfter(header, now); wait < 0 || wait > maxRetryAfter {
			t.Errorf("Retry-After %q: %s", header, wait)
		}
		if code := errorCode(body); strings.Trim(code, "abcdefghijklmnopqrstuvwxyz_") != "" || len(code) > 40 {
			t.Errorf("code %q", code)
		}
		r, err := parseResponse(body)
		if err != nil {
			return
		}
		if token := r.token.Plaintext(); token == "" || strings.ContainsAny(token, " \t\r\n\x00\"") {
			t.Errorf("token %q is accepted", token)
		}
		if date, err := http.ParseTime(header); err == nil {
			r.date = date
		}
		if !(random >= 0 && random < 1) {
			random = 0.5
		}
		l := r.lifetimeOf(now, time.Minute, random)
		if l.refresh.Before(now) || l.refresh.After(l.end) || l.end.After(l.expires) || l.expires.After(now.Add(maxLifetime)) {
			t.Errorf("%s: refresh %s, end %s, expires %s", body, l.refresh, l.end, l.expires)
		}
	})
}
