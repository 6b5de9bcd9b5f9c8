package sigv4_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/sigv4"
)

const body = "grant_type=client_credentials"

var (
	now  = time.Unix(1_700_000_000, 0)
	key  = aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}
	temp = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "other", SessionToken: "session"}
)

func verifier() *sigv4.Verifier {
	return &sigv4.Verifier{Service: "execute-api", Region: "eu-west-1", Find: func(id string) (aws.Credentials, bool) {
		for _, c := range []aws.Credentials{key, temp} {
			if c.AccessKeyID == id {
				return c, true
			}
		}
		return aws.Credentials{}, false
	}}
}

// signed is a request signed by the SDK, as a client sends it.
func signed(t *testing.T, credentials aws.Credentials, service, region string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://api.example.com/v1/oauth2/token?scope=orders%2Fread%20x&client_id=a", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Client-Authorization", "Basic abc")
	hash := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(t.Context(), credentials, r, hex.EncodeToString(hash[:]), service, region, at); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSignature_SDKsSignaturesAreTaken(t *testing.T) {
	for name, test := range map[string]struct {
		credentials aws.Credentials
		at          time.Time
		change      func(*http.Request)
	}{
		"long-term key":             {key, now, func(*http.Request) {}},
		"temporary key":             {temp, now, func(*http.Request) {}},
		"clock off by four minutes": {key, now.Add(4 * time.Minute), func(*http.Request) {}},
		"unsigned header added":     {key, now, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") }},
		"header in several spaces":  {key, now, func(r *http.Request) { r.Header.Set("X-Client-Authorization", "Basic   abc") }},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t, test.credentials, "execute-api", "eu-west-1", test.at)
			test.change(r)
			if id, err := verifier().Verify(r, []byte(body), now); err != nil || id != test.credentials.AccessKeyID {
				t.Errorf("got %q, %v", id, err)
			}
		})
	}
}

func TestSignature_otherRequestsAreRefused(t *testing.T) {
	edit := func(from, to string) func(*http.Request) {
		return func(r *http.Request) {
			header := r.Header.Get("Authorization")
			if !strings.Contains(header, from) {
				panic("nothing to replace: " + from)
			}
			r.Header.Set("Authorization", strings.Replace(header, from, to, 1))
		}
	}
	unchanged := func(*http.Request) {}
	for name, test := range map[string]struct {
		credentials     aws.Credentials
		service, region string
		at              time.Time
		change          func(*http.Request)
		body            string
		want            error
	}{
		"no header":        {key, "execute-api", "eu-west-1", now, func(r *http.Request) { r.Header.Del("Authorization") }, body, sigv4.ErrUnsigned},
		"Basic":            {key, "execute-api", "eu-west-1", now, func(r *http.Request) { r.SetBasicAuth("a", "b") }, body, sigv4.ErrIncomplete},
		"no signature":     {key, "execute-api", "eu-west-1", now, edit("Signature=", "Sig="), body, sigv4.ErrIncomplete},
		"no date":          {key, "execute-api", "eu-west-1", now, func(r *http.Request) { r.Header.Del("X-Amz-Date") }, body, sigv4.ErrIncomplete},
		"host unsigned":    {key, "execute-api", "eu-west-1", now, edit("host;", ""), body, sigv4.ErrIncomplete},
		"header taken out": {key, "execute-api", "eu-west-1", now, edit("content-type;", ""), body, sigv4.ErrMismatch},
		"unknown key": {aws.Credentials{AccessKeyID: "AKIAOTHER", SecretAccessKey: "secret"}, "execute-api", "eu-west-1", now, unchanged, body,
			sigv4.ErrUnknownKey},
		"wrong secret": {aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: "guess"}, "execute-api", "eu-west-1", now, unchanged,
			body, sigv4.ErrMismatch},
		"another service":         {key, "s3", "eu-west-1", now, unchanged, body, sigv4.ErrMismatch},
		"another Region":          {key, "execute-api", "us-east-1", now, unchanged, body, sigv4.ErrMismatch},
		"expired":                 {key, "execute-api", "eu-west-1", now.Add(-6 * time.Minute), unchanged, body, sigv4.ErrExpired},
		"not yet valid":           {key, "execute-api", "eu-west-1", now.Add(6 * time.Minute), unchanged, body, sigv4.ErrExpired},
		"scope moved":             {key, "execute-api", "eu-west-1", now, edit("/eu-west-1/", "/us-east-1/"), body, sigv4.ErrMismatch},
		"header only said signed": {key, "execute-api", "eu-west-1", now, edit("x-amz-date;", "user-agent;x-amz-date;"), body, sigv4.ErrMismatch},
		"date moved": {key, "execute-api", "eu-west-1", now, func(r *http.Request) {
			r.Header.Set("X-Amz-Date", "20231114T221421Z")
		}, body, sigv4.ErrMismatch},
		"another body":   {key, "execute-api", "eu-west-1", now, unchanged, body + "&x=1", sigv4.ErrMismatch},
		"another method": {key, "execute-api", "eu-west-1", now, func(r *http.Request) { r.Method = http.MethodGet }, body, sigv4.ErrMismatch},
		"another path": {key, "execute-api", "eu-west-1", now, func(r *http.Request) {
			r.URL.Path = "/v2/oauth2/token"
		}, body, sigv4.ErrMismatch},
		"another query": {key, "execute-api", "eu-west-1", now, func(r *http.Request) {
			r.URL.RawQuery += "&scope=admin"
		}, body, sigv4.ErrMismatch},
		"another host": {key, "execute-api", "eu-west-1", now, func(r *http.Request) { r.Host = "other.example.com" }, body, sigv4.ErrMismatch},
		"another client": {key, "execute-api", "eu-west-1", now, func(r *http.Request) {
			r.Header.Set("X-Client-Authorization", "Basic xyz")
		}, body, sigv4.ErrMismatch},
		"without its session": {temp, "execute-api", "eu-west-1", now, func(r *http.Request) {
			r.Header.Del("X-Amz-Security-Token")
		}, body, sigv4.ErrUnknownKey},
		"with another session": {aws.Credentials{AccessKeyID: temp.AccessKeyID, SecretAccessKey: temp.SecretAccessKey, SessionToken: "stale"},
			"execute-api", "eu-west-1", now, unchanged, body, sigv4.ErrUnknownKey},
		"session not sent at all": {aws.Credentials{AccessKeyID: temp.AccessKeyID, SecretAccessKey: temp.SecretAccessKey}, "execute-api",
			"eu-west-1", now, unchanged, body, sigv4.ErrUnknownKey},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t, test.credentials, test.service, test.region, test.at)
			test.change(r)
			if id, err := verifier().Verify(r, []byte(test.body), now); !errors.Is(err, test.want) || id != "" {
				t.Errorf("got %q, %v, want %v", id, err, test.want)
			}
		})
	}
}
