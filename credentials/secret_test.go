package credentials

import (
	"errors"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

func TestSecret_reportsMistakes(t *testing.T) {
	good := document("A-client-secret-of-the-tenant")
	for name, c := range map[string]struct{ old, new, want string }{
		"good":                 {"", "", ""},
		"no JSON":              {good, "plain text", "it is not a JSON object"},
		"a number":             {`"` + clientID + `"`, "1", "it is not a JSON object"},
		"no id":                {`"client_id"`, `"id"`, "client_id is missing or empty"},
		"no client secret":     {`"client_secret"`, `"secret"`, "client_secret is missing or empty"},
		"no URL":               {`"token_url"`, `"url"`, "token_url is missing or empty"},
		"no scope":             {`"scope"`, `"scopes"`, "scope is missing or empty"},
		"a colon in the id":    {`"` + clientID + `"`, `"a:b"`, "client_id is not valid"},
		"a feed in the secret": {"A-client", `A\r\nclient`, "client_secret is not valid"},
		"plain HTTP":           {"https://", "http://", "token_url: use https, or http on loopback, got http://tokens.example.com"},
		"another scheme":       {"https://", "ftp://", "got ftp://"},
		"no host":              {"https://tokens.example.com", "https://", "token_url: has no host"},
		"user information":     {"https://", "https://user:password@", "token_url: has user information"},
		"a fragment":           {"token?client_id", "token#?client_id", "token_url: has a fragment"},
		"loopback":             {"https://tokens.example.com", "http://127.0.0.1:8080", ""},
		"loopback by name":     {"https://tokens.example.com", "http://localhost:8080", ""},
		"loopback, IPv6":       {"https://tokens.example.com", "http://[::1]:8080", ""},
		"loopback's namesake":  {"https://tokens.example.com", "http://localhost.example.com", "use https"},
		"not rotated":          {good, clientsecret.Placeholder, "still has the placeholder"},
	} {
		t.Run(name, func(t *testing.T) {
			// encoding/json writes & as an escape.
			text := strings.Replace(good, c.old, c.new, 1)
			_, err := parseSecret(text)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "A-client") {
				t.Errorf("%v shows the client secret", err)
			}
		})
	}
}

// Fewer scopes are asked for by the URL that the rotation would write for them: it is the key of the gateway's cache.
func TestSecret_narrowsScopes(t *testing.T) {
	const gateway = "https://tokens.example.com/oauth2/token"
	of := func(scopes ...string) string { return clientsecret.TokenURL(gateway, clientID, scopes) }
	if tokenURL != of("orders/write", "orders/read") {
		t.Fatalf("the rotation writes %s, these tests use %s", of("orders/write", "orders/read"), tokenURL)
	}
	for name, c := range map[string]struct {
		scopes []string
		want   string
	}{
		"all by default":     {nil, tokenURL},
		"one":                {[]string{"orders/write"}, of("orders/write")},
		"all, another order": {[]string{"orders/write", "orders/read", "orders/write"}, tokenURL},
		"one that it lacks":  {[]string{"orders/read", "orders/delete"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			s := w.source(t, func(config *Config) { config.Scopes = c.scopes })
			_, err := s.Token()
			if c.want == "" {
				const want = `Config.Scopes has "orders/delete": use some of ["orders/read" "orders/write"]`
				if !errors.Is(err, ErrScope) || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want …%s", err, want)
				}
				w.wantCounts(t, 1, 0)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := w.requests[0].URL.String(); got != c.want {
				t.Errorf("asked %s, want %s", got, c.want)
			}
		})
	}
	// Whatever else the URL has stays, and the scope is there once.
	for given, want := range map[string]string{
		gateway:                              gateway + "?scope=orders%2Fread",
		gateway + "?":                        gateway + "?scope=orders%2Fread",
		gateway + "?sc%6Fpe=a&b=c%20d&scope": gateway + "?b=c%20d&scope=orders%2Fread",
	} {
		got, err := secret{tokenURL: given, scopes: []string{"orders/read"}}.narrow([]string{"orders/read"})
		if err != nil || got.tokenURL != want {
			t.Errorf("%s: got %s, %v, want %s", given, got.tokenURL, err, want)
		}
	}
}
