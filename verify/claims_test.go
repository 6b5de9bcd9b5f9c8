package verify_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func TestVerify_returnsTheToken(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	claims := s.Claims("orders/read", "orders/write")
	got, err := v.Verify(t.Context(), s.Sign(claims))
	if err != nil {
		t.Fatal(err)
	}
	now := s.clock.now()
	if got.ClientID != verifytest.ClientID || got.Tenant != verifytest.Tenant ||
		!slices.Equal(got.Scopes, []string{"orders/read", "orders/write"}) || got.ID != claims["jti"] ||
		got.Issuer != verifytest.IssuerURL ||
		!got.IssuedAt.Equal(now) || !got.ExpiresAt.Equal(now.Add(time.Hour)) || got.Version != 2 {
		t.Errorf("got %+v of %v", got, claims)
	}
	if !got.HasScope("orders/read") || got.HasScope("orders") || got.HasScope("") {
		t.Errorf("HasScope is wrong about %q", got.Scopes)
	}
}

// TestVerify_acceptsUnusualTokens has tokens that are unusual, but such as Cognito may issue.
func TestVerify_acceptsUnusualTokens(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	now := s.clock.now().Unix()
	for name, changes := range map[string]map[string]any{
		"claims of a pre token generation trigger": {
			"custom": map[string]any{"a": []any{1, "]", "\\\"", nil}}, "é": "ü", "cognito:groups": []string{"a"},
		},
		"aud as such a trigger may add it": {"aud": verifytest.ClientID},
		"nbf":                              {"nbf": now},
		"valid for a day":                  {"exp": now + 86400},
		"expired within the leeway":        {"iat": now - 3600, "exp": now - 4},
		"issued by a clock that is ahead":  {"iat": now + 5, "nbf": now + 5},
		"no jti":                           {"jti": nil},
		"no scope":                         {"scope": nil},
	} {
		_, err := v.Verify(t.Context(), s.Sign(changed(s.Claims("orders/read"), changes)))
		want(t, name, err, nil)
	}
	for name, payload := range map[string]string{"with spaces": " {\n", "escaped": `{"cust\u006fm":"\ud83d\ude00",`} {
		_, err := v.Verify(t.Context(), s.SignPayload(payload+strings.TrimPrefix(marshal(t, s.Claims()), "{")))
		want(t, name, err, nil)
	}
	key := s.Key()
	for _, header := range []string{
		`{"alg":"RS256","kid":"` + key.ID + `","typ":"JWT"}`, ` { "alg" : "RS256" , "kid" : "` + key.ID + `", "new" : {} } `,
	} {
		_, err := v.Verify(t.Context(), key.SignRaw(header, marshal(t, s.Claims())))
		want(t, header, err, nil)
	}
}

func TestAudience_isExact(t *testing.T) {
	s := newStage(t)
	s.config.Audience = "https://orders.example"
	v := newVerifier(t, s.config)
	for _, c := range []struct {
		audience any
		want     error
	}{
		{"https://orders.example", nil}, {nil, verify.ErrClient}, {verifytest.ClientID, verify.ErrClient},
		{"https://orders.example/", verify.ErrClient}, {[]string{"https://orders.example"}, verify.ErrClient},
	} {
		_, err := v.Verify(t.Context(), s.Sign(changed(s.Claims(), map[string]any{"aud": c.audience})))
		want(t, marshal(t, c.audience), err, c.want)
	}
}

func TestClients_decideAboutTenants(t *testing.T) {
	s := newStage(t)
	token := s.Token()
	for _, c := range []struct {
		name    string
		clients map[string]string
		ask     func(context.Context, string, string) (string, bool)
		tenant  string
		want    error
	}{
		{"everybody", nil, nil, verifytest.ClientID, nil},
		{"nobody", map[string]string{}, nil, "", verify.ErrClient},
		{"listed", map[string]string{verifytest.ClientID: "sales"}, nil, "sales", nil},
		{"listed by the tenant, not the client", map[string]string{"sales": verifytest.ClientID}, nil, "", verify.ErrClient},
		{"asked", nil, func(_ context.Context, issuer, id string) (string, bool) {
			return id + " of " + issuer, true
		}, verifytest.ClientID + " of " + verifytest.IssuerURL, nil},
		{"asked, in vain", nil, func(context.Context, string, string) (string, bool) { return "sales", false }, "", verify.ErrClient},
	} {
		s.config.Clients, s.config.Tenant = c.clients, c.ask
		got, err := newVerifier(t, s.config).Verify(t.Context(), token)
		want(t, c.name, err, c.want)
		if err == nil && got.Tenant != c.tenant {
			t.Errorf("%s: tenant %q, want %q", c.name, got.Tenant, c.tenant)
		}
	}
}

func TestRequirement_needsItsScopes(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	token := s.Token("a/r", "a/w")
	for _, c := range []struct {
		name     string
		required []verify.Requirement
		missing  []string // nil: met
	}{
		{"none", nil, nil},
		{"all of one", []verify.Requirement{verify.AllScopes("a/r")}, nil},
		{"all of both", []verify.Requirement{verify.AllScopes("a/w", "a/r")}, nil},
		{"all with another", []verify.Requirement{verify.AllScopes("a/r", "b/r")}, []string{"a/r", "b/r"}},
		{"any with another", []verify.Requirement{verify.AnyScope("b/r", "a/r")}, nil},
		{"any of others", []verify.Requirement{verify.AnyScope("b/r", "b/w")}, []string{"b/r", "b/w"}},
		{"two, of which one is not met", []verify.Requirement{verify.AnyScope("a/r"), verify.AllScopes("b/r")}, []string{"b/r"}},
		{"all of nothing", []verify.Requirement{verify.AllScopes()}, []string{}},
		{"any of nothing", []verify.Requirement{verify.AnyScope()}, []string{}},
		{"zero", []verify.Requirement{{}}, []string{}},
		{"two in one text", []verify.Requirement{verify.AllScopes("a/r a/w")}, []string{"a/r a/w"}},
	} {
		_, err := v.Verify(t.Context(), token, c.required...)
		var e *verify.Error
		switch {
		case c.missing == nil:
			want(t, c.name, err, nil)
		case !errors.As(err, &e) || e.Reason != verify.ErrScope || !slices.Equal(e.Required, c.missing):
			t.Errorf("%s: got %#v, want ErrScope with %q", c.name, err, c.missing)
		}
	}
}

func TestObserver_getsEachVerification(t *testing.T) {
	s := newStage(t)
	var events []verify.Event
	s.config.Observer = func(e verify.Event) { events = append(events, e) }
	v := newVerifier(t, s.config)
	_, _ = v.Verify(t.Context(), s.Token())
	_, _ = v.Verify(t.Context(), s.Sign(changed(s.Claims(), map[string]any{"iss": "other"})))
	if len(events) != 2 || events[0].Duration <= 0 {
		t.Fatalf("got %+v, want two", events)
	}
	accepted := verify.Event{Tenant: verifytest.Tenant, Issuer: verifytest.IssuerURL, Duration: events[0].Duration}
	refused := verify.Event{Reason: verify.ErrIssuer, Duration: events[1].Duration}
	if events[0] != accepted || events[1] != refused {
		t.Errorf("got %+v, want %+v and %+v", events, accepted, refused)
	}
}

// TestError_isSafeToShow sends what must not come back: error texts are fixed.
func TestError_isSafeToShow(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	v := newVerifier(t, issuer.Config())
	for _, attack := range verifytest.Attacks(issuer) {
		_, err := v.Verify(t.Context(), attack.Token, verify.AllScopes(verifytest.Scope))
		var e *verify.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %T is no *verify.Error", attack.Name, err)
		}
		if len(e.Detail) > 100 || strings.ContainsFunc(e.Detail, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
			t.Errorf("%s: %q is no error_description", attack.Name, e.Detail)
		}
		for part := range strings.SplitSeq(attack.Token, ".") {
			if len(part) > 8 && strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q has a part of the token", attack.Name, err)
			}
		}
	}
}
