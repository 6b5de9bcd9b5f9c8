package cognito_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

func TestTokenRequests(t *testing.T) {
	p := newPool(t, cognito.Config{RatePerSecond: 1000})
	id, secret := addClient(t, p, "stack/A", "orders/read", "https://billing.example/read", "orders/write")
	bare, bareSecret := addClient(t, p, "stack/Bare")
	other, _ := addClient(t, p, "stack/B", "orders/read")
	const grant = "grant_type=client_credentials"
	ok := basic(id, secret)
	for _, test := range []struct {
		name, query, body, authorization string
		want                             string // scope or error code
	}{
		{"Basic, no scope", "", grant, ok, "orders/read https://billing.example/read orders/write"},
		{"empty scope is none", "", grant + "&scope=", ok, "orders/read https://billing.example/read orders/write"},
		{"one scope", "", grant + "&scope=orders%2Fread", ok, "orders/read"},
		{"scopes in the order requested, once", "", grant + "&scope=orders/write++orders/read+orders/write", ok, "orders/write orders/read"},
		{"scheme in another case", "", grant, strings.Replace(ok, "Basic", "bASIC", 1), "orders/read https://billing.example/read orders/write"},
		{"form credentials", "", form("grant_type", "client_credentials", "client_id", id, "client_secret", secret, "scope", "orders/read"), "",
			"orders/read"},
		{"everything but the secret in the query", grant + "&client_id=" + id + "&scope=orders%2Fread", "", ok, "orders/read"},
		{"form secret, id in the query", "client_id=" + id, grant + "&client_secret=" + secret, "",
			"orders/read https://billing.example/read orders/write"},
		{"the body's scope counts", "scope=orders/write", grant + "&scope=orders/read", ok, "orders/read"},
		{"the same credentials twice", "", grant + "&client_id=" + id + "&client_secret=" + secret, ok,
			"orders/read https://billing.example/read orders/write"},
		{"unknown parameters are ignored", "x=1&x=2", grant + "&aws_client_metadata=%7B%7D&scope=orders/read", ok, "orders/read"},

		{"unknown scope", "", grant + "&scope=orders/delete", ok, "invalid_scope"},
		{"one bad scope among good ones", "", grant + "&scope=orders/read+openid", ok, "invalid_scope"},
		{"scope in another case", "", grant + "&scope=Orders/read", ok, "invalid_scope"},
		{"client without scopes", "", grant, basic(bare, bareSecret), "invalid_grant"},
		{"wrong secret", "", grant, basic(id, secret[1:]), "invalid_client"},
		{"another client's secret", "", grant, basic(other, secret), "invalid_client"},
		{"unknown client", "", grant, basic("nobody", secret), "invalid_client"},
		{"no secret", "", grant + "&client_id=" + id, "", "invalid_client"},
		{"Bearer", "", grant, "Bearer x", "invalid_client"},
		{"no Base64", "", grant, "Basic ***", "invalid_client"},
		{"no colon", "", grant, "Basic bm9jb2xvbg==", "invalid_client"},
		{"no credentials", "", grant, "", "invalid_request"},
		{"other id in the body", "", grant + "&client_id=" + other, ok, "invalid_request"},
		{"other id in the query", "client_id=" + other, grant, ok, "invalid_request"},
		{"other secret in the body", "", grant + "&client_secret=x", ok, "invalid_request"},
		{"secret in the query", "client_secret=" + secret, grant + "&client_id=" + id, "", "invalid_request"},
		{"no grant type", "", "scope=orders/read", ok, "invalid_request"},
		{"scope twice", "", grant + "&scope=orders/read&scope=orders/read", ok, "invalid_request"},
		{"grant type twice in the query", grant + "&" + grant, "", ok, "invalid_request"},
		{"malformed body", "", grant + "&scope=%zz", ok, "invalid_request"},
		{"malformed query", "scope=%zz", grant, ok, "invalid_request"},
		{"body too long", "", grant + "&x=" + strings.Repeat("x", 64<<10), ok, "invalid_request"},
		{"query too long", "x=" + strings.Repeat("x", 16<<10), grant, ok, "invalid_request"},
		{"code grant", "", "grant_type=authorization_code", ok, "unauthorized_client"},
		{"refresh", "", "grant_type=refresh_token", ok, "unauthorized_client"},
		{"password grant", "", "grant_type=password", ok, "unsupported_grant_type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := p.Token(request(test.query, test.body, test.authorization))
			if got := a.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control: got %q", got)
			}
			var members map[string]any
			if err := json.Unmarshal(a.Body, &members); err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
				t.Fatalf("%v: %s", err, a.Body)
			}
			got, wantStatus := members["error"], http.StatusBadRequest
			if token, ok := members["access_token"].(string); ok {
				got, wantStatus = verified(t, token, p.JWKS())["scope"], http.StatusOK
			}
			if got != test.want || a.Status != wantStatus {
				t.Errorf("got %d %s, want %s", a.Status, a.Body, test.want)
			}
		})
	}
	t.Run("a form that is called JSON", func(t *testing.T) {
		r := request("", grant, ok)
		r.Header.Set("Content-Type", "application/json")
		if a := p.Token(r); a.Status != http.StatusBadRequest || !strings.Contains(string(a.Body), "invalid_request") {
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	})
	t.Run("two Authorization headers", func(t *testing.T) {
		r := request("", grant, ok)
		r.Header.Add("Authorization", ok)
		if a := p.Token(r); a.Status != http.StatusBadRequest || !strings.Contains(string(a.Body), "invalid_request") {
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	})
	t.Run("GET", func(t *testing.T) {
		r := request("", grant, ok)
		r.Method = http.MethodGet
		if a := p.Token(r); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "POST" || a.Body != nil {
			t.Errorf("got %+v", a)
		}
	})
}

func TestToken_areCognitos(t *testing.T) {
	p := newPool(t, cognito.Config{})
	id, secret := addClient(t, p, "stack/A", "orders/read", "orders/write")
	a := p.Token(request("", "grant_type=client_credentials", basic(id, secret)))
	var members map[string]any
	if err := json.Unmarshal(a.Body, &members); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(members)); !slices.Equal(got, []string{"access_token", "expires_in", "token_type"}) {
		t.Errorf("members: %v", got)
	}
	if members["expires_in"] != 5400.0 || members["token_type"] != "Bearer" {
		t.Errorf("got %s", a.Body)
	}
	claims := verified(t, members["access_token"].(string), p.JWKS())
	jti := claims["jti"]
	delete(claims, "jti")
	now := float64(start.Unix())
	want := map[string]any{
		"sub": id, "token_use": "access", "scope": "orders/read orders/write", "auth_time": now, "iss": p.Issuer(), "exp": now + 5400, "iat": now,
		"version": 2.0, "client_id": id,
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Error(diff)
	}
	next := issue(t, p, request("", "grant_type=client_credentials", basic(id, secret)))
	if again := verified(t, next.AccessToken, p.JWKS())["jti"]; again == jti || len(jti.(string)) != 36 {
		t.Errorf("jti: %v, then %v", jti, again)
	}
	if diff := cmp.Diff(map[string]int64{id: 2}, p.Issued()); diff != "" {
		t.Error(diff)
	}
}

func TestThrottling(t *testing.T) {
	var mu sync.Mutex
	now := start
	p := newPool(t, cognito.Config{RatePerSecond: 2, Clock: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	id, secret := addClient(t, p, "stack/A", "orders/read")
	statuses := func(n int) (all []int) {
		for range n {
			all = append(all, p.Token(request("", "grant_type=client_credentials", basic(id, secret))).Status)
		}
		return all
	}
	if got := statuses(3); !slices.Equal(got, []int{200, 200, 429}) {
		t.Errorf("got %v", got)
	}
	a := p.Token(request("", "grant_type=client_credentials", basic(id, "wrong")))
	if a.Status != http.StatusTooManyRequests || !json.Valid(a.Body) {
		t.Errorf("got %d %s", a.Status, a.Body)
	}
	now = now.Add(500 * time.Millisecond)
	if got := statuses(2); !slices.Equal(got, []int{200, 429}) {
		t.Errorf("after half a second: got %v", got)
	}
}

// TestConcurrency is for the race detector, and checks that no client ever gets another's token.
func TestConcurrency(t *testing.T) {
	p := newPool(t, cognito.Config{RatePerSecond: 1_000_000})
	type credentials struct{ id, secret string }
	var clients []credentials
	for _, path := range []string{"stack/A", "stack/B", "stack/C"} {
		id, secret := addClient(t, p, path, "orders/read", "orders/write")
		clients = append(clients, credentials{id, secret})
	}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			c := clients[i%len(clients)]
			for range 10 {
				token := issue(t, p, request("", "grant_type=client_credentials", basic(c.id, c.secret))).AccessToken
				if got := verified(t, token, p.JWKS())["client_id"]; got != c.id {
					t.Errorf("client %s got the token of %v", c.id, got)
				}
			}
		})
	}
	wg.Go(func() {
		if err := p.RotateKey(); err != nil {
			t.Error(err)
		}
		id, err := p.AddSecret(clients[0].id, "")
		if err != nil {
			t.Error(err)
		}
		if err := p.DeleteSecret(clients[0].id, id); err != nil {
			t.Error(err)
		}
		if _, err := p.AddClient("stack/D", clientProperties("orders/read")); err != nil {
			t.Error(err)
		}
		p.Clients()
		p.Issued()
	})
	wg.Wait()
	for _, c := range clients {
		if got := p.Issued()[c.id]; got != 20 {
			t.Errorf("client %s: %d tokens counted, want 20", c.id, got)
		}
	}
}

func BenchmarkToken(b *testing.B) {
	p := newPool(b, cognito.Config{RatePerSecond: 1 << 30})
	id, secret := addClient(b, p, "stack/A", "orders/read")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if a := p.Token(request("", "grant_type=client_credentials", basic(id, secret))); a.Status != http.StatusOK {
				b.Fatalf("got %d %s", a.Status, a.Body)
			}
		}
	})
}
