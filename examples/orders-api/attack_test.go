package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// attacks returns tokens that the user pool did not issue: those of a false user pool that claims to be it, and tokens made from a
// genuine one.
func (tr *traffic) attacks(t *testing.T) (foreign string, tokens map[string]string) {
	t.Helper()
	config, err := tr.read(tr.secrets["billing"])
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := config.Token(context.WithValue(t.Context(), oauth2.HTTPClient, tr.client))
	if err != nil {
		t.Fatal(err)
	}
	issuer := verifytest.NewIssuer(t)
	issuer.URL = issuerOf(t, genuine.AccessToken)
	tokens = forged(genuine.AccessToken)
	for _, a := range verifytest.Attacks(issuer) {
		if a.InHeader() {
			tokens[a.Name] = a.Token
		}
	}
	return issuer.Token(readScope), tokens
}

func issuerOf(t *testing.T, token string) string {
	t.Helper()
	var claims struct {
		Issuer string `json:"iss"`
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err := errors.Join(err, json.Unmarshal(payload, &claims)); err != nil {
		t.Fatal(err)
	}
	return claims.Issuer
}

// attack tries the tokens as long as there is traffic, and floods the API with unknown keys, so that verifiers read the pool's keys
// as often as they ever do.
func (tr *traffic) attack(foreign string, tokens map[string]string) {
	for !tr.over() {
		for name, token := range tokens {
			tr.try("a false user pool's token", foreign)
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
