package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// attacks are tokens that nobody issued: those of another issuer, good and bad ones, and such as are made of a genuine one.
func (tr *traffic) attacks(t *testing.T) (foreign string, tokens map[string]string) {
	t.Helper()
	issuer := verifytest.NewIssuer(t)
	tokens = map[string]string{}
	for _, a := range verifytest.Attacks(issuer) {
		if !strings.ContainsAny(a.Token, "\r\n\x00") { // No header can have these.
			tokens[a.Name] = a.Token
		}
	}
	config, err := tr.read(tr.secrets["billing"])
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := config.Token(context.WithValue(t.Context(), oauth2.HTTPClient, tr.client))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(tokens, forged(genuine.AccessToken))
	return issuer.Token(readScope), tokens
}

// attack tries the tokens for as long as traffic flows, and floods the API with an unknown key, so that verifiers read the pool's keys as often as they
// ever do.
func (tr *traffic) attack(foreign string, tokens map[string]string) {
	for !tr.over() {
		for name, token := range tokens {
			tr.try("another issuer's good token", foreign)
			tr.try(name, token)
			if time.Sleep(2 * time.Millisecond); tr.over() {
				return
			}
		}
	}
}

func (tr *traffic) try(name, token string) {
	answer := tr.want(func(r *http.Request) (*http.Response, error) {
		r.Header.Set("Authorization", "Bearer "+token)
		return tr.client.Do(r)
	}, "attacks", "GET", "/tenants/billing/orders", "", http.StatusUnauthorized)
	if answer == "" {
		tr.fail("the attack was: %s", name)
	}
}

// forged are tokens made of a genuine one without the pool's key.
func forged(genuine string) map[string]string {
	parts := strings.Split(genuine, ".")
	header, payload, signature := parts[0], parts[1], parts[2]
	with := func(part, from, to string) string {
		text, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return ""
		}
		return base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(text), from, to)))
	}
	symmetric := with(header, "RS256", "HS256") + "." + payload
	mac := hmac.New(sha256.New, []byte("public"))
	mac.Write([]byte(symmetric))
	return map[string]string{
		"a scope of one's own":     header + "." + with(payload, readScope, writeScope+" "+readScope) + "." + signature,
		"another lifetime":         header + "." + with(payload, `"exp":1`, `"exp":9`) + "." + signature,
		"without a signature":      with(header, "RS256", "none") + "." + payload + ".",
		"an empty signature":       header + "." + payload + ".",
		"half a signature":         header + "." + payload + "." + signature[:len(signature)/2],
		"a signature by a hash":    symmetric + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"another algorithm's name": with(header, "RS256", "RS512") + "." + payload + "." + signature,
	}
}
