package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

// resource is a resource server that takes the tokens of some numbers, in memory.
type resource struct {
	takes    map[string]bool
	requests []string
}

func (s *resource) RoundTrip(r *http.Request) (*http.Response, error) {
	_, n, _ := strings.Cut(r.Header.Get("Authorization"), "signature-")
	body := ""
	if r.Body != nil {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(read)
	}
	s.requests = append(s.requests, fmt.Sprintf("%s %s token=%s body=%s", r.Method, r.URL, n, body))
	if s.takes[n] {
		return answer(200, "fine"), nil
	}
	return answer(401, "no", "WWW-Authenticate", `Bearer error="invalid_token"`), nil
}

func (w *world) client(t *testing.T, base http.RoundTripper) *http.Client {
	t.Helper()
	return w.source(t, nil).Client(context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: base}))
}

func do(t *testing.T, client *http.Client, url string, body io.Reader) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Basic bm90OnRoaXM=")
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); got != "Basic bm90OnRoaXM=" {
		t.Errorf("the caller's request was changed: %s", got)
	}
	return answer.StatusCode
}

// A 401 is answered with another token, once, where the body can be sent again.
func TestClient_replacesARefusedToken(t *testing.T) {
	const url = "https://orders.example.com/orders"
	only2 := map[string]bool{"2": true}
	for name, c := range map[string]struct {
		takes    map[string]bool
		cacheTTL time.Duration
		body     io.Reader
		status   int
		asked    []string
		issued   int
	}{
		"taken":                  {map[string]bool{"1": true}, 0, strings.NewReader("a"), 200, []string{"token=1 body=a"}, 1},
		"refused once":           {only2, 0, strings.NewReader("a"), 200, []string{"token=1 body=a", "token=2 body=a"}, 2},
		"refused for ever":       {nil, 0, strings.NewReader("a"), 401, []string{"token=1 body=a", "token=2 body=a"}, 2},
		"no body":                {only2, 0, nil, 200, []string{"token=1 body=", "token=2 body="}, 2},
		"a body that is a pipe":  {only2, 0, io.MultiReader(strings.NewReader("a")), 401, []string{"token=1 body=a"}, 1},
		"the cache has no other": {only2, 45 * time.Minute, strings.NewReader("a"), 401, []string{"token=1 body=a"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.cacheTTL = c.cacheTTL
			server := &resource{takes: c.takes}
			if got := do(t, w.client(t, server), url, c.body); got != c.status {
				t.Errorf("got %d, want %d", got, c.status)
			}
			for i := range c.asked {
				c.asked[i] = "POST " + url + " " + c.asked[i]
			}
			if got, want := strings.Join(server.requests, "\n"), strings.Join(c.asked, "\n"); got != want || w.issued != c.issued {
				t.Errorf("got %d tokens and\n%s\nwant %d and\n%s", w.issued, got, c.issued, want)
			}
		})
	}
}

// A resource server that refuses everything does not make the workload ask the gateway each time.
func TestClient_limitsRequestsAfterRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		client := w.client(t, &resource{})
		for range 600 {
			if got := do(t, client, "https://orders.example.com/", nil); got != 401 {
				t.Fatalf("got %d", got)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if w.issued != 3 {
			t.Errorf("%d tokens in a minute, want the first one and one in 30 seconds", w.issued)
		}
	})
}

// A caller whose refused token has been replaced in the meantime gets the new one without a request.
func TestClient_usesATokenThatWasReplaced(t *testing.T) {
	w := newWorld()
	s := w.source(t, nil)
	wantToken(t, s, "1")
	former := s.held
	for want := range 2 {
		if got, ok := s.renew(t.Context(), former); !ok || got != s.held || w.issued != 2 {
			t.Errorf("time %d: got another token: %t, %d issued", want, ok, w.issued)
		}
	}
}

func TestClient_sendsTokensToOneOrigin(t *testing.T) {
	w := newWorld()
	var elsewhere, here []string
	other := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		elsewhere = append(elsewhere, r.Header.Get("Authorization"))
		if back := r.URL.Query().Get("back"); back != "" {
			http.Redirect(rw, r, back, http.StatusTemporaryRedirect)
		}
	}))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		here = append(here, r.URL.Path+" "+scheme)
		switch r.URL.Path {
		case "/back":
			http.Redirect(rw, r, other.URL+"?back=http://"+r.Host+"/chosen", http.StatusTemporaryRedirect)
		case "/far":
			http.Redirect(rw, r, other.URL, http.StatusTemporaryRedirect)
		case "/near":
			http.Redirect(rw, r, "/end", http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	client := w.source(t, nil).Client(t.Context())
	for _, path := range []string{"/far", "/near", "/back"} {
		if got := do(t, client, server.URL+path, strings.NewReader("a")); got != 200 {
			t.Errorf("%s: got %d", path, got)
		}
	}
	if got, want := strings.Join(here, ", "), "/far Bearer, /near Bearer, /end Bearer, /back Bearer, /chosen "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(elsewhere) != 2 || strings.Join(elsewhere, "") != "" {
		t.Errorf("the other host got %q", elsewhere)
	}
	// A transport that does not say which request it answers, as tests have them, changes nothing.
	bare := &redirecting{to: "https://elsewhere.example.com/"}
	client = w.client(t, bare)
	if got := do(t, client, "https://orders.example.com/", nil); got != 200 || bare.last != "" {
		t.Errorf("got %d, and the other host got %q", got, bare.last)
	}
}

type redirecting struct{ to, last string }

func (t *redirecting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() != t.to {
		return answer(http.StatusTemporaryRedirect, "", "Location", t.to), nil
	}
	t.last = r.Header.Get("Authorization")
	return answer(200, ""), nil
}

func TestClient_sendsTokensByHTTPSOnly(t *testing.T) {
	w := newWorld()
	server := &resource{takes: map[string]bool{"1": true}}
	body := &closing{Reader: strings.NewReader("a")}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://orders.example.com/", body)
	if err != nil {
		t.Fatal(err)
	}
	const want = "credentials: tokens are sent over https only, got http://orders.example.com"
	if _, err := w.client(t, server).Do(r); err == nil || !strings.Contains(err.Error(), want) { //nolint:bodyclose // there is no answer
		t.Errorf("got %v, want …%s", err, want)
	}
	if !body.closed || len(server.requests) > 0 {
		t.Errorf("closed: %t, requests %q", body.closed, server.requests)
	}
}

// Without a token nothing is sent, and the error is the Source's.
func TestClient_returnsErrorsOfTheSource(t *testing.T) {
	w := newWorld()
	w.secretString = `{"placeholder":true}`
	server, body := &resource{}, &closing{Reader: strings.NewReader("a")}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://orders.example.com/", body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client(t, server).Do(r); !errors.Is(err, ErrNotRotated) { //nolint:bodyclose // there is no answer
		t.Errorf("got %v", err)
	}
	if !body.closed || len(server.requests) > 0 {
		t.Errorf("closed: %t, requests %q", body.closed, server.requests)
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }
