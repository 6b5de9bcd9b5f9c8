package conformance

import (
	"strings"
	"testing"
	"time"
)

// Reasons name claims, and show nothing of what is in them.
func TestTokenClaims_failForEveryFault(t *testing.T) {
	for name, test := range map[string]struct {
		faults   []fault
		validity time.Duration
		want     Verdict
		reason   string
	}{
		"as documented":        {nil, testValidity, Pass, "tokens are as resource servers expect them, each valid for 1h0m0s"},
		"validity not known":   {nil, 0, Pass, "it was not compared"},
		"another validity":     {nil, 2 * time.Hour, Fail, "exp is 1h0m0s after iat, want the client's validity of 2h0m0s"},
		"keys not known":       {[]fault{keysBlocked}, testValidity, Unknown, "it needs a pass of signing-key"},
		"a user's, keys or no": {[]fault{keysBlocked, usernamePresent}, testValidity, Fail, "it has the claim username, which is for users"},
		"another subject":      {[]fault{subjectOther}, testValidity, Fail, "expect: sub is not the client_id"},
		"another audience":     {[]fault{audienceOther}, testValidity, Fail, "expect: aud is not the client_id"},
		"all at once": {[]fault{subjectMissing, versionText, useID}, testValidity, Fail,
			"sub is not the client_id; version is not the number 2; token_use is not access"},
		"fractions": {[]fault{expiryWithFraction, issuedWithFraction}, testValidity, Fail,
			"expect: exp is no whole number; iat is no whole number"},
		"another algorithm":  {[]fault{lateTokensOtherAlg}, testValidity, Fail, "expect: its alg is not RS256"},
		"an unpublished key": {[]fault{lateTokensOtherKey}, testValidity, Fail, "its kid is none of the 1 keys'"},
		"no token":           {[]fault{wrongOriginValue}, testValidity, Unknown, "it needs a pass of gateway-token"},
	} {
		t.Run(name, func(t *testing.T) {
			target := newDeployment(t, test.faults...).target()
			target.Validity = test.validity
			got := ask(t, target)["token-claims"]
			if got.Verdict != test.want || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("got %s: %s, want %s: …%s…", got.Verdict, got.Reason, test.want, test.reason)
			}
			for _, content := range []string{testClient, "0f2b1c9e-user", "orders.example.com", "orders/read", "unpublished", keyID} {
				if strings.Contains(got.Reason, content) {
					t.Errorf("%s is shown: %s", content, got.Reason)
				}
			}
		})
	}
}
