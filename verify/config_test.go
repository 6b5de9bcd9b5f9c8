package verify_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

func TestConfigMistakes(t *testing.T) {
	const pool = "eu-west-1_AbCdEfGhI"
	for _, c := range []struct {
		name   string
		config verify.Config
		want   string
	}{
		{"no user pool", verify.Config{}, `UserPoolID "" is none`},
		{"an ARN", verify.Config{UserPoolID: "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/" + pool}, "UserPoolID"},
		{"a path in the id", verify.Config{UserPoolID: pool + "/../x"}, "UserPoolID"},
		{"China", verify.Config{UserPoolID: "cn-north-1_AbCdEfGhI"}, "Issuer is missing: that of cn-north-1"},
		{"isolated", verify.Config{UserPoolID: "us-iso-east-1_AbCdEfGhI"}, "Issuer is missing"},
		{"http", verify.Config{UserPoolID: pool, JWKSURL: "http://example.com/jwks.json"}, "JWKSURL"},
		{"issuer by http", verify.Config{UserPoolID: pool, Issuer: "http://example.com"}, "JWKSURL"},
		{"a host that starts like loopback", verify.Config{UserPoolID: pool, JWKSURL: "http://127.0.0.1.example.com/jwks.json"}, "JWKSURL"},
		{"credentials in the URL", verify.Config{UserPoolID: pool, JWKSURL: "https://user@example.com/jwks.json"}, "JWKSURL"},
		{"both mappings", verify.Config{UserPoolID: pool, Clients: map[string]string{}, Tenant: func(context.Context, string) (string, bool) { return "", false }}, "Clients and Tenant"},
		{"negative leeway", verify.Config{UserPoolID: pool, Leeway: -1}, "Leeway -1ns: want 0 to 1m0s"},
		{"long leeway", verify.Config{UserPoolID: pool, Leeway: time.Hour}, "Leeway 1h0m0s"},
		{"negative cache", verify.Config{UserPoolID: pool, CacheSize: -1}, "CacheSize -1"},
		{"negative length", verify.Config{UserPoolID: pool, MaxTokenBytes: -1}, "MaxTokenBytes -1"},
		{"negative interval", verify.Config{UserPoolID: pool, MissInterval: -1}, "MissInterval -1ns"},
		{"never refreshed", verify.Config{UserPoolID: pool, RefreshAfter: time.Hour, MaxStale: time.Minute}, "MaxStale 1m0s is less than RefreshAfter 1h0m0s"},
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
		"China":             {UserPoolID: "cn-north-1_AbCdEfGhI", Issuer: "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbCdEfGhI"},
		"loopback":          {UserPoolID: pool, JWKSURL: "http://[::1]:80/jwks.json"},
	} {
		if _, err := verify.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who changes the map later changes nothing: it is read by many goroutines.
func TestClientsAreCopied(t *testing.T) {
	s := newStage(t)
	for want, clients := range map[error]map[string]string{nil: {verifytest.ClientID: "billing"}, verify.ErrClient: {}} {
		s.config.Clients = clients
		v := newVerifier(t, s.config)
		delete(clients, verifytest.ClientID)
		if want != nil {
			clients[verifytest.ClientID] = "billing"
		}
		if _, err := v.Verify(t.Context(), s.Token()); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
