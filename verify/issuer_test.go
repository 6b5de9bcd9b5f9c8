package verify_test

import (
	"context"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// newIssuers returns a stage whose verifier accepts two more issuers: the other issuer type of its user pool, and another user pool.
func newIssuers(t *testing.T) (s *stage, updated, pool *verifytest.Issuer) {
	t.Helper()
	s = newStage(t)
	updated, pool = verifytest.NewIssuer(t), verifytest.NewIssuer(t)
	updated.URL, pool.URL = verify.UpdatedIssuer(verifytest.UserPoolID).URL, verify.OriginalIssuer("us-east-1_AnotherPool").URL
	updated.Now, pool.Now = s.Now, s.Now
	s.config.Issuers = append(s.config.Issuers, updated.Entry(), pool.Entry())
	return s, updated, pool
}

func TestIssuers_areThoseOfUserPools(t *testing.T) {
	for want, got := range map[string]verify.Issuer{
		"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI":                verify.OriginalIssuer("eu-west-1_AbCdEfGhI"),
		"https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbCdEfGhI": verify.UpdatedIssuer("us-gov-west-1_AbCdEfGhI"),
	} {
		if got.URL != want || got.JWKSURL != "" || got.Clients != nil {
			t.Errorf("got %+v, want the URL %s", got, want)
		}
	}
}

func TestIssuers_refuseConfusions(t *testing.T) {
	s, updated, pool := newIssuers(t)
	s.config.CacheSize = 16
	v := newVerifier(t, s.config)
	good(t, v, s.Issuer, updated, pool)
	for _, other := range []*verifytest.Issuer{updated, pool} {
		refused(t, v, verifytest.Confusions(s.Issuer, other))
	}
	refused(t, v, verifytest.Attacks(pool)[:1])
	good(t, v, s.Issuer, updated, pool)
}

// Two user pools may have keys with one ID: the issuer selects the key, also for tokens in the cache.
func TestIssuers_shareNoKeyID(t *testing.T) {
	s, _, pool := newIssuers(t)
	s.config.CacheSize = 16
	theirs := *pool.Key()
	theirs.ID = s.Key().ID
	body := document(t, &theirs, nil)
	pool.Serve(func() []byte { return body })
	v := newVerifier(t, s.config)
	header := `{"alg":"RS256","kid":"` + theirs.ID + `"}`
	own, other := marshal(t, s.Claims()), marshal(t, pool.Claims())
	for range 2 {
		for _, c := range []struct {
			name, token string
			want        error
		}{
			{"ours by our key", s.Key().SignRaw(header, own), nil},
			{"theirs by their key", theirs.SignRaw(header, other), nil},
			{"ours by their key", theirs.SignRaw(header, own), verify.ErrSignature},
			{"theirs by our key", s.Key().SignRaw(header, other), verify.ErrSignature},
		} {
			_, err := v.Verify(t.Context(), c.token)
			want(t, c.name, err, c.want)
		}
	}
}

// The address of the UPDATED issuer answers 403 while the pool is on ORIGINAL. That must not matter until a token names it.
func TestIssuers_areReadWhenATokenNamesThem(t *testing.T) {
	s, updated, pool := newIssuers(t)
	updated.Fail(true)
	v := newVerifier(t, s.config)
	fetches := func(when string, own, theirs, others int) {
		t.Helper()
		if s.Fetches() != own || updated.Fetches() != theirs || pool.Fetches() != others {
			t.Errorf("%s: %d, %d, %d requests for keys, want %d, %d, %d", when, s.Fetches(), updated.Fetches(), pool.Fetches(), own,
				theirs, others)
		}
	}
	want(t, "prefetch", v.Prefetch(t.Context()), nil)
	fetches("prefetched", 1, 0, 0)
	_, err := v.Verify(t.Context(), s.Sign(changed(s.Claims(), map[string]any{"iss": "https://attacker.example"})))
	want(t, "an issuer that is not listed", err, verify.ErrIssuer)
	good(t, v, s.Issuer)
	fetches("with tokens of the first issuer", 1, 0, 0)
	_, err = v.Verify(t.Context(), updated.Token())
	want(t, "of an issuer that does not exist yet", err, verify.ErrKeysUnavailable)
	good(t, v, s.Issuer, pool)
	fetches("with tokens of all issuers", 1, 1, 1)
	updated.Fail(false)
	s.clock.advance(verify.DefaultMissInterval)
	good(t, v, s.Issuer, updated, pool)
	fetches("after the pool was switched", 1, 2, 1)
}

// An attacker who sends unknown key IDs for one issuer does not delay a new key of another.
func TestIssuers_limitReadsSeparately(t *testing.T) {
	s, _, pool := newIssuers(t)
	v := newVerifier(t, s.config)
	good(t, v, s.Issuer, pool)
	for _, id := range []string{"a", "b", "c"} {
		_, err := v.Verify(t.Context(), s.Key().SignRaw(`{"alg":"RS256","kid":"`+id+`"}`, marshal(t, s.Claims())))
		want(t, id, err, verify.ErrKeyUnknown)
	}
	s.RotateKey()
	pool.RotateKey()
	_, err := v.Verify(t.Context(), s.Token())
	want(t, "a new key of the attacked issuer", err, verify.ErrKeyUnknown)
	good(t, v, pool)
	if s.Fetches() != 2 || pool.Fetches() != 2 {
		t.Errorf("%d and %d requests for keys, want 2 and 2", s.Fetches(), pool.Fetches())
	}
	s.clock.advance(verify.DefaultMissInterval)
	good(t, v, s.Issuer, pool)
}

func TestIssuers_shareTheKeysOfOneAddress(t *testing.T) {
	s, updated, _ := newIssuers(t)
	updated.JWKSURL = s.JWKSURL
	s.config.Issuers = []verify.Issuer{s.Entry(), updated.Entry()}
	v := newVerifier(t, s.config)
	for range 2 {
		good(t, v, s.Issuer)
		_, err := v.Verify(t.Context(), s.Sign(updated.Claims()))
		want(t, "of the other issuer type", err, nil)
	}
	if got := s.Fetches(); got != 1 {
		t.Errorf("keys were read %d times, want 1", got)
	}
}

func TestIssuers_haveClientsOfTheirOwn(t *testing.T) {
	s, updated, pool := newIssuers(t)
	s.config.Issuers[2].Clients = map[string]string{verifytest.OtherClientID: "sales"}
	v := newVerifier(t, s.config)
	token := func(i *verifytest.Issuer, client string) string {
		return i.Sign(changed(i.Claims(), map[string]any{"client_id": client, "sub": client}))
	}
	for _, c := range []struct {
		name   string
		token  string
		tenant string // empty: refused
	}{
		{"of the common list", token(s.Issuer, verifytest.ClientID), "billing"},
		{"of the common list, by the other issuer type", token(updated, verifytest.ClientID), "billing"},
		{"of the common list, by a pool with its own", token(pool, verifytest.ClientID), ""},
		{"of the pool's list", token(pool, verifytest.OtherClientID), "sales"},
		{"of the pool's list, by another pool", token(s.Issuer, verifytest.OtherClientID), ""},
	} {
		switch got, err := v.Verify(context.Background(), c.token); {
		case c.tenant == "":
			want(t, c.name, err, verify.ErrClient)
		case err != nil || got.Tenant != c.tenant:
			t.Errorf("%s: got %+v, %v, want the tenant %s", c.name, got, err, c.tenant)
		}
	}
}
