package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// attack sends tokens that nobody issued, for as long as traffic flows: those of another issuer, good and bad, and those made of a genuine one.
func (tr *traffic) attack(issuer *verifytest.Issuer) {
	tokens := map[string]string{"another issuer's good token": issuer.Token(readScope)}
	for _, a := range verifytest.Attacks(issuer) {
		tokens[a.Name] = a.Token
	}
	config, err := tr.read(tr.secrets["billing"])
	if err != nil {
		tr.fail("%v", err)
		return
	}
	genuine, err := config.Token(context.WithValue(context.Background(), oauth2.HTTPClient, tr.client))
	if err != nil {
		tr.fail("%v", err)
		return
	}
	for name, token := range forged(genuine.AccessToken) {
		tokens[name] = token
	}
	for !tr.over() {
		for name, token := range tokens {
			if strings.ContainsAny(token, "\r\n\x00") {
				continue // No header can have it.
			}
			answer := tr.want(func(r *http.Request) (*http.Response, error) {
				r.Header.Set("Authorization", "Bearer "+token)
				return tr.client.Do(r)
			}, "attacks", "GET", "/tenants/billing/orders", "", http.StatusUnauthorized)
			if answer == "" {
				tr.fail("the attack was: %s", name)
			}
			if time.Sleep(2 * time.Millisecond); tr.over() {
				return
			}
		}
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
