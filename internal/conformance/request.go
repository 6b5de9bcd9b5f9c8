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
)

const (
	formType  = "application/x-www-form-urlencoded"
	maxAnswer = 1 << 20
)

type credentials struct {
	id     string
	secret Secret
}

// basic is the Authorization header as Cognito documents it: unlike RFC 6749 section 2.3.1, without form encoding of the two parts.
func (c credentials) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.id+":"+c.secret.Plaintext()))
}

// tokenRequest is a POST to a token endpoint, unless it has another method. Header names are sent as they are written.
type tokenRequest struct {
	method string
	url    string
	query  url.Values
	form   url.Values
	header map[string]string
}

// gatewayRequest is the request of a well-behaved client.
func (r *run) gatewayRequest(c credentials, scope string) tokenRequest {
	return tokenRequest{
		url:    r.target.GatewayURL,
		query:  url.Values{"scope": {scope}, "client_id": {c.id}},
		form:   url.Values{"grant_type": {"client_credentials"}},
		header: map[string]string{"Authorization": c.basic(), "Content-Type": formType},
	}
}

// directRequest is the same without the gateway.
func (r *run) directRequest(c credentials, scope string) tokenRequest {
	return tokenRequest{
		url:    r.target.CognitoURL,
		form:   url.Values{"grant_type": {"client_credentials"}, "client_id": {c.id}, "scope": {scope}},
		header: map[string]string{"Authorization": c.basic(), "Content-Type": formType},
	}
}

// answer is a response, without what must not be shown.
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

// throttled answers are waited out, this often.
var retryAfter = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// send asks for a token. An answer that API Gateway gives because it throttles says nothing, so it is asked again.
func (r *run) send(ctx context.Context, q tokenRequest) (*answer, error) {
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

func (r *run) get(ctx context.Context, address string) (*answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, err
	}
	return r.do(r.target.HTTP, request)
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
		return nil, fmt.Errorf("no whole answer: %w", err)
	}
	a := &answer{status: response.StatusCode, header: response.Header, body: body, at: time.Now(), took: time.Since(start), tls: response.TLS}
	// Where there is one, the server's clock is the better one to compare a token's times with.
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

// cognitoErrors are the token endpoint's: RFC 6749 section 5.2.
var cognitoErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
}

// errorCode reads an error in the JSON of RFC 6749 section 5.2. Unknown codes are left out, since reasons show the code.
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

// refusedByCognito says whether the answer is the token endpoint's own refusal, with its status and body.
func (a *answer) refusedByCognito() bool {
	return (a.status == http.StatusBadRequest || a.status == http.StatusUnauthorized) && slices.Contains(cognitoErrors, a.code)
}

// age is how long ago the answer's token was issued.
func (a *answer) age() time.Duration { return max(0, a.at.Sub(a.token.issued)) }

// isFresh says whether the token was issued for this very request. Both times are whole seconds.
func (a *answer) isFresh() bool { return a.age() <= a.took+2*time.Second }

// madeUp returns credentials that no client has: the answer to them is an error under a cache key of their own.
func (r *run) madeUp() credentials {
	return credentials{id: strings.ToLower(rand.Text()), secret: r.madeUpSecret()}
}

// madeUpSecret is as long as Cognito's shortest and longest allow, and has their characters.
func (r *run) madeUpSecret() Secret {
	secret := rand.Text() + rand.Text()
	r.redactor.add(secret)
	return Secret(secret)
}

// madeUpHeader looks like a value of the origin header: 64 letters and digits.
func (r *run) madeUpHeader() string {
	value := (rand.Text() + rand.Text() + rand.Text())[:64]
	r.redactor.add(value)
	r.headerValues = append(r.headerValues, value)
	return value
}
