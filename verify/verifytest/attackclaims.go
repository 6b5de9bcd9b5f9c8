package verifytest

import (
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// payloads have a valid signature. A user pool does not sign them, but the same code may read other documents that it signs.
func (a *attacks) payloads() {
	text := a.text()
	open := strings.TrimSuffix(text, "}")
	for name, payload := range sorted(map[string]string{
		"a list": "[" + text + "]", "null": "null", "a text": `"text"`, "a number": "1", "no JSON": open, "text behind": text + "x",
		"two objects": text + text, "empty object's end": "}", "invalid UTF-8": open + ",\"x\":\"\xff\"}", "UTF-16": "\x00{\x00}",
		"byte order mark": "\ufeff" + text, "NaN": open + `,"x":NaN}`, "many names": open + manyNames() + "}",
		"exp twice": open + `,"exp":9999999999}`, "scope twice": open + `,"scope":"admin"}`,
		"iss twice":                      open + `,"iss":"https://attacker.example"}`,
		"iss twice, the other one first": `{"iss":"https://attacker.example",` + text[1:],
		"client_id twice, the same":      open + `,"client_id":"` + ClientID + `"}`,
		"client_id twice, escaped":       open + `,"client\u005fid":"` + OtherClientID + `"}`,
		"an unknown name twice":          open + `,"x":1,"x":2}`,
		"names in upper case":            strings.ToUpper(text),
		"Scope beside scope":             open + `,"Scope":"admin"}`, "ſcope beside scope": open + `,"ſcope":"admin"}`,
		"Client_ID beside client_id": open + `,"Client_ID":"` + OtherClientID + `"}`, "EXP beside exp": open + `,"EXP":9999999999}`,
		"ISS beside iss": open + `,"ISS":"https://attacker.example"}`, "Iss before iss": `{"Iss":"https://attacker.example",` + text[1:],
		"to\u212aen_use, escaped, beside token_use": open + `,"to\u212aen_use":"id"}`,
		"Aud without aud":           open + `,"Aud":"` + ClientID + `"}`,
		"Username without username": open + `,"Username":"jdoe"}`,
	}) {
		a.add(verify.ErrMalformed, "payload: "+name, a.issuer.SignPayload(payload))
	}
	a.add(verify.ErrIssuer, "payload: empty object", a.issuer.SignPayload("{}"))
	a.add(verify.ErrIssuer, "payload: claims one level down", a.issuer.SignPayload(`{"claims":`+text+`}`))
}

func manyNames() string {
	var b strings.Builder
	for n := range 300 {
		fmt.Fprintf(&b, `,"x%d":0`, n)
	}
	return b.String()
}

func (a *attacks) with(changes map[string]any) string {
	claims := a.issuer.Claims(Scope)
	for name, value := range changes {
		claims[name] = value
	}
	return a.issuer.Sign(claims)
}

// claims: RFC 7519 section 4.1, RFC 8725 sections 2.7, 3.8, 3.9 and 3.12, and the properties of Cognito's tokens for clients.
func (a *attacks) claims() {
	own := a.issuer.URL
	for name, issuer := range sorted(map[string]any{
		"of another user pool": verify.OriginalIssuer("eu-west-1_Attacker1").URL, "missing": nil, "empty": "", "with a slash": own + "/",
		"of the issuer type UPDATED": strings.Replace(own, "https://", "https://issuer-", 1),
		"of another Region":          strings.Replace(own, "-1", "-2", 2),
		"in upper case":              strings.ToUpper(own), "longer": own + "x", "shorter": own[:len(own)-1],
		"by http":                        "http" + strings.TrimPrefix(own, "https"),
		"with a letter that looks alike": strings.Replace(own, "a", "а", 1), "with a null byte": own + "\x00", "with a space": own + " ",
		"with credentials":                strings.Replace(own, "https://", "https://attacker@", 1),
		"with a port":                     strings.Replace(own, ".com/", ".com:443/", 1),
		"with a dot":                      strings.Replace(own, ".com/", ".com./", 1),
		"with a path that goes back":      own + "/../" + own[strings.LastIndex(own, "/")+1:],
		"percent-encoded":                 strings.Replace(own, "_", "%5F", 1),
		"that is the address of the keys": own + "/.well-known/jwks.json",
	}) {
		a.add(verify.ErrIssuer, "iss "+name, a.with(map[string]any{"iss": issuer}))
	}
	for name, issuer := range sorted(map[string]any{"a list": []string{own}, "an object": map[string]any{own: true}, "true": true}) {
		a.add(verify.ErrMalformed, "iss "+name, a.with(map[string]any{"iss": issuer}))
	}
	user := "a1b2c3d4-5678-90ab-cdef-1234567890ab"
	a.add(verify.ErrTokenUse, "id token", a.with(map[string]any{
		"token_use": "id", "aud": ClientID, "client_id": nil, "scope": nil, "sub": user, "cognito:username": "jdoe",
	}))
	a.add(verify.ErrTokenUse, "id token with client_id", a.with(map[string]any{"token_use": "id", "aud": ClientID}))
	for _, use := range []any{nil, "", "Access", "access ", "refresh"} {
		a.add(verify.ErrTokenUse, fmt.Sprintf("token_use %#v", use), a.with(map[string]any{"token_use": use}))
	}
	a.add(verify.ErrTokenUse, "access token of a user", a.with(map[string]any{"sub": user, "username": "jdoe"}))
	a.add(verify.ErrTokenUse, "access token of a user whose name is the client", a.with(map[string]any{"username": ClientID}))
	a.add(verify.ErrTokenUse, "access token of a user without a name", a.with(map[string]any{"sub": user}))
	a.add(verify.ErrTokenUse, "no sub", a.with(map[string]any{"sub": nil}))
	a.add(verify.ErrTokenUse, "sub of another client", a.with(map[string]any{"sub": OtherClientID}))

	a.add(verify.ErrClient, "another client of the user pool", a.with(map[string]any{"client_id": OtherClientID, "sub": OtherClientID}))
	upper := strings.ToUpper(ClientID)
	a.add(verify.ErrClient, "a client whose id differs in case", a.with(map[string]any{"client_id": upper, "sub": upper}))
	a.add(verify.ErrClient, "a client that is called as a tenant", a.with(map[string]any{"client_id": Tenant, "sub": Tenant}))
	a.add(verify.ErrClient, "aud of another API", a.with(map[string]any{"aud": "https://other.example"}))
	a.add(verify.ErrClient, "aud a list", a.with(map[string]any{"aud": []string{ClientID, "https://other.example"}}))
	for name, id := range sorted(map[string]any{
		"missing": nil, "empty": "", "with a space": ClientID + " ", "with a null byte": ClientID + "\x00",
		"with a letter that looks alike": strings.Replace(ClientID, "e", "е", 1),
		"with a soft hyphen":             ClientID + "\u00ad", "too long": strings.Repeat("a", 129), "a path": "../" + ClientID,
	}) {
		a.add(verify.ErrMalformed, "client_id "+name, a.with(map[string]any{"client_id": id, "sub": id}))
	}
	a.add(verify.ErrMalformed, "client_id missing, but aud", a.with(map[string]any{"client_id": nil, "aud": ClientID}))
	for name, id := range sorted(map[string]any{
		"a list": []string{ClientID}, "a number": 1, "an object": map[string]any{"id": ClientID}, "true": true,
	}) {
		a.add(verify.ErrMalformed, "client_id "+name, a.with(map[string]any{"client_id": id}))
	}
	a.add(verify.ErrMalformed, "version 1", a.with(map[string]any{"version": 1}))
	a.add(verify.ErrMalformed, "version missing", a.with(map[string]any{"version": nil}))
	a.add(verify.ErrMalformed, "version a text", a.with(map[string]any{"version": "2"}))
	a.scopes()
}

func (a *attacks) scopes() {
	for name, scope := range sorted(map[string]any{
		"missing": nil, "empty": "", "another": "orders/write", "longer": Scope + "x", "shorter": Scope[:len(Scope)-1],
		"of a resource server that contains it": "x" + Scope,
		"in upper case":                         strings.ToUpper(Scope), "by commas": "orders/write," + Scope,
	}) {
		a.add(verify.ErrScope, "scope "+name, a.with(map[string]any{"scope": scope}))
	}
	for name, scope := range sorted(map[string]any{
		"a list": []string{Scope}, "an object": map[string]any{Scope: true}, "a number": 1, "with a tab": "orders/write\t" + Scope,
		"with a line break": "orders/write\n" + Scope, "with two spaces": "orders/write  " + Scope, "with a space in front": " " + Scope,
		"with a no-break space": "orders/write\u00a0" + Scope, "with a null byte": Scope + "\x00",
		"with quotes": `"` + Scope + `"`,
	}) {
		a.add(verify.ErrMalformed, "scope "+name, a.with(map[string]any{"scope": scope}))
	}
}

// times: RFC 7519 sections 4.1.4 to 4.1.6.
func (a *attacks) times() {
	now := a.issuer.Now().Unix()
	a.add(verify.ErrExpired, "expired", a.with(map[string]any{"iat": now - 7200, "exp": now - 3600}))
	a.add(verify.ErrExpired, "expired a minute ago", a.with(map[string]any{"iat": now - 3660, "exp": now - 60}))
	a.add(verify.ErrNotYetValid, "nbf in the future", a.with(map[string]any{"nbf": now + 120}))
	a.add(verify.ErrNotYetValid, "iat in the future", a.with(map[string]any{"iat": now + 120, "exp": now + 3720}))
	a.add(verify.ErrMalformed, "valid for more than a day", a.with(map[string]any{"iat": now, "exp": now + 86401}))
	a.add(verify.ErrMalformed, "valid until before it was issued", a.with(map[string]any{"iat": now, "exp": now - 1}))
	a.add(verify.ErrMalformed, "valid for years", a.with(map[string]any{"exp": int64(9999999999)}))
	open := strings.TrimSuffix(a.text(), "}")
	for _, claim := range []string{"exp", "iat", "nbf"} {
		rest := a.withoutNumber(claim)
		for _, value := range []string{
			`"9999999999"`, "9999999999.5", "1e10", "-1", "null", "[9999999999]", "true", "{}", "99999999999999999999999999",
			"999999999999",
			`"2100-01-01T00:00:00Z"`,
		} {
			a.add(verify.ErrMalformed, claim+" "+value, a.issuer.SignPayload(rest+`,"`+claim+`":`+value+"}"))
		}
		if claim != "nbf" {
			a.add(verify.ErrMalformed, claim+" missing", a.with(map[string]any{claim: nil}))
		}
	}
	a.add(verify.ErrMalformed, "exp with a zero in front", a.issuer.SignPayload(strings.Replace(open, `"exp":`, `"exp":0`, 1)+"}"))
}

// withoutNumber returns a payload without one claim and without its closing brace.
func (a *attacks) withoutNumber(claim string) string {
	token := a.with(map[string]any{claim: nil})
	return strings.TrimSuffix(string(decode(payloadOf(token))), "}")
}
