package cognito_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

// endless is a body that never ends; read counts what was taken from it.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

func TestFuzz_bodyIsReadUpToABound(t *testing.T) {
	body := &endless{}
	r := request("", "", "")
	r.Body = io.NopCloser(body)
	if a := newPool(t, cognito.Config{}).Token(r); a.Status != http.StatusBadRequest {
		t.Errorf("got %d %s", a.Status, a.Body)
	}
	if body.read > 128<<10 {
		t.Errorf("%d bytes were read", body.read)
	}
}

// FuzzToken sends whatever there is as query, body and Authorization header: every answer is JSON with a documented error, and a token only
// ever comes of the client's own secret.
func FuzzToken(f *testing.F) {
	p := newPool(f, cognito.Config{RatePerSecond: 1 << 30})
	id, secret := addClient(f, p, "stack/A", "orders/read")
	const grant = "grant_type=client_credentials"
	const form = "application/x-www-form-urlencoded"
	f.Add("", grant, basic(id, secret), form)
	f.Add("scope=orders%2Fread", grant+"&client_id=x&client_secret=y", "", form+"; charset=utf-8")
	f.Add("client_id="+id+"&"+grant, "scope=%zz;a", "Basic Og==", form)
	f.Add("", grant, "Basic "+strings.Repeat("A", 100), "multipart/form-data")
	f.Fuzz(func(t *testing.T, query, body, authorization, contentType string) {
		r := &http.Request{
			Method: http.MethodPost, URL: &url.URL{Path: "/oauth2/token", RawQuery: query}, Body: io.NopCloser(strings.NewReader(body)),
			Header: http.Header{"Content-Type": {contentType}, "Authorization": {authorization}},
		}
		a := p.Token(r)
		var members map[string]any
		if err := json.Unmarshal(a.Body, &members); err != nil {
			t.Fatalf("%v: %s", err, a.Body)
		}
		switch a.Status {
		case http.StatusOK:
			fields, err := url.ParseQuery(body)
			_, sent, _ := r.BasicAuth()
			if err != nil || sent != secret && fields.Get("client_secret") != secret {
				t.Errorf("a token without the secret: %s, %q, %q", a.Body, body, authorization)
			}
		case http.StatusBadRequest:
			switch members["error"] {
			case "invalid_request", "invalid_client", "invalid_scope", "unauthorized_client", "unsupported_grant_type":
			default:
				t.Errorf("error: %v", members["error"])
			}
		default:
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	})
}
