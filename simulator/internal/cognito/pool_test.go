package cognito_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newPool has the resource servers orders (read, write) and https://billing.example (read).
func newPool(t testing.TB, c cognito.Config) *cognito.Pool {
	t.Helper()
	c.Region, c.AccountID, c.ID = "eu-west-1", "111122223333", "eu-west-1_Exampl001"
	if c.Clock == nil {
		c.Clock = func() time.Time { return start }
	}
	p, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []map[string]any{resourceServer("orders", "read", "write"), resourceServer("https://billing.example", "read")} {
		if err := p.AddResourceServer("stack/Server", server); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func resourceServer(identifier string, scopes ...string) map[string]any {
	var all []any
	for _, s := range scopes {
		all = append(all, map[string]any{"ScopeName": s, "ScopeDescription": "d"})
	}
	return map[string]any{"UserPoolId": "eu-west-1_Exampl001", "Identifier": identifier, "Name": identifier, "Scopes": all}
}

func clientProperties(scopes ...string) map[string]any {
	return map[string]any{
		"UserPoolId": "eu-west-1_Exampl001", "ClientName": "tenant", "GenerateSecret": true, "AllowedOAuthFlowsUserPoolClient": true,
		"AllowedOAuthFlows": []any{"client_credentials"}, "AllowedOAuthScopes": scopes, "ExplicitAuthFlows": []any{"ALLOW_REFRESH_TOKEN_AUTH"},
		"AccessTokenValidity": 90.0, "TokenValidityUnits": map[string]any{"AccessToken": "minutes"},
		"PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
	}
}

func addClient(t testing.TB, p *cognito.Pool, path string, scopes ...string) (id, secret string) {
	t.Helper()
	id, err := p.AddClient(path, clientProperties(scopes...))
	if err != nil {
		t.Fatal(err)
	}
	return id, p.Secrets(id)[0]
}

// request is a token request; an empty authorization sends no header.
func request(query, body, authorization string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/oauth2/token?"+query, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return r
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

type tokenResponse struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
	TokenType   string `json:"token_type"`
}

func issue(t testing.TB, p *cognito.Pool, r *http.Request) tokenResponse {
	t.Helper()
	a := p.Token(r)
	var response tokenResponse
	if a.Status != http.StatusOK {
		t.Fatalf("got %d %s", a.Status, a.Body)
	}
	if err := json.Unmarshal(a.Body, &response); err != nil {
		t.Fatal(err)
	}
	return response
}

// part decodes one of a token's three parts.
func part(t testing.TB, token string, i int) []byte {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	decoded, err := base64.RawURLEncoding.DecodeString(parts[i])
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// verified returns a token's claims, verified by the key of the document that has the token's kid.
func verified(t testing.TB, token string, jwks []byte) map[string]any {
	t.Helper()
	var document struct{ Keys []map[string]string }
	if err := json.Unmarshal(jwks, &document); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(token[:strings.LastIndex(token, ".")]))
	for _, key := range document.Keys {
		if key["kid"] != kidOf(t, token) {
			continue
		}
		if err := rsa.VerifyPKCS1v15(&rsa.PublicKey{N: modulus(t, key["n"]), E: 65537}, crypto.SHA256, digest[:], part(t, token, 2)); err != nil {
			t.Fatal(err)
		}
		var claims map[string]any
		if err := json.Unmarshal(part(t, token, 1), &claims); err != nil {
			t.Fatal(err)
		}
		return claims
	}
	t.Fatalf("the token's kid is that of none of the keys %s", jwks)
	return nil
}

func TestPool_newRefusesAnIncompleteConfig(t *testing.T) {
	for _, c := range []cognito.Config{
		{}, {Region: "eu-west-1", AccountID: "1", ID: "us-east-1_abc"}, {Region: "eu-west-1", AccountID: "1", ID: "eu-west-1_a b"},
		{Region: "eu-west-1", ID: "eu-west-1_abc"}, {Region: "eu-west-1", AccountID: "1", ID: "eu-west-1_abc", RatePerSecond: -1},
	} {
		if _, err := cognito.New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	a, b := cognito.PoolID("eu-west-1", "dev"), cognito.PoolID("eu-west-1", "prod")
	if a == b || a != cognito.PoolID("eu-west-1", "dev") || len(a) != len("eu-west-1_")+9 {
		t.Errorf("pool ids: %s, %s", a, b)
	}
	p := newPool(t, cognito.Config{})
	first, secret := addClient(t, p, "stack/A", "orders/read")
	second, _ := addClient(t, p, "stack/B", "orders/read")
	again, _ := addClient(t, newPool(t, cognito.Config{}), "stack/A", "orders/read")
	if first == second || first != again || len(first) != 26 || strings.Trim(first, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		t.Errorf("client ids: %s, %s, %s", first, second, again)
	}
	if len(secret) != 52 || secret == p.Secrets(second)[0] {
		t.Errorf("secrets: %q, %q", secret, p.Secrets(second)[0])
	}
	if p.Issuer() != "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Exampl001" ||
		p.ARN() != "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Exampl001" {
		t.Errorf("issuer %s, ARN %s", p.Issuer(), p.ARN())
	}
}

func TestPool_keyRotationKeepsThePreviousKey(t *testing.T) {
	p := newPool(t, cognito.Config{})
	id, secret := addClient(t, p, "stack/A", "orders/read")
	token := func() string {
		return issue(t, p, request("", "grant_type=client_credentials", basic(id, secret))).AccessToken
	}
	before := token()
	if err := p.RotateKey(); err != nil {
		t.Fatal(err)
	}
	after := token()
	verified(t, before, p.JWKS())
	verified(t, after, p.JWKS())
	var document struct{ Keys []map[string]string }
	if err := json.Unmarshal(p.JWKS(), &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Keys) != 2 || document.Keys[0]["kid"] == document.Keys[1]["kid"] {
		t.Errorf("keys: %s", p.JWKS())
	}
	for _, key := range document.Keys {
		if len(key) != 6 || key["kty"] != "RSA" || key["alg"] != "RS256" || key["use"] != "sig" || key["e"] != "AQAB" {
			t.Errorf("key: %v", key)
		}
	}
	if kidOf(t, after) != document.Keys[0]["kid"] || kidOf(t, before) != document.Keys[1]["kid"] {
		t.Error("the new token does not name the new key, or the old one the old")
	}
	if bits := modulus(t, document.Keys[0]["n"]).BitLen(); bits != 2048 {
		t.Errorf("got a key of %d bits", bits)
	}
}

func kidOf(t testing.TB, token string) string {
	t.Helper()
	var header map[string]string
	if err := json.Unmarshal(part(t, token, 0), &header); err != nil {
		t.Fatal(err)
	}
	if len(header) != 2 || header["alg"] != "RS256" {
		t.Errorf("header: %v", header)
	}
	return header["kid"]
}

func modulus(t testing.TB, encoded string) *big.Int {
	t.Helper()
	n, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return new(big.Int).SetBytes(n)
}

func TestPool_discoveryNamesTheKeys(t *testing.T) {
	var document map[string]any
	if err := json.Unmarshal(newPool(t, cognito.Config{}).Discovery("http://127.0.0.1:1/pool"), &document); err != nil {
		t.Fatal(err)
	}
	if document["issuer"] != "http://127.0.0.1:1/pool" || document["jwks_uri"] != "http://127.0.0.1:1/pool/.well-known/jwks.json" {
		t.Errorf("got %v", document)
	}
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}
