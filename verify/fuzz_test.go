package verify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// FuzzVerify changes a valid token anywhere, and tries other texts: only the valid token may be accepted, cached or not.
func FuzzVerify(f *testing.F) {
	s := newStage(f)
	s.config.CacheSize = 4
	v := newVerifier(f, s.config)
	good := s.Token("orders/read")
	f.Add("", uint16(0), uint16(0))
	f.Add("=", uint16(len(good)), uint16(0))
	f.Add(".", uint16(40), uint16(1))
	f.Add("A", uint16(len(good)-1), uint16(1))
	f.Add("eyJhbGciOiJub25lIn0", uint16(0), uint16(88))
	f.Add(`{"payload":"","signatures":[]}`, uint16(0), uint16(9999))
	f.Fuzz(func(t *testing.T, insert string, at, remove uint16) {
		from := min(int(at), len(good))
		to := min(from+int(remove), len(good))
		for _, token := range []string{good[:from] + insert + good[to:], insert, good} {
			_, err := v.Verify(t.Context(), token)
			if (err == nil) != (token == good) {
				t.Fatalf("%q: %v", token, err)
			}
		}
	})
}

// FuzzClaims signs any payload: it is only accepted if another parser finds the required claims in it.
func FuzzClaims(f *testing.F) {
	s := newStage(f)
	v := newVerifier(f, s.config)
	payload := func(changes map[string]any) {
		body, err := json.Marshal(changed(s.Claims("orders/read", "orders/write"), changes))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	payload(nil)
	payload(map[string]any{"custom": map[string]any{"a": []any{1, "]", `\"`, nil}}})
	payload(map[string]any{"aud": verifytest.ClientID, "nbf": 1, "\"": "\\"})
	f.Add(`{"exp":1,"\u0065xp":2}`)
	f.Fuzz(func(t *testing.T, payload string) {
		got, err := v.Verify(t.Context(), s.SignPayload(payload))
		if err != nil {
			return
		}
		var claims map[string]any
		if err := json.Unmarshal([]byte(payload), &claims); err != nil || hasTwice([]byte(payload)) {
			t.Fatalf("%q is accepted: %v", payload, err)
		}
		now := float64(s.clock.now().Unix())
		exp, iat := claims["exp"].(float64), claims["iat"].(float64)
		scope, _ := claims["scope"].(string)
		if claims["iss"] != verifytest.IssuerURL || claims["token_use"] != "access" ||
			claims["client_id"] != verifytest.ClientID || claims["sub"] != verifytest.ClientID ||
			claims["version"] != 2.0 || claims["username"] != nil || exp < now-5 || iat > now+5 || strings.Join(got.Scopes, " ") != scope {
			t.Fatalf("%q is accepted as %+v", payload, got)
		}
	})
}

// FuzzHeader signs any header with valid claims.
func FuzzHeader(f *testing.F) {
	s := newStage(f)
	v := newVerifier(f, s.config)
	key := s.Key()
	claims := marshal(f, s.Claims())
	// KID stands for the ID of the key, which differs in each process.
	f.Add(`{"kid":"KID","alg":"RS256"}`)
	f.Add(`{"alg":"RS256","kid":"KID","typ":"JWT"}`)
	f.Add(`{"alg":"RS256","kid":"KID","crit":[]}`)
	f.Add(`{"\u0061lg":"RS256","kid":"KID","alg":"none"}`)
	f.Fuzz(func(t *testing.T, header string) {
		header = strings.ReplaceAll(header, "KID", key.ID)
		if _, err := v.Verify(t.Context(), key.SignRaw(header, claims)); err != nil {
			return
		}
		var members map[string]any
		if err := json.Unmarshal([]byte(header), &members); err != nil || hasTwice([]byte(header)) {
			t.Fatalf("%q is accepted: %v", header, err)
		}
		_, crit := members["crit"]
		_, jwk := members["jwk"]
		if members["alg"] != "RS256" || members["kid"] != key.ID || crit || jwk {
			t.Fatalf("%q is accepted", header)
		}
	})
}

// hasTwice finds a duplicate name of a JSON object with the tokens of the standard library.
func hasTwice(object []byte) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return false
	}
	seen := map[any]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return false
		}
		if seen[name] {
			return true
		}
		seen[name] = true
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return false
		}
	}
	return false
}

// FuzzMembers compares with the standard library's parser, which accepts more.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(` { "a" : 1 , "b" : [ { "a" : "}" } , 2 ] , "c\u0061":"\\\"" , "d" : true,"e":-1.5e3, "f":{} } `))
	f.Add([]byte(`{"":"","a":null}`))
	f.Add([]byte(`{"scope":"a","kid":"b"}`))
	f.Add([]byte(`{"\u017fcope":"a","Kid":"b"}`))
	f.Fuzz(func(t *testing.T, object []byte) {
		got, err := verify.Members(object, "scope", "kid")
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal(object, &want)
		ok := wantErr == nil && want != nil && utf8.Valid(object) && !hasTwice(object) && len(want) <= 64
		for name := range want {
			for _, read := range []string{"scope", "kid"} {
				ok = ok && (name == read || !strings.EqualFold(name, read))
			}
		}
		if (err == nil) != ok {
			t.Fatalf("%q: got %v, the standard library %v", object, err, wantErr)
		}
		if err != nil {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%q: got %q, want %q", object, got, want)
		}
		for name, value := range want {
			if got[name] != string(value) {
				t.Fatalf("%q: %q is %q, want %q", object, name, got[name], value)
			}
		}
	})
}

// FuzzKeySet reads any document: a key is only accepted if another parser finds in it what makes it a key for RS256 signatures.
func FuzzKeySet(f *testing.F) {
	key := verifytest.NewKey(f)
	f.Add(marshal(f, map[string]any{"keys": []any{key.JWK()}}))
	f.Add(marshal(f, map[string]any{"keys": []any{1, "text", map[string]string{"kty": "EC"}, key.JWK()}, "Keys": 1}))
	f.Add(strings.Replace(marshal(f, map[string]any{"keys": []any{key.JWK()}}), "kid", "Kid", 1))
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := verify.KeySet([]byte(text))
		if err != nil {
			return
		}
		var document map[string]json.RawMessage
		var list []json.RawMessage
		if err := errors.Join(json.Unmarshal([]byte(text), &document), json.Unmarshal(document["keys"], &list)); err != nil ||
			len(keys) == 0 {
			t.Fatalf("%q is accepted: %v", text, err)
		}
		for _, raw := range list {
			var jwk map[string]any
			if json.Unmarshal(raw, &jwk) != nil || hasTwice(raw) {
				continue
			}
			id, _ := jwk["kid"].(string)
			n, _ := jwk["n"].(string)
			if public := keys[id]; public != nil && jwk["kty"] == "RSA" && jwk["alg"] == "RS256" && jwk["use"] == "sig" &&
				jwk["d"] == nil &&
				n == base64.RawURLEncoding.EncodeToString(public.N.Bytes()) {
				delete(keys, id)
			}
		}
		if len(keys) > 0 {
			t.Fatalf("%q: keys that are not in it: %v", text, keys)
		}
	})
}

// FuzzMiddleware sends any Authorization header: only that with the good token reaches the handler.
func FuzzMiddleware(f *testing.F) {
	s := newStage(f)
	v := newVerifier(f, s.config)
	good := s.Token("orders/read")
	handler := v.Middleware()(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "bearer TOKEN", "BEARER  TOKEN", "Bearer TOKEN,TOKEN", "Basic TOKEN", "Bearer\tTOKEN", "Bearer TOKEN ",
		"TOKEN",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		header = strings.ReplaceAll(header, "TOKEN", good)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.Header["Authorization"] = []string{header}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		scheme, rest, _ := strings.Cut(header, " ")
		if accepted := strings.EqualFold(scheme, "bearer") && strings.TrimLeft(rest, " ") == good; (w.Code == http.StatusOK) != accepted {
			t.Fatalf("%q: %d", header, w.Code)
		}
		challenge := w.Header().Get("WWW-Authenticate")
		if w.Code != http.StatusOK && w.Code != http.StatusServiceUnavailable && !strings.HasPrefix(challenge, `Bearer realm="api"`) {
			t.Fatalf("%q: %d with the challenge %q", header, w.Code, challenge)
		}
		if strings.ContainsAny(challenge, "\r\n") || strings.Count(challenge, `"`)%2 != 0 {
			t.Fatalf("%q: challenge %q", header, challenge)
		}
	})
}
