package credentials

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// Whatever a server or a transport does, nothing that is printed, logged or observed holds a credential or a token.
func TestErrors_containNoCredentials(t *testing.T) {
	const clientSecret = "Ab+cdefghij_0123456789" // shorter than what is redacted by its looks
	basic := base64.StdEncoding.EncodeToString([]byte(clientID + ":" + clientSecret))
	token := jwt(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Hour, 1)
	echo := func(r *http.Request) string {
		return fmt.Sprintf("%s %v %s %s", r.URL, r.Header, clientSecret, token)
	}
	inError := func(r *http.Request) string {
		body, _ := json.Marshal(map[string]string{"error": echo(r), "error_description": echo(r)})
		return string(body)
	}
	for name, c := range map[string]struct {
		answer func(*http.Request, int) (*http.Response, error)
		read   error
		secret string
	}{
		"a token":               {},
		"a refusal that echoes": {answer: func(r *http.Request, _ int) (*http.Response, error) { return answer(400, inError(r)), nil }},
		"a 5xx that echoes":     {answer: func(r *http.Request, _ int) (*http.Response, error) { return answer(500, echo(r)), nil }},
		"a redirect that does": {answer: func(r *http.Request, _ int) (*http.Response, error) {
			return answer(302, "", "Location", echo(r)), nil
		}},
		"a 200 that echoes": {answer: func(r *http.Request, _ int) (*http.Response, error) { return answer(200, echo(r)), nil }},
		"a type that echoes": {answer: func(r *http.Request, _ int) (*http.Response, error) {
			return answer(200, strings.Replace(inError(r), `"error"`, `"token_type"`, 1)), nil
		}},
		"a transport's text":  {answer: func(r *http.Request, _ int) (*http.Response, error) { return nil, textError(echo(r)) }},
		"a transport's error": {answer: func(r *http.Request, _ int) (*http.Response, error) { return nil, errors.New(echo(r)) }},
		"a broken answer": {answer: func(r *http.Request, _ int) (*http.Response, error) {
			response := answer(200, "")
			response.Body = io.NopCloser(iotest.ErrReader(errors.New(echo(r))))
			return response, nil
		}},
		"an old token": {answer: func(*http.Request, int) (*http.Response, error) {
			return answer(200, `{"access_token":"`+jwt(time.Unix(1, 0), time.Second, 1)+`","expires_in":0,"token_type":"Bearer"}`), nil
		}},
		"Secrets Manager's error": {read: errors.New("cannot read " + token)},
		"a broken secret":         {secret: `{"client_secret":"` + clientSecret + `","client_id":5}`},
		"a secret without a URL":  {secret: `{"client_secret":"` + clientSecret + `","client_id":"a","scope":"b"}`},
		"another scheme":          {secret: strings.Replace(document(clientSecret), "https:", "http:", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.rotate(clientSecret)
				w.answer, w.readErr = c.answer, c.read
				if c.secret != "" {
					w.secretString = c.secret
				}
				var shown bytes.Buffer
				logger := slog.New(slog.NewJSONHandler(&shown, nil))
				s := w.source(t, func(config *Config) {
					config.Observer = func(e Event) { fmt.Fprintf(&shown, "%+v %#v\n", e, e) }
				})
				_, err := s.Token()
				synctest.Wait()
				if (err == nil) != (name == "a token") {
					t.Errorf("got %v", err)
				}
				for e := err; e != nil; e = cause(e) {
					fmt.Fprintf(&shown, "%v %+v %#v %q %s\n", e, e, e, e, e)
				}
				logger.Info("", "error", err, "source", s, "config", s.config.SecretID)
				fmt.Fprintf(&shown, "%v %+v %#v %s %q %d %x\n", s, s, s, s, s, s, s)
				for what, credential := range map[string]string{
					"client secret": clientSecret, "Basic credentials": basic, "token": token,
					"token's payload": strings.Split(token, ".")[1],
				} {
					if strings.Contains(shown.String(), credential) {
						t.Errorf("the %s is in %s", what, shown.String())
					}
				}
			})
		})
	}
}

// textError is an error that fmt would show as a text within a struct.
type textError string

func (e textError) Error() string { return string(e) }

// cause is what an error is caused by. What is below an error of Secrets Manager or the transport is theirs.
func cause(err error) error {
	if e, ok := err.(*Error); ok { //nolint:errorlint // this very one
		return e.cause
	}
	return nil
}

func TestSource_printsOnlyItsName(t *testing.T) {
	s := newWorld().source(t, nil)
	const want = "credentials.Source(m2m/prod/tenants/billing)"
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("", "source", s)
	if got := fmt.Sprintf("%+v", s); got != want || !strings.Contains(logged.String(), want) {
		t.Errorf("got %s and %s", got, logged.String())
	}
}
