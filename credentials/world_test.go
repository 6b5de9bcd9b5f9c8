package credentials

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

const (
	tenantSecret = "m2m/prod/tenants/billing"
	clientID     = "1example23456789"
	tokenURL     = "https://tokens.example.com/oauth2/token?client_id=" + clientID + "&scope=orders%2Fread%20orders%2Fwrite"
)

// world is Secrets Manager and the gateway, in memory: so a synctest bubble's time passes at once while everybody waits.
type world struct {
	mu sync.Mutex
	// secretString is the current version, readErr why it cannot be read.
	secretString string
	readErr      error
	reads        int
	// valid are the client secrets that get tokens.
	valid map[string]bool
	// validity and cacheTTL are of the tokens and of the gateway's cache, which has no errors here unless answer gives them.
	validity, cacheTTL time.Duration
	cache              map[string]cached
	issued             int
	requests           []*http.Request
	// answer replaces the gateway's, if it gives one. It gets the number of the request, from 1.
	answer func(r *http.Request, n int) (*http.Response, error)
	// date is the gateway's clock, if it sends one.
	date func() time.Time
	// slow is how long an answer takes.
	slow time.Duration
}

type cached struct {
	body    string
	expires time.Time
}

func newWorld() *world {
	w := &world{valid: map[string]bool{}, validity: time.Hour, cache: map[string]cached{}}
	w.rotate("A-first-client-secret-of-the-tenant")
	return w
}

// rotate makes another client secret the current one. The former one goes on working.
func (w *world) rotate(clientSecret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.valid[clientSecret] = true
	w.secretString = document(clientSecret)
}

func document(clientSecret string) string {
	body, err := json.Marshal(map[string]any{
		"client_id": clientID, "client_secret": clientSecret, "token_url": tokenURL, "scope": "orders/read orders/write",
		"prior_client_secret_ids": []string{"id"},
	})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// revoke takes a client secret away, and flushes the gateway's cache.
func (w *world) revoke(clientSecret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.valid, clientSecret)
	clear(w.cache)
}

func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// counts are the reads of the secret and the token requests so far.
func (w *world) counts() (reads, requests int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reads, len(w.requests)
}

func (w *world) GetSecretValue(
	_ context.Context,
	in *secretsmanager.GetSecretValueInput,
	_ ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	if aws.ToString(in.SecretId) != tenantSecret || in.VersionId != nil || in.VersionStage != nil {
		return nil, fmt.Errorf("want the current version of %s", tenantSecret)
	}
	if w.readErr != nil {
		return nil, w.readErr
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(w.secretString)}, nil
}

// RoundTrip implements http.RoundTripper: the gateway.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.slow > 0 {
		select {
		case <-time.After(w.slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, r)
	if w.answer != nil {
		if response, err := w.answer(r, len(w.requests)); response != nil || err != nil {
			return response, err
		}
	}
	key := r.Header.Get("Authorization") + r.URL.RawQuery
	entry, ok := w.cache[key]
	if now := time.Now(); !ok || !now.Before(entry.expires) {
		if _, password, _ := r.BasicAuth(); !w.valid[password] {
			return answer(http.StatusBadRequest, `{"error":"invalid_client"}`), nil
		}
		w.issued++
		entry.body = fmt.Sprintf(`{"access_token":%q,"expires_in":%d,"token_type":"Bearer"}`,
			jwt(now, w.validity, w.issued), int((w.validity - w.cacheTTL).Seconds()))
		entry.expires = now.Add(w.cacheTTL)
		w.cache[key] = entry
	}
	response := answer(http.StatusOK, entry.body)
	if w.date != nil {
		response.Header.Set("Date", w.date().UTC().Format(http.TimeFormat))
	}
	return response, nil
}

// jwt is the n-th token, by its looks: nothing here verifies it.
func jwt(issued time.Time, validity time.Duration, n int) string {
	encode := base64.RawURLEncoding.EncodeToString
	claims := fmt.Sprintf(`{"iat":%d,"exp":%d,"client_id":%q}`, issued.Unix(), issued.Add(validity).Unix(), clientID)
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(claims)) + fmt.Sprintf(".signature-%d", n)
}

// answer is a response, with an even number of header texts.
func answer(status int, body string, header ...string) *http.Response {
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		response.Header.Set(header[i], header[i+1])
	}
	return response
}

// source is a Source for the world, whose randomness is its middle.
func (w *world) source(t *testing.T, change func(*Config)) *Source {
	t.Helper()
	config := Config{SecretID: tenantSecret, SecretsManager: w, HTTPClient: &http.Client{Transport: w}}
	if change != nil {
		change(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.random = func() float64 { return 0.5 }
	return s
}

func asIs(*Config) {}

// token is the number of the token that a Source gives.
func token(t *testing.T, s *Source) string {
	t.Helper()
	got, err := s.TokenContext(t.Context())
	if err != nil {
		t.Fatalf("%v after %s", err, time.Now())
	}
	if got.Type() != "Bearer" || got.Expiry.IsZero() {
		t.Errorf("token of type %q that expires at %s", got.Type(), got.Expiry)
	}
	_, n, ok := strings.Cut(got.AccessToken, "signature-")
	if !ok {
		t.Fatalf("token %q", got.AccessToken)
	}
	return n
}

func wantToken(t *testing.T, s *Source, want string) {
	t.Helper()
	if got := token(t, s); got != want {
		t.Errorf("got token %s, want %s", got, want)
	}
}

func (w *world) wantCounts(t *testing.T, reads, requests int) {
	t.Helper()
	if gotReads, gotRequests := w.counts(); gotReads != reads || gotRequests != requests {
		t.Errorf("%d reads of the secret and %d token requests, want %d and %d", gotReads, gotRequests, reads, requests)
	}
}

// readBody is the body of a request, and can be read again.
func readBody(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

func longText(n int) string { return strings.Repeat("a", n) }
