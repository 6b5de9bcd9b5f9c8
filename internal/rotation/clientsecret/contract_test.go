package clientsecret

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// TestPlaceholder_neverChanges: another one would overwrite live credentials.
func TestPlaceholder_neverChanges(t *testing.T) {
	if Placeholder != `{"placeholder":true}` {
		t.Errorf("the placeholder is %s", Placeholder)
	}
	if _, err := decode(sensitive.ValueOf(Placeholder)); err == nil {
		t.Error("the placeholder is taken for credentials")
	}
}

// TestScopeDigest_ignoresOrderAndRepetition pins a value: another one in an existing tag would rewrite every tenant's credentials.
func TestScopeDigest_ignoresOrderAndRepetition(t *testing.T) {
	want := ScopeDigest([]string{"orders/read", "orders/write"})
	if want != "ff8eb454897af0a3877b5bf2f36b76ee" {
		t.Errorf("digest %s", want)
	}
	for name, scopes := range map[string][]string{
		"order": {"orders/write", "orders/read"}, "repetition": {"orders/read", "orders/write", "orders/read"},
	} {
		if got := ScopeDigest(scopes); got != want {
			t.Errorf("%s makes a difference: %s, want %s", name, got, want)
		}
	}
	for name, scopes := range map[string][]string{"fewer": {"orders/read"}, "none": nil, "other": {"orders/read", "orders/writ"}} {
		if got := ScopeDigest(scopes); got == want || len(got) != digestLength {
			t.Errorf("%s: digest %s", name, got)
		}
	}
	given := []string{"b", "a"}
	if ScopeDigest(given); given[0] != "b" {
		t.Error("the caller's slice was sorted")
	}
}

func TestTokenURL_encodesForEveryServer(t *testing.T) {
	got := TokenURL("https://gateway.example/oauth2/token", "client+1", []string{"orders/write", "orders/read"})
	if want := "https://gateway.example/oauth2/token?client_id=client%2B1&scope=orders%2Fread%20orders%2Fwrite"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestCredentials_encodeAndDecode pins what tenants read.
func TestCredentials_encodeAndDecode(t *testing.T) {
	c := newCredentials("https://gateway.example/oauth2/token", "client", []string{"b/x", "a/y"})
	c.secret, c.priorIDs = sensitive.ValueOf("value"), []string{"id"}
	text, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(text.Plaintext()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"client_id": "client", "client_secret": "value", "scope": "a/y b/x", "prior_client_secret_ids": []any{"id"},
		"token_url": "https://gateway.example/oauth2/token?client_id=client&scope=a%2Fy%20b%2Fx",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	back, err := decode(text)
	if err != nil || back.clientID != "client" || back.secret != c.secret || back.tokenURL != c.tokenURL ||
		!cmp.Equal(back.scopes, c.scopes) || !cmp.Equal(back.priorIDs, c.priorIDs) {
		t.Errorf("decode is not the inverse of encode: error %v", err)
	}
	c.priorIDs = nil
	if text, _ = c.encode(); !strings.Contains(text.Plaintext(), `"prior_client_secret_ids":[]`) {
		t.Error("without prior ids the member is not an empty array")
	}
}

// TestDecode_quotesNothing: whatever a person stored may be a secret.
func TestDecode_quotesNothing(t *testing.T) {
	for _, text := range []string{
		"", "hunter2", `{"client_id":"x","client_secret":7777}`, `{"client_id":"hunter2"}`, `["hunter2"]`, `{"client_secret":"hunter2"}`,
	} {
		_, err := decode(sensitive.ValueOf(text))
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "7777") {
			t.Errorf("error %v, want one without what was read", err)
		}
	}
}

func TestSettled_roundTrips(t *testing.T) {
	since := virtual.Epoch.Add(90 * time.Second)
	for text, settled := range map[string]Settled{
		"done v2 v1 2026-01-01T00:01:30Z d": {Done: true, CurrentID: "v2", PreviousID: "v1", Since: since, Digest: "d"},
		"grace v2 - 2026-01-01T00:01:30Z d": {CurrentID: "v2", Since: since, Digest: "d"},
	} {
		if got := settled.String(); got != text {
			t.Errorf("tag %q, want %q", got, text)
		}
		if got := ParseSettled(text); got != settled {
			t.Errorf("%q is parsed as %+v, want %+v", text, got, settled)
		}
	}
	for _, text := range []string{
		"", "done", "done v2 v1 yesterday d", "maybe v2 v1 2026-01-01T00:01:30Z d", "done v2 v1 2026-01-01T00:01:30Z d e",
	} {
		if got := ParseSettled(text); got != (Settled{}) {
			t.Errorf("%q is parsed as %+v, want nothing", text, got)
		}
	}
	uuid := strings.Repeat("x", 64) // the longest version id
	long := Settled{CurrentID: uuid, PreviousID: uuid, Digest: strings.Repeat("d", digestLength)}
	if n := len(long.String()); n > 256 {
		t.Errorf("the tag may have %d characters, at most 256 are allowed", n)
	}
}

func TestSettled_holdsForSameState(t *testing.T) {
	state := SecretState{ClientID: "c", Scopes: "s", Versions: map[string]string{LabelCurrent: "v2", LabelPrevious: "v1"}}
	tag := Settled{CurrentID: "v2", PreviousID: "v1", Digest: state.digest("url")}
	if !tag.holds(state, "url") {
		t.Error("the tag does not hold of what it was written for")
	}
	if tag.holds(state, "other") || (Settled{}).holds(SecretState{}, "url") {
		t.Error("the tag holds of another gateway, or no tag holds")
	}
	for name, change := range map[string]func(*SecretState){
		"client": func(s *SecretState) { s.ClientID = "x" }, "scopes": func(s *SecretState) { s.Scopes = "x" },
		"current":  func(s *SecretState) { s.Versions = map[string]string{LabelCurrent: "x", LabelPrevious: "v1"} },
		"previous": func(s *SecretState) { s.Versions = map[string]string{LabelCurrent: "v2"} },
	} {
		changed := state
		change(&changed)
		if tag.holds(changed, "url") {
			t.Errorf("the tag holds of another %s", name)
		}
	}
}
