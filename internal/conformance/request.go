package conformance

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

const (
	formType  = "application/x-www-form-urlencoded"
	maxAnswer = 1 << 20
)

type credentials struct {
	id     string
	secret sensitive.Value
}

// basic returns the Authorization header in the form that Cognito documents: unlike RFC 6749 section 2.3.1, the two parts are not
// form-encoded.
func (c credentials) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.id+":"+c.secret.Plaintext()))
}

// client returns the real client's credentials.
func (r *run) client() credentials {
	return credentials{id: r.target.ClientID, secret: r.target.ClientSecret}
}

// tokenRequest is a request to a token endpoint, a POST by default. Header names are sent as they are written.
type tokenRequest struct {
	method string
	url    string
	query  url.Values
	form   url.Values
	header map[string]string
}

// gatewayRequest returns the request of a well-behaved client for the first scope.
func (r *run) gatewayRequest(c credentials) tokenRequest {
	return tokenRequest{
		url:    r.target.GatewayURL,
		query:  url.Values{"scope": {r.target.Scopes[0]}, "client_id": {c.id}},
		form:   url.Values{"grant_type": {"client_credentials"}},
		header: map[string]string{"Authorization": c.basic(), "Content-Type": formType},
	}
}

// scopedRequest returns the real client's request for another scope than the first one.
func (r *run) scopedRequest(scope string) tokenRequest {
	q := r.gatewayRequest(r.client())
	q.query.Set("scope", scope)
	return q
}

// directRequest returns the real client's request to Cognito itself, for the first scope.
func (r *run) directRequest() tokenRequest {
	c := r.client()
	return tokenRequest{
		url:    r.target.CognitoURL,
		form:   url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "scope": {r.target.Scopes[0]}},
		header: map[string]string{"Authorization": c.basic(), "Content-Type": formType},
	}
}

// answer is a response, reduced to what the questions need.
type answer struct {
	status int
	header http.Header
	body   []byte
	code   string // error of RFC 6749 section 5.2, "" if there is none
	token  *token // nil unless status is 200
	broken error  // why there is no token although status is 200
	at     time.Time
	took   time.Duration
	tls    *tls.ConnectionState
}

func (a *answer) String() string {
	if a.code != "" {
		return fmt.Sprintf("%d %s", a.status, a.code)
	}
	return fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
}

// retryAfter holds the pauses after throttled answers.
var retryAfter = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// send asks for a token. If there is no answer, or only throttled ones, it records this in r.noAnswer, which makes the question unknown,
// and returns an empty answer; further requests of the question are then not sent.
func (r *run) send(ctx context.Context, q tokenRequest) *answer {
	return r.answered(func() (*answer, error) {
		a, err := r.retry(ctx, q)
		if err == nil && a.status == http.StatusTooManyRequests {
			err = fmt.Errorf("answered %v", a)
		}
		return a, err
	})
}

// get reads a public document. It treats a missing answer as send does.
func (r *run) get(ctx context.Context, address string) *answer {
	return r.answered(func() (*answer, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			return nil, err
		}
		return r.do(r.target.HTTP, request)
	})
}

func (r *run) answered(request func() (*answer, error)) *answer {
	if r.noAnswer == nil {
		a, err := request()
		if err == nil {
			return a
		}
		r.noAnswer = err
	}
	return &answer{}
}

// retry asks for a token, and again if API Gateway throttles the request.
func (r *run) retry(ctx context.Context, q tokenRequest) (*answer, error) {
	for attempt := 0; ; attempt++ {
		a, err := r.sendOnce(ctx, r.target.HTTP, q)
		if err != nil || a.status != http.StatusTooManyRequests || attempt == len(retryAfter) {
			return a, err
		}
		if err := r.wait(ctx, retryAfter[attempt]); err != nil {
			return a, nil
		}
	}
}

func (r *run) sendOnce(ctx context.Context, client *http.Client, q tokenRequest) (*answer, error) {
	address := q.url
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	var body io.Reader = strings.NewReader(q.form.Encode())
	if q.method == http.MethodGet {
		body = http.NoBody
	}
	request, err := http.NewRequestWithContext(ctx, cmp.Or(q.method, http.MethodPost), address, body)
	if err != nil {
		return nil, err
	}
	for name, value := range q.header {
		if strings.EqualFold(name, "Authorization") {
			r.redactor.add(strings.TrimPrefix(value, "Basic "))
		}
		request.Header[name] = []string{value}
	}
	return r.do(client, request)
}

func (r *run) do(client *http.Client, request *http.Request) (*answer, error) {
	start := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("incomplete answer: %w", err)
	}
	a := &answer{status: response.StatusCode, header: response.Header, body: body, at: time.Now(), took: time.Since(start), tls: response.TLS}
	// Compare a token's times with the server's clock if the answer states it.
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		a.at = date
	}
	a.code = errorCode(response.Header, body)
	if a.status == http.StatusOK && request.Method == http.MethodPost {
		a.token, a.broken = parseToken(body)
	}
	r.see(request.URL, a)
	return a, nil
}

// errorCodes are those of RFC 6749 section 5.2, two of section 4.1.2.1 that the gateway uses, and the web ACL's.
var errorCodes = append(slices.Clone(cognitoErrors), "temporarily_unavailable", "server_error", "access_denied")

// cognitoErrors are the error codes of the token endpoint: RFC 6749 section 5.2.
var cognitoErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
}

// errorCode returns the error code of a body in the JSON of RFC 6749 section 5.2. It ignores unknown codes, because reasons show the code.
func errorCode(header http.Header, body []byte) string {
	var oauth struct {
		Error string `json:"error"`
	}
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" || json.Unmarshal(body, &oauth) != nil || !slices.Contains(errorCodes, oauth.Error) {
		return ""
	}
	return oauth.Error
}

// refusedByCognito reports whether the answer is the token endpoint's own refusal, with its status and body.
func (a *answer) refusedByCognito() bool {
	return (a.status == http.StatusBadRequest || a.status == http.StatusUnauthorized) && slices.Contains(cognitoErrors, a.code)
}

// has reports whether the answer has a token, and it is the token of the other answer.
func (a *answer) has(other *token) bool { return a.token != nil && a.token.id == other.id }

// age returns how long ago the answer's token was issued.
func (a *answer) age() time.Duration { return max(0, a.at.Sub(a.token.issued)) }

// isFresh reports whether the token was issued for this request. Both times are in whole seconds.
func (a *answer) isFresh() bool { return a.age() <= a.took+2*time.Second }

// madeUp returns credentials of no client. The answer is an error under a cache key that no client uses.
func (r *run) madeUp() credentials {
	return credentials{id: strings.ToLower(rand.Text()), secret: r.madeUpSecret()}
}

// wrongCredentials returns the real client's ID with a made-up secret.
func (r *run) wrongCredentials() credentials {
	return credentials{id: r.target.ClientID, secret: r.madeUpSecret()}
}

// madeUpSecret returns a secret that Cognito accepts: it has the allowed length and characters.
func (r *run) madeUpSecret() sensitive.Value {
	secret := rand.Text() + rand.Text()
	r.redactor.add(secret)
	return sensitive.ValueOf(secret)
}

// madeUpHeader returns a text that looks like a value of the origin header: 64 letters and digits.
func (r *run) madeUpHeader() string {
	value := (rand.Text() + rand.Text() + rand.Text())[:64]
	r.redactor.add(value)
	r.headerValues = append(r.headerValues, value)
	return value
}
