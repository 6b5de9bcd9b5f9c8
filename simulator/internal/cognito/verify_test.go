package cognito_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

func TestPoolVerify_acceptsOnlyItsOwnTokens(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	p, other := newPool(t, cognito.Config{Clock: clock}), newPool(t, cognito.Config{Clock: clock})
	token := func(p *cognito.Pool, path string) string {
		id, secret := addClient(t, p, path, "orders/read")
		return issue(t, p, request("", "grant_type=client_credentials", basic(id, secret))).AccessToken
	}
	good, foreign := token(p, "stack/A"), token(other, "stack/A")
	parts, strangers := strings.Split(good, "."), strings.Split(foreign, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(part(t, good, 0)), "RS256", "none", 1)))
	for name, text := range map[string]string{
		"of another pool": foreign, "with another payload": parts[0] + "." + strangers[1] + "." + parts[2],
		"with another signature": parts[0] + "." + parts[1] + "." + strangers[2], "with the other header": strangers[0] + "." + parts[1] + "." +
			parts[2],
		"without a signature": parts[0] + "." + parts[1] + ".", "with alg none": none + "." + parts[1] + "." + parts[2],
		"of two parts": parts[0] + "." + parts[1], "of four parts": good + ".", "empty": "", "not encoded": "!.!.!",
	} {
		if claims, err := p.Verify(text); err == nil {
			t.Errorf("a token %s was accepted: %v", name, claims)
		}
	}
	if claims, err := p.Verify(good); err != nil || claims["scope"] != "orders/read" {
		t.Errorf("its own token: got %v, %v", claims, err)
	}
	now = now.Add(90 * time.Minute)
	if _, err := p.Verify(good); err == nil {
		t.Error("an expired token was accepted")
	}
}
