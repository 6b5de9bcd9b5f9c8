package conformance

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// sign issues a token with the claims of Cognito's, but for the faults.
func (d *deployment) sign(client, scope string) string {
	now := time.Now().Unix()
	claims := map[string]any{
		"iss": d.issuer(), "sub": client, "client_id": client, "scope": scope, "token_use": "access", "version": 2, "jti": rand.Text(),
		"auth_time": now, "iat": now, "exp": now + int64(testValidity.Seconds()),
	}
	for fault, set := range map[fault]func(){
		subjectOther:       func() { claims["sub"] = "0f2b1c9e-user" },
		subjectMissing:     func() { delete(claims, "sub") },
		usernamePresent:    func() { claims["username"] = client },
		cognitoUsername:    func() { claims["cognito:username"] = client },
		audienceOther:      func() { claims["aud"] = "https://orders.example.com" },
		versionOne:         func() { claims["version"] = 1 },
		versionText:        func() { claims["version"] = "2" },
		useID:              func() { claims["token_use"] = "id" },
		validityOther:      func() { claims["exp"] = now + int64(testValidity.Seconds()) + 60 },
		expiryWithFraction: func() { claims["exp"] = float64(now) + testValidity.Seconds() + 0.5 },
		issuedWithFraction: func() { claims["iat"] = float64(now) - 0.5 },
	} {
		if d.has(fault) {
			set()
		}
	}
	d.mu.Lock()
	d.issued++
	id, algorithm := keyID, "RS256"
	if d.issued > 1 && d.has(lateTokensOtherKey) {
		id = "unpublished"
	}
	if d.issued > 1 && d.has(lateTokensOtherAlg) {
		algorithm = "RS512"
	}
	d.mu.Unlock()
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	content := encode(fmt.Appendf(nil, `{"alg":%q,"kid":%q}`, algorithm, id)) + "." + encode(payload)
	hash, sum := crypto.SHA256, sha256.Sum256([]byte(content))
	digest := sum[:]
	if algorithm == "RS512" {
		sum := sha512.Sum512([]byte(content))
		hash, digest = crypto.SHA512, sum[:]
	}
	signature, err := rsa.SignPKCS1v15(nil, signingKey(), hash, digest)
	if err != nil {
		panic(err)
	}
	return content + "." + encode(signature)
}
