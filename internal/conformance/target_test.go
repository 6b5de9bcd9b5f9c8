package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

func TestTarget_reportsInvalidFields(t *testing.T) {
	tests := map[string]struct {
		edit func(*Target)
		want []string
	}{
		"nothing given": {func(t *Target) { *t = Target{} }, []string{
			"ClientID is empty", "ClientSecret is empty", "Scopes is empty", "GatewayURL is empty", "CognitoURL is empty"}},
		"plain http":       {func(t *Target) { t.GatewayURL = "http://a.test" }, []string{"GatewayURL is http://a.test: want https"}},
		"no URL":           {func(t *Target) { t.CognitoURL = "auth.example.com" }, []string{"CognitoURL is not a URL"}},
		"a query":          {func(t *Target) { t.GatewayURL += "/oauth2/token?scope=x" }, []string{"GatewayURL has a user, query or fragment"}},
		"a password":       {func(t *Target) { t.GatewayURL = "https://me:secret@host" }, []string{"GatewayURL has a user"}},
		"well-known":       {func(t *Target) { t.WellKnownURL = "http://a.test" }, []string{"WellKnownURL is http://a.test: want https"}},
		"scopes as one":    {func(t *Target) { t.Scopes = []string{"a b"} }, []string{`Scopes[0] is "a b": want one scope`}},
		"same scope twice": {func(t *Target) { t.Scopes = []string{"a", "a"} }, []string{`Scopes[1] is the same as Scopes[0], ["a" "a"]`}},
		"header":           {func(t *Target) { t.HeaderName = "Authorization" }, []string{"HeaderName: "}},
		"default endpoint": {func(t *Target) { t.DefaultEndpoint = "http://a.test" }, []string{"DefaultEndpoint is http://a.test: want https"}},
		"rate":             {func(t *Target) { t.RateLimit = 1_000_000 }, []string{"RateLimit is 1000000: want 1 to 10000 requests"}},
		"TTL":              {func(t *Target) { t.CacheTTL = 2 * time.Hour }, []string{"CacheTTL is 2h0m0s: want 1s to 1h0m0s"}},
		"validity":         {func(t *Target) { t.Validity = time.Minute }, []string{"Validity: ", "or 0 if it is not known"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			target := Target{
				GatewayURL: "https://tokens.example.com", CognitoURL: "https://auth.example.com",
				ClientID: testClient, ClientSecret: sensitive.ValueOf(testSecret), Scopes: []string{"a", "b"},
			}
			test.edit(&target)
			_, err := Run(t.Context(), target)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret@") {
				t.Errorf("%q shows a password", err)
			}
		})
	}
}

func TestEndpoint_appendsPathOnce(t *testing.T) {
	for raw, want := range map[string]string{
		"https://host/v1":               "https://host/v1/oauth2/token",
		"https://host/v1/":              "https://host/v1/oauth2/token",
		"https://host/v1/oauth2/token":  "https://host/v1/oauth2/token",
		"https://host/v1/oauth2/token/": "https://host/v1/oauth2/token",
		"https://host":                  "https://host/oauth2/token",
		"http://127.0.0.1:8080":         "http://127.0.0.1:8080/oauth2/token",
		"http://[::1]:8080":             "http://[::1]:8080/oauth2/token",
		"http://localhost":              "http://localhost/oauth2/token",
	} {
		if got, err := endpoint(raw, tokenPath); got != want || err != nil {
			t.Errorf("%s: got %s and %v, want %s", raw, got, err, want)
		}
	}
}

func TestTarget_neverPrintsSecret(t *testing.T) {
	target := Target{ClientSecret: sensitive.ValueOf(testSecret)}
	secret := target.ClientSecret
	text := fmt.Sprintf("%v %+v %#v %s %q %d %x", target, target, target, secret, secret, secret, secret)
	encoded, err := json.Marshal(map[string]sensitive.Value{"secret": sensitive.ValueOf(testSecret)})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("check", "secret", sensitive.ValueOf(testSecret))
	for _, shown := range []string{text, string(encoded), logged.String()} {
		if strings.Contains(shown, testSecret) || strings.Contains(shown, fmt.Sprintf("%x", testSecret)) || !strings.Contains(shown, redacted) {
			t.Errorf("got %s", shown)
		}
	}
}

// talkative fails every request with an error that shows all of it.
type talkative struct{}

func (talkative) RoundTrip(request *http.Request) (*http.Response, error) {
	return nil, errors.New(fmt.Sprint(request.Header, " eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiIxIn0.c2ln ", testSecret, "\x1b[2J\n"))
}

func TestRun_redactsErrors(t *testing.T) {
	target := newDeployment(t).target()
	target.HTTP = &http.Client{Transport: talkative{}}
	results := ask(t, target)
	assertNothingSecret(t, results)
	reason := results["direct-blocked"].Reason
	if !strings.Contains(reason, "Basic "+redacted) || strings.ContainsAny(reason, "\x1b\n") {
		t.Errorf("got %q", reason)
	}
}

func TestErrorCorrected_removesItsSecret(t *testing.T) {
	d := newDeployment(t)
	ask(t, d.target())
	if len(d.secrets) != 1 {
		t.Errorf("the client has %d secrets afterwards, want the one that it had", len(d.secrets))
	}
}

// clinging is a Corrector that cannot take a secret away.
type clinging struct{ *deployment }

func (c clinging) AddSecret(ctx context.Context, clientID string, secret sensitive.Value) (func(context.Context) error, error) {
	_, err := c.deployment.AddSecret(ctx, clientID, secret)
	return func(context.Context) error { return errors.New("access denied") }, err
}

func TestErrorCorrected_failsIfSecretRemains(t *testing.T) {
	d := newDeployment(t)
	target := d.target()
	target.Corrector = clinging{d}
	got := ask(t, target)["error-corrected"]
	if got.Verdict != Fail || !strings.Contains(got.Reason, "remove it: access denied") {
		t.Errorf("got %s: %s", got.Verdict, got.Reason)
	}
}

func TestTLS_isUnknownOverHTTP(t *testing.T) {
	target := newDeployment(t).target()
	target.GatewayURL = strings.Replace(target.GatewayURL, "https:", "http:", 1)
	if got := ask(t, target)["tls"]; got.Verdict != Unknown {
		t.Errorf("got %s: %s, want unknown", got.Verdict, got.Reason)
	}
}
