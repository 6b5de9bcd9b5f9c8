package verify_test

import (
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

// It prints the table of attacks with the reason of each refusal.
func TestVerify_refusesEveryAttack(t *testing.T) {
	issuer := verifytest.NewIssuer(t)
	config := issuer.Config()
	config.CacheSize = 16
	v := newVerifier(t, config)
	good(t, v, issuer)
	refused(t, v, verifytest.Attacks(issuer))
	good(t, v, issuer)
}

// good fails unless a valid token is accepted. Otherwise a table of refusals would prove nothing.
func good(t *testing.T, v *verify.Verifier, issuers ...*verifytest.Issuer) {
	t.Helper()
	for _, i := range issuers {
		if _, err := v.Verify(t.Context(), i.Token(verifytest.Scope), verify.AllScopes(verifytest.Scope)); err != nil {
			t.Fatalf("a valid token of %s is refused: %v", i.URL, err)
		}
	}
}

func refused(t *testing.T, v *verify.Verifier, attacks []verifytest.Attack) {
	t.Helper()
	var table strings.Builder
	names := map[string]bool{}
	for _, attack := range attacks {
		if names[attack.Name] {
			t.Errorf("duplicate attack %q", attack.Name)
		}
		names[attack.Name] = true
		for range 2 { // the second time perhaps from the cache
			_, err := v.Verify(t.Context(), attack.Token, verify.AllScopes(verifytest.Scope))
			if !errors.Is(err, attack.Want) {
				t.Errorf("%s: got %v, want %v", attack.Name, err, attack.Want)
			}
		}
		fmt.Fprintf(&table, "\n%-70s %s", attack.Name, attack.Want)
	}
	t.Logf("%d attacks, all refused:%s", len(names), table.String())
}
