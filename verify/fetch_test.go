package verify_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// document is a set with the issuer's key changed, and what else is given.
func document(t *testing.T, key *verifytest.Key, changes map[string]any, others ...any) []byte {
	t.Helper()
	jwk := map[string]any{}
	for name, value := range key.JWK() {
		jwk[name] = value
	}
	for name, value := range changes {
		if jwk[name] = value; value == nil {
			delete(jwk, name)
		}
	}
	body, err := json.Marshal(map[string]any{"keys": append(others, jwk)})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestKeySet_skipsUnusableKeys(t *testing.T) {
	s := newStage(t)
	key := s.Key()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	number := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	huge := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 8192), big.NewInt(1))
	for name, body := range map[string][]byte{
		"no JSON":             []byte("<html>"),
		"no keys":             []byte(`{"keys":[]}`),
		"keys no list":        []byte(`{"keys":{}}`),
		"empty":               nil,
		"too large":           append(document(t, key, nil), strings.Repeat(" ", 64<<10)...),
		"1024 bits":           document(t, key, map[string]any{"n": number(short.N)}),
		"8193 bits":           document(t, key, map[string]any{"n": number(huge)}),
		"exponent 1":          document(t, key, map[string]any{"e": "AQ"}),
		"even exponent":       document(t, key, map[string]any{"e": "AQAA"}),
		"no modulus":          document(t, key, map[string]any{"n": nil}),
		"for encryption":      document(t, key, map[string]any{"use": "enc"}),
		"no use":              document(t, key, map[string]any{"use": nil}),
		"of another alg":      document(t, key, map[string]any{"alg": "RS512"}),
		"no alg":              document(t, key, map[string]any{"alg": nil}),
		"no kid":              document(t, key, map[string]any{"kid": nil}),
		"secret":              document(t, key, map[string]any{"kty": "oct", "k": "AAAA"}),
		"private":             document(t, key, map[string]any{"d": number(key.Private.D)}),
		"two with one id":     document(t, key, nil, key.JWK()),
		"no string":           document(t, key, map[string]any{"n": 1}),
		"keys in upper case":  bytes.Replace(document(t, key, nil), []byte(`"keys"`), []byte(`"KEYS"`), 1),
		"keys twice":          append([]byte(`{"keys":[],`), document(t, key, nil)[1:]...),
		"kid in another case": document(t, key, map[string]any{"Kid": "other"}),
		"n twice":             bytes.Replace(document(t, key, nil), []byte(`"n":`), []byte(`"n":"AQAB","n":`), 1),
		"padded":              document(t, key, map[string]any{"n": key.JWK()["n"] + "=="}),
		"exponent too large":  document(t, key, map[string]any{"e": "AQAAAAE"}),
		"another key, the id": document(t, verifytest.NewKey(t), map[string]any{"kid": "other"}),
	} {
		s.Serve(func() []byte { return body })
		reason := verify.ErrKeysUnavailable
		if strings.HasPrefix(name, "another") {
			reason = verify.ErrKeyUnknown
		}
		_, err := newVerifier(t, s.config).Verify(t.Context(), s.Token())
		want(t, name, err, reason)
	}
	s.Serve(func() []byte {
		elliptic, future := map[string]string{"kty": "EC", "crv": "P-256", "kid": "ec"}, map[string]string{"kty": "AKP", "kid": "new"}
		return document(t, key, nil, elliptic, "text", future)
	})
	_, err = newVerifier(t, s.config).Verify(t.Context(), s.Token())
	want(t, "among keys that are not used", err, nil)
}

func TestKeySet_isNotReadThroughRedirects(t *testing.T) {
	s := newStage(t)
	elsewhere := httptest.NewServer(http.RedirectHandler(s.JWKSURL, http.StatusFound))
	defer elsewhere.Close()
	for _, client := range []*http.Client{nil, elsewhere.Client()} {
		s.config.Issuers[0].JWKSURL, s.config.HTTPClient = elsewhere.URL, client
		_, err := newVerifier(t, s.config).Verify(t.Context(), s.Token())
		want(t, "redirected", err, verify.ErrKeysUnavailable)
	}
	if got := s.Fetches(); got != 0 {
		t.Errorf("the redirect was followed %d times", got)
	}
}

func TestKeySet_isReadFromStatus200Only(t *testing.T) {
	s := newStage(t)
	for _, status := range []int{http.StatusNonAuthoritativeInfo, http.StatusNotFound, http.StatusInternalServerError} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write(s.JWKS())
		}))
		s.config.Issuers[0].JWKSURL = server.URL
		_, err := newVerifier(t, s.config).Verify(t.Context(), s.Token())
		want(t, http.StatusText(status), err, verify.ErrKeysUnavailable)
		server.Close()
	}
}
