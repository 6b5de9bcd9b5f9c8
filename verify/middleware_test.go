package verify_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// serve sends a request with these Authorization headers to a handler that requires the scope orders/read.
func serve(t *testing.T, v *verify.Verifier, authorization ...string) (*httptest.ResponseRecorder, *verify.Token) {
	t.Helper()
	var got *verify.Token
	handler := v.Middleware(verify.AllScopes("orders/read"))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		token, ok := verify.FromContext(r.Context())
		tenant, hasTenant := verify.TenantFromContext(r.Context())
		client, hasClient := verify.ClientFromContext(r.Context())
		scopes, hasScopes := verify.ScopesFromContext(r.Context())
		if !ok || !hasTenant || !hasClient || !hasScopes ||
			tenant != token.Tenant || client != token.ClientID || !slices.Equal(scopes, token.Scopes) {
			t.Errorf("the context has %+v, %q, %q, %q", token, tenant, client, scopes)
		}
		got = token
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.Header["Authorization"] = authorization
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w, got
}

func TestMiddleware_answersAsRFC6750(t *testing.T) {
	s := newStage(t)
	s.config.Realm = "orders"
	v := newVerifier(t, s.config)
	good, other := s.Token("orders/read", "orders/write"), s.Token("orders/write")
	forged := verifytest.NewKey(t).SignRaw(`{"alg":"RS256","kid":"`+s.Key().ID+`"}`, marshal(t, s.Claims()))
	const bare = `Bearer realm="orders"`
	const invalid = bare + `, error="invalid_token", error_description="`
	const scope = bare + `, error="insufficient_scope", error_description="the token lacks a scope that is required here", ` +
		`scope="orders/read"`
	const request = bare + `, error="invalid_request", error_description="the Authorization header is not a single bearer token"`
	for _, c := range []struct {
		name          string
		authorization []string
		status        int
		challenge     string
	}{
		{"good", []string{"Bearer " + good}, 200, ""},
		{"scheme in lower case", []string{"bearer " + good}, 200, ""},
		{"several spaces", []string{"BEARER   " + good}, 200, ""},
		{"no header", nil, 401, bare},
		{"empty header", []string{""}, 401, bare},
		{"another scheme", []string{"Basic dXNlcjpwYXNz"}, 401, bare},
		{"the token alone", []string{good}, 401, bare},
		{"scheme alone", []string{"Bearer"}, 400, request},
		{"scheme and a space", []string{"Bearer "}, 400, request},
		{"two headers", []string{"Bearer " + good, "Bearer " + good}, 400, request},
		{"two tokens", []string{"Bearer " + good + " " + good}, 400, request},
		{"two in one header", []string{"Bearer " + good + ", Bearer " + good}, 400, request},
		{"quotes", []string{`Bearer "` + good + `"`}, 400, request},
		{"no token", []string{"Bearer token"}, 401,
			bare + `, error="invalid_token", error_description="the token does not have three parts"`},
		{"another key", []string{"Bearer " + forged}, 401, invalid + `the issuer's key did not sign this token"`},
		{"scope missing", []string{"Bearer " + other}, 403, scope},
	} {
		response, token := serve(t, v, c.authorization...)
		if got := response.Header().Get("WWW-Authenticate"); response.Code != c.status || got != c.challenge {
			t.Errorf("%s: %d with the challenge\n\t%s\nwant %d with\n\t%s", c.name, response.Code, got, c.status, c.challenge)
		}
		if (token != nil) != (c.status == 200) {
			t.Errorf("%s: the handler was called with %+v", c.name, token)
		}
		if c.status != 200 && response.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q, want no-store", c.name, response.Header().Get("Cache-Control"))
		}
		if strings.Contains(response.Body.String(), good) || strings.Contains(response.Header().Get("WWW-Authenticate"), good) {
			t.Errorf("%s: the answer has the token", c.name)
		}
	}
}

func TestMiddleware_answers503WithoutKeys(t *testing.T) {
	s := newStage(t)
	s.Fail(true)
	response, _ := serve(t, newVerifier(t, s.config), "Bearer "+s.Token("orders/read"))
	header := response.Header()
	if response.Code != http.StatusServiceUnavailable || header.Get("Retry-After") != "5" || header.Get("WWW-Authenticate") != "" {
		t.Errorf("got %d, Retry-After %q, challenge %q, want 503 with Retry-After 5 and no challenge: the token may be good", response.Code,
			response.Header().Get("Retry-After"), response.Header().Get("WWW-Authenticate"))
	}
}

// TestMiddleware_refusesEveryAttack sends the table of attacks over HTTP.
func TestMiddleware_refusesEveryAttack(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	v := newVerifier(t, issuer.Config())
	if response, _ := serve(t, v, "Bearer "+issuer.Token(verifytest.Scope)); response.Code != 200 {
		t.Fatalf("a good token gets %d, so the table would say nothing", response.Code)
	}
	for _, attack := range verifytest.Attacks(issuer) {
		if !attack.InHeader() {
			continue
		}
		response, token := serve(t, v, "Bearer "+attack.Token)
		want := []int{400, 401}
		if errors.Is(attack.Want, verify.ErrScope) {
			want = []int{403}
		}
		if !slices.Contains(want, response.Code) || token != nil {
			t.Errorf("%s: got %d, want one of %d", attack.Name, response.Code, want)
		}
	}
}
