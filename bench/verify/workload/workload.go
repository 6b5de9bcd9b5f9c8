// Package workload has the tokens that both programs verify, and what they measure: the formats are those of their files and output.
package workload

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// The claims that all tokens have.
const (
	UserPoolID = "eu-west-1_BenchVerify"
	Issuer     = "https://cognito-idp.eu-west-1.amazonaws.com/" + UserPoolID
	Scope      = "orders/read"
)

// Workload is what the programs read.
type Workload struct {
	UserPoolID string          `json:"userPoolId"`
	Scope      string          `json:"scope"`
	Clients    []string        `json:"clients"`
	Tokens     []string        `json:"tokens"`
	JWKS       json.RawMessage `json:"jwks"`
}

// Figures is what a program prints.
type Figures struct {
	PerSecond float64 `json:"perSecond"`
	P50       float64 `json:"p50"` // microseconds
	P99       float64 `json:"p99"`
	Memory    int64   `json:"memory"` // peak resident memory, in bytes
}

// New makes tokens such as Cognito's, valid for an hour, of some clients in turn.
func New(tokens, clients int) (*Workload, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	w := &Workload{UserPoolID: UserPoolID, Scope: Scope}
	modulus := sha256.Sum256(key.N.Bytes())
	kid := base64.StdEncoding.EncodeToString(modulus[:])
	jwk := map[string]string{"alg": "RS256", "e": "AQAB", "kid": kid, "kty": "RSA", "n": encode(key.N.Bytes()), "use": "sig"}
	if w.JWKS, err = json.Marshal(map[string]any{"keys": []any{jwk}}); err != nil {
		return nil, err
	}
	for range clients {
		w.Clients = append(w.Clients, strings.ToLower(rand.Text()))
	}
	now := time.Now().Unix()
	for n := range tokens {
		client := w.Clients[n%clients]
		payload := fmt.Sprintf(`{"sub":%q,"token_use":"access","scope":"orders/read orders/write","auth_time":%d,"iss":%q,"exp":%d,`+
			`"iat":%d,"version":2,"jti":%q,"client_id":%q}`,
			client, now, Issuer, now+3600, now, rand.Text(), client)
		signed := encode(fmt.Appendf(nil, `{"kid":%q,"alg":"RS256"}`, kid)) + "." + encode([]byte(payload))
		digest := sha256.Sum256([]byte(signed))
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
		if err != nil {
			return nil, err
		}
		w.Tokens = append(w.Tokens, signed+"."+encode(signature))
	}
	return w, nil
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// Write writes the workload for the programs.
func (w *Workload) Write(file string) error {
	body, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o600)
}

// Read reads what Write wrote.
func Read(file string) (*Workload, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var w Workload
	return &w, json.Unmarshal(body, &w)
}

// PeakMemory is this process's, in bytes; 0 where /proc is not there.
func PeakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
			return kilobytes << 10
		}
	}
	return 0
}
