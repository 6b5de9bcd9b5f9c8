// Package verifytest provides a user pool for tests. It signs access tokens as Amazon Cognito does, serves its keys on the loopback
// interface, rotates them, and fails on demand. The package also has the attacks that a resource server must withstand.
package verifytest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// The values in the tokens and the Config of an issuer, unless a test changes them.
const (
	UserPoolID = "eu-west-1_VerifyTest"
	IssuerURL  = "https://cognito-idp.eu-west-1.amazonaws.com/" + UserPoolID
	ClientID   = "1example23456789abcdefghij"
	Tenant     = "billing"
	// OtherClientID is an app client of the same user pool that Config does not accept.
	OtherClientID = "9other9other9other9other99"
)

// Issuer is a user pool. It is safe for concurrent use.
type Issuer struct {
	// URL is the iss of its tokens. A test with several issuers gives each its own, before it uses them. NewIssuer sets IssuerURL.
	URL string
	// JWKSURL is the address of its keys.
	JWKSURL string
	// Now is the clock of Claims. A test that needs another one sets it before it uses the issuer. NewIssuer sets time.Now.
	Now func() time.Time

	tb       testing.TB
	mu       sync.Mutex
	keys     []*Key // the first one signs
	document func() []byte
	failing  bool
	fetches  int
}

// NewIssuer starts an issuer with one key. It stops at the end of the test.
func NewIssuer(tb testing.TB) *Issuer {
	tb.Helper()
	i := &Issuer{URL: IssuerURL, Now: time.Now, tb: tb, keys: []*Key{NewKey(tb)}}
	server := httptest.NewServer(http.HandlerFunc(i.serve))
	tb.Cleanup(server.Close)
	i.JWKSURL = server.URL + "/" + UserPoolID + "/.well-known/jwks.json"
	return i
}

// Config returns a configuration that accepts the issuer's tokens for ClientID. Its tenant is Tenant.
func (i *Issuer) Config() verify.Config {
	return verify.Config{Issuers: []verify.Issuer{i.Entry()}, Clients: map[string]string{ClientID: Tenant}, Now: i.Now}
}

// Entry returns the issuer's entry for verify.Config.Issuers, without clients.
func (i *Issuer) Entry() verify.Issuer { return verify.Issuer{URL: i.URL, JWKSURL: i.JWKSURL} }

// Claims returns the claims of an access token that Cognito issues to ClientID now, valid for an hour. Tests may change them.
func (i *Issuer) Claims(scopes ...string) map[string]any {
	now := i.Now().Unix()
	return map[string]any{
		"sub": ClientID, "token_use": "access", "scope": strings.Join(scopes, " "), "auth_time": now, "iss": i.URL, "exp": now + 3600,
		"iat": now, "version": 2, "jti": rand.Text(), "client_id": ClientID,
	}
}

// Token returns a valid access token of ClientID.
func (i *Issuer) Token(scopes ...string) string { return i.Sign(i.Claims(scopes...)) }

// Sign returns a token with these claims, valid or not, signed with the current key. It omits claims that are nil.
func (i *Issuer) Sign(claims map[string]any) string {
	claims = maps.Clone(claims)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	payload, err := json.Marshal(claims)
	if err != nil {
		i.tb.Fatal(err)
	}
	return i.SignPayload(string(payload))
}

// SignPayload returns a token with this payload, signed with the current key.
func (i *Issuer) SignPayload(payload string) string {
	key := i.Key()
	return key.SignRaw(`{"kid":"`+key.ID+`","alg":"RS256"}`, payload)
}

// Key returns the current key.
func (i *Issuer) Key() *Key {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.keys[0]
}

// RotateKey replaces the current key. The former keys stay in the key set until RetireKeys.
func (i *Issuer) RotateKey() {
	next := NewKey(i.tb)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append([]*Key{next}, i.keys...)
}

// RetireKeys removes all keys but the current one from the key set.
func (i *Issuer) RetireKeys() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = i.keys[:1]
}

// Fail makes the issuer answer 500 to requests for its keys, until it is called with false.
func (i *Issuer) Fail(failing bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.failing = failing
}

// Serve makes the issuer answer with another document than its key set, until it is called with nil.
func (i *Issuer) Serve(document func() []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.document = document
}

// Fetches returns the number of requests for the keys.
func (i *Issuer) Fetches() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// JWKS returns the key set.
func (i *Issuer) JWKS() []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	return jwks(i.keys)
}

func (i *Issuer) serve(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	i.fetches++
	failing, document, body := i.failing, i.document, jwks(i.keys)
	i.mu.Unlock()
	if failing {
		http.Error(w, "failing", http.StatusInternalServerError)
		return
	}
	if document != nil {
		body = document()
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// Key is an RSA key with an ID like those of Cognito.
type Key struct {
	ID      string
	Private *rsa.PrivateKey
}

// NewKey generates a key of 2,048 bits, as Cognito does.
func NewKey(tb testing.TB) *Key {
	tb.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	id := sha256.Sum256(private.N.Bytes())
	return &Key{base64.StdEncoding.EncodeToString(id[:]), private}
}

// JWK returns the public key as in Cognito's key sets.
func (k *Key) JWK() map[string]string {
	return map[string]string{"alg": "RS256", "e": "AQAB", "kid": k.ID, "kty": "RSA", "n": encode(k.Private.N.Bytes()), "use": "sig"}
}

// SignRaw returns a token with this header and payload and an RS256 signature. The alg of the header is not checked.
func (k *Key) SignRaw(header, payload string) string {
	signed := encode([]byte(header)) + "." + encode([]byte(payload))
	return signed + "." + encode(k.signature(signed))
}

func (k *Key) signature(signed string) []byte {
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, k.Private, crypto.SHA256, digest[:])
	if err != nil {
		panic("verifytest: " + err.Error()) // the key was generated here
	}
	return signature
}

func jwks(keys []*Key) []byte {
	var set struct {
		Keys []map[string]string `json:"keys"`
	}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.JWK())
	}
	document, err := json.Marshal(set)
	if err != nil {
		panic("verifytest: " + err.Error()) // texts always marshal
	}
	return document
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
