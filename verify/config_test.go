package verify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func TestNew_reportsMistakes(t *testing.T) {
	const pool = "eu-west-1_AbCdEfGhI"
	original, updated := verify.OriginalIssuer(pool).URL, verify.UpdatedIssuer(pool).URL
	first, none := verify.OriginalIssuer(pool), map[string]string{}
	issuers := func(list ...verify.Issuer) verify.Config { return verify.Config{Issuers: list} }
	nobody := func(context.Context, string, string) (string, bool) { return "", false }
	for _, c := range []struct {
		name   string
		config verify.Config
		want   string
	}{
		{"nothing", verify.Config{}, `UserPoolID "" and 0 Issuers: set one of the two`},
		{"both", verify.Config{UserPoolID: pool, Issuers: []verify.Issuer{{}}}, `UserPoolID "` + pool + `" and 1 Issuers`},
		{"not a user pool", verify.Config{UserPoolID: "pool"}, `UserPoolID "pool" is not valid: use one such as "eu-west-1_AbCdEfGhI"`},
		{"an ARN", verify.Config{UserPoolID: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/" + pool}, "UserPoolID"},
		{"a path in the id", verify.Config{UserPoolID: pool + "/../x"}, "UserPoolID"},
		{"China", verify.Config{UserPoolID: "cn-north-1_AbCdEfGhI"},
			`UserPoolID: user pool "cn-north-1_AbCdEfGhI": its issuer is not under`},
		{"isolated", issuers(verify.OriginalIssuer("us-iso-east-1_AbCdEfGhI")), "Issuers[0]: user pool"},
		{"no URL", issuers(verify.UpdatedIssuer(pool), verify.Issuer{}), `Issuers[1]: URL "" is not a URL`},
		{"no user pool", issuers(verify.OriginalIssuer("pool")), `Issuers[0]: URL "https://cognito-idp.pool.`},
		{"a slash", issuers(verify.Issuer{URL: original + "/"}), "is not an issuer of a user pool"},
		{"another service", issuers(verify.Issuer{URL: strings.Replace(original, "idp", "identity", 1)}),
			"is not an issuer of a user pool"},
		{"a host under that of Cognito", issuers(verify.Issuer{URL: strings.Replace(original, "//", "//x.", 1)}),
			"is not an issuer of a user pool"},
		{"the address of the keys", issuers(verify.Issuer{URL: original + "/.well-known/jwks.json"}), "is not an issuer of a user pool"},
		{"http", issuers(verify.Issuer{URL: original, JWKSURL: "http://example.com/jwks.json"}), "is not secure"},
		{"issuer by http", issuers(verify.Issuer{URL: "http://example.com"}), "JWKSURL"},
		{"a host like loopback", issuers(verify.Issuer{URL: original, JWKSURL: "http://127.0.0.1.example.com/jwks.json"}), "JWKSURL"},
		{"credentials in the URL", issuers(verify.Issuer{URL: original, JWKSURL: "https://user@example.com/jwks.json"}), "JWKSURL"},
		{"one issuer twice", issuers(first, verify.Issuer{URL: original, JWKSURL: "https://example.com"}), `duplicate "` + original},
		{"keys of another pool", issuers(first, verify.Issuer{URL: updated + "2", JWKSURL: original + "/.well-known/jwks.json"}),
			"have the same JWKSURL, but are not of the same user pool"},
		{"clients of one issuer", issuers(first, verify.Issuer{URL: updated, Clients: none}),
			"1 of 2 Issuers have Clients: the others would accept every client"},
		{"both mappings", verify.Config{UserPoolID: pool, Clients: none, Tenant: nobody}, "Clients and Tenant"},
		{"both mappings, one an issuer's", verify.Config{Issuers: []verify.Issuer{{URL: original, Clients: none}}, Tenant: nobody},
			"Clients and Tenant"},
		{"negative leeway", verify.Config{UserPoolID: pool, Leeway: -1}, "Leeway -1ns: use 0 to 1m0s"},
		{"long leeway", verify.Config{UserPoolID: pool, Leeway: time.Hour}, "Leeway 1h0m0s"},
		{"negative cache", verify.Config{UserPoolID: pool, CacheSize: -1}, "CacheSize -1"},
		{"negative length", verify.Config{UserPoolID: pool, MaxTokenBytes: -1}, "MaxTokenBytes -1"},
		{"negative interval", verify.Config{UserPoolID: pool, MissInterval: -1}, "MissInterval -1ns"},
		{"never refreshed", verify.Config{UserPoolID: pool, RefreshAfter: time.Hour, MaxStale: time.Minute}, "MaxStale 1m0s is less than"},
		{"a quote in the realm", verify.Config{UserPoolID: pool, Realm: `a"b`}, "Realm"},
		{"several", verify.Config{Leeway: -1}, "Leeway -1ns"},
	} {
		_, err := verify.New(c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to say %q", c.name, err, c.want)
		}
	}
	for name, config := range map[string]verify.Config{
		"a user pool alone": {UserPoolID: pool},
		"GovCloud":          {UserPoolID: "us-gov-west-1_AbCdEfGhI"},
		"China":             issuers(verify.Issuer{URL: "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI"}),
		"loopback":          issuers(verify.Issuer{URL: original, JWKSURL: "http://[::1]:80/jwks.json"}),
		"both issuer types": issuers(verify.OriginalIssuer(pool), verify.UpdatedIssuer(pool)),
		"both with the keys of one": issuers(
			verify.Issuer{URL: updated, JWKSURL: "https://example.com"}, verify.Issuer{URL: original, JWKSURL: "https://example.com"}),
		"a replica":          issuers(first, verify.Issuer{URL: strings.Replace(original, "eu", "us", 1)}),
		"several user pools": issuers(verify.OriginalIssuer(pool), verify.UpdatedIssuer("us-east-1_Other")),
		"a list for each":    {Clients: map[string]string{"a": "a"}, Issuers: []verify.Issuer{first, {URL: updated, Clients: none}}},
	} {
		if _, err := verify.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Later changes to a map have no effect.
func TestNew_copiesClients(t *testing.T) {
	s := newStage(t)
	clients, ofIssuer := map[string]string{verifytest.ClientID: "billing"}, map[string]string{verifytest.ClientID: "sales"}
	s.config.Clients = clients
	global := newVerifier(t, s.config)
	s.config.Issuers[0].Clients = ofIssuer
	own := newVerifier(t, s.config)
	delete(clients, verifytest.ClientID)
	delete(ofIssuer, verifytest.ClientID)
	for tenant, v := range map[string]*verify.Verifier{"billing": global, "sales": own} {
		if got, err := v.Verify(t.Context(), s.Token()); err != nil || got.Tenant != tenant {
			t.Errorf("got %+v, %v, want the tenant %s", got, err, tenant)
		}
	}
}
