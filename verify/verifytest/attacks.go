package verifytest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Scope is the scope that the verifier of the attacks must require. The tokens have it, unless the attack is about scopes.
const Scope = "orders/read"

// Attack is a token that a resource server must refuse.
type Attack struct {
	Name  string
	Token string
	// Want is the reason with which package verify refuses the token.
	Want error
}

// InHeader reports whether the token can be sent in a header. RFC 9110 section 5.5 allows no control characters in a value, and spaces
// around it are not part of it.
func (a Attack) InHeader() bool {
	return a.Token == strings.TrimSpace(a.Token) && !strings.ContainsFunc(a.Token, unicode.IsControl)
}

// Attacks returns tokens that a resource server must refuse if it accepts the tokens of this issuer for ClientID with Scope, as a
// verifier of Issuer.Config does. Most attacks are from RFC 8725 and RFC 7515 section 10. For a resource server with several issuers,
// Confusions returns further attacks.
func Attacks(i *Issuer) []Attack {
	a := &attacks{issuer: i, key: i.Key(), good: i.Token(Scope)}
	a.header, a.payload, a.signature = split(a.good)
	a.algorithms()
	a.keys()
	a.serializations()
	a.headers()
	a.payloads()
	a.claims()
	a.times()
	return a.list
}

type attacks struct {
	issuer                           *Issuer
	key                              *Key
	good, header, payload, signature string
	list                             []Attack
}

func (a *attacks) add(want verify.Reason, name, token string) {
	a.list = append(a.list, Attack{name, token, want})
}

// sorted iterates over a table by its names, so that the list of attacks is always the same.
func sorted[T any](table map[string]T) iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			if !yield(name, table[name]) {
				return
			}
		}
	}
}

func split(token string) (header, payload, signature string) {
	parts := strings.Split(token, ".")
	return parts[0], parts[1], parts[2]
}

// named returns a header with the ID of the issuer's key.
func (a *attacks) named(members string) string { return `{"kid":"` + a.key.ID + `"` + members + `}` }

// text returns the payload of a valid token.
func (a *attacks) text() string { return a.issuer.payload(a.issuer.URL) }

// algorithms: RFC 8725 sections 2.1 and 3.1.
func (a *attacks) algorithms() {
	none := func(header string) string { return encode([]byte(header)) + "." + a.payload + "." }
	for _, name := range []string{"none", "None", "NONE", "nOnE", ""} {
		a.add(verify.ErrSignature, fmt.Sprintf("alg %q without a signature", name), none(a.named(`,"alg":"`+name+`"`)))
		a.add(verify.ErrAlgorithm, fmt.Sprintf("alg %q with a signature", name), none(a.named(`,"alg":"`+name+`"`))+a.signature)
	}
	a.add(verify.ErrAlgorithm, "no alg", a.key.SignRaw(a.named(""), a.text()))
	a.add(verify.ErrAlgorithm, "alg in lower case", a.key.SignRaw(a.named(`,"alg":"rs256"`), a.text()))
	a.add(verify.ErrAlgorithm, "alg with a space", a.key.SignRaw(a.named(`,"alg":"RS256 "`), a.text()))
	a.add(verify.ErrAlgorithm, "alg with a null byte", a.key.SignRaw(a.named(`,"alg":"RS256\u0000"`), a.text()))
	a.add(verify.ErrMalformed, "alg a list", a.key.SignRaw(a.named(`,"alg":["RS256"]`), a.text()))
	a.add(verify.ErrMalformed, "alg null", a.key.SignRaw(a.named(`,"alg":null`), a.text()))
	der, err := x509.MarshalPKIXPublicKey(a.key.Private.Public())
	if err != nil {
		a.issuer.tb.Fatal(err)
	}
	jwk, _ := json.Marshal(a.key.JWK())
	for name, secret := range sorted(map[string][]byte{
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "modulus": a.key.Private.N.Bytes(), "JWK": jwk,
	}) {
		signed := encode([]byte(a.named(`,"alg":"HS256"`))) + "." + a.payload
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(signed))
		a.add(verify.ErrAlgorithm, "HS256 with the public key as secret: "+name, signed+"."+encode(mac.Sum(nil)))
		unsigned := a.header + "." + a.payload + "."
		a.add(verify.ErrSignature, "RS256, but the signature is an HMAC with the public key: "+name, unsigned+encode(mac.Sum(nil)))
	}
	a.otherSignatures()
}

// otherSignatures are made with the user pool's own key and another algorithm than RS256.
func (a *attacks) otherSignatures() {
	for _, name := range []string{"RS384", "RS512", "PS256", "ES256", "EdDSA"} {
		signed := encode([]byte(a.named(`,"alg":"`+name+`"`))) + "." + a.payload
		hash, digest := crypto.SHA256, sum256(signed)
		if strings.HasSuffix(name, "384") {
			hash, digest = crypto.SHA384, sum384(signed)
		}
		if strings.HasSuffix(name, "512") {
			hash, digest = crypto.SHA512, sum512(signed)
		}
		signature, err := rsa.SignPKCS1v15(nil, a.key.Private, hash, digest)
		if name == "PS256" {
			signature, err = rsa.SignPSS(rand.Reader, a.key.Private, hash, digest, nil)
		}
		if err != nil {
			a.issuer.tb.Fatal(err)
		}
		a.add(verify.ErrAlgorithm, name+" with the user pool's key", signed+"."+encode(signature))
	}
	signed := a.header + "." + a.payload
	pss, err := rsa.SignPSS(rand.Reader, a.key.Private, crypto.SHA256, sum256(signed), nil)
	if err != nil {
		a.issuer.tb.Fatal(err)
	}
	a.add(verify.ErrSignature, "RS256, but the signature is PS256", signed+"."+encode(pss))
	sha512Signature, err := rsa.SignPKCS1v15(nil, a.key.Private, crypto.SHA512, sum512(signed))
	if err != nil {
		a.issuer.tb.Fatal(err)
	}
	a.add(verify.ErrSignature, "RS256, but the signature is RS512", signed+"."+encode(sha512Signature))
}

func sum256(text string) []byte { s := sha256.Sum256([]byte(text)); return s[:] }
func sum384(text string) []byte { s := sha512.Sum384([]byte(text)); return s[:] }
func sum512(text string) []byte { s := sha512.Sum512([]byte(text)); return s[:] }

// keys: RFC 8725 sections 2.2, 2.8 and 3.10.
func (a *attacks) keys() {
	other := NewKey(a.issuer.tb)
	header := a.named(`,"alg":"RS256"`)
	a.add(verify.ErrKeyUnknown, "another user pool's key", other.SignRaw(`{"kid":"`+other.ID+`","alg":"RS256"}`, a.text()))
	a.add(verify.ErrSignature, "another user pool's key under the id of this one's", other.SignRaw(header, a.text()))
	for name, kid := range sorted(map[string]string{
		"empty": `""`, "a path": `"../../../../dev/null"`, "SQL": `"' OR 1=1 --"`, "of another case": `"` + swapCase(a.key.ID) + `"`,
		"with a space": `"` + a.key.ID + ` "`, "too long": `"` + strings.Repeat("k", 200) + `"`, "__proto__": `"__proto__"`,
	}) {
		a.add(verify.ErrKeyUnknown, "kid "+name, a.key.SignRaw(`{"kid":`+kid+`,"alg":"RS256"}`, a.text()))
	}
	for name, kid := range sorted(map[string]string{"a number": `1`, "null": `null`, "a list": `["` + a.key.ID + `"]`, "an object": `{}`}) {
		a.add(verify.ErrMalformed, "kid "+name, a.key.SignRaw(`{"kid":`+kid+`,"alg":"RS256"}`, a.text()))
	}
	a.add(verify.ErrKeyUnknown, "no kid", a.key.SignRaw(`{"alg":"RS256"}`, a.text()))
	jwk, _ := json.Marshal(other.JWK())
	own := other.JWK()
	own["kid"] = a.key.ID
	spoofed, _ := json.Marshal(own)
	for name, members := range sorted(map[string]string{
		"jwk": `"jwk":` + string(jwk), "jwk with the user pool's kid": `"jwk":` + string(spoofed),
		"jku": `"jku":"https://attacker.example/jwks.json"`,
		"x5u": `"x5u":"https://attacker.example/key.pem"`, "x5c": `"x5c":["MIIB"]`, "x5t": `"x5t":"AAAA"`, "x5t#S256": `"x5t#S256":"AAAA"`,
	}) {
		a.add(verify.ErrMalformed, "the header brings a key: "+name, other.SignRaw(a.named(`,"alg":"RS256",`+members), a.text()))
	}
}

func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, text)
}
