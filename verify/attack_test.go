package verify_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func newVerifier(t testing.TB, c verify.Config) *verify.Verifier {
	t.Helper()
	v, err := verify.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAttacks prints the table of attacks with the reason for which each is refused.
func TestAttacks(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	config := issuer.Config()
	config.CacheSize = 16
	v := newVerifier(t, config)
	required := verify.AllScopes(verifytest.Scope)
	if _, err := v.Verify(t.Context(), issuer.Token(verifytest.Scope), required); err != nil {
		t.Fatalf("a good token is refused, so the table would say nothing: %v", err)
	}
	var table strings.Builder
	names := map[string]bool{}
	for _, attack := range verifytest.Attacks(issuer) {
		if names[attack.Name] {
			t.Errorf("attack %q is there twice", attack.Name)
		}
		names[attack.Name] = true
		for range 2 { // What is refused must not be accepted the second time, from the cache.
			_, err := v.Verify(context.Background(), attack.Token, required)
			if !errors.Is(err, attack.Want) {
				t.Errorf("%s: got %v, want %v", attack.Name, err, attack.Want)
			}
		}
		fmt.Fprintf(&table, "\n%-70s %s", attack.Name, attack.Want)
	}
	t.Logf("%d attacks, all refused:%s", len(names), table.String())
}
