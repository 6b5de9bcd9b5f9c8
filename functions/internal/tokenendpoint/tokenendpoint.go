// Package tokenendpoint sends client credentials requests to an OAuth token endpoint. It returns the result and discards the token.
package tokenendpoint

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

const (
	timeout   = 5 * time.Second
	maxAnswer = 64 << 10
)

// Client sends the requests. Use New to create one.
type Client struct {
	http   *http.Client
	header string // the origin header's name
}

// New returns a Client that sends the origin header under headerName.
func New(headerName string) Client {
	return Client{header: headerName, http: &http.Client{
		Timeout: timeout,
		// A redirect is not an answer of a token endpoint, and the headers must not go to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Answer is the result of a request.
type Answer struct {
	Status int
	// Error is the code of an OAuth error, "" for any other answer.
	Error string
	// Token reports whether a token was issued.
	Token bool
}

// oauthErrors are the token endpoint's errors: RFC 6749 section 5.2.
var oauthErrors = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
}

// IsError reports whether the answer is an OAuth error with the status that the endpoint uses for errors.
func (a Answer) IsError() bool {
	return (a.Status == http.StatusBadRequest || a.Status == http.StatusUnauthorized) && slices.Contains(oauthErrors, a.Error)
}

// Post sends the form with the id and the secret as basic authentication, and with the origin header unless it is the zero Value.
func (c Client) Post(ctx context.Context, endpoint, id string, secret, origin sensitive.Value, form url.Values) (Answer, error) {
	form.Set("grant_type", "client_credentials")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, secret.Plaintext())
	if origin != (sensitive.Value{}) {
		request.Header.Set(c.header, origin.Plaintext())
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer := Answer{Status: response.StatusCode}
	var body struct {
		Error string `json:"error"`
		Token string `json:"access_token"`
	}
	if json.NewDecoder(io.LimitReader(response.Body, maxAnswer)).Decode(&body) == nil {
		answer.Error, answer.Token = body.Error, response.StatusCode == http.StatusOK && body.Token != ""
	}
	return answer, nil
}

// Nobody returns the id and the secret of a client that does not exist. The id looks like Cognito's: 26 lower-case letters and digits.
func Nobody() (id string, secret sensitive.Value) {
	return strings.ToLower(rand.Text()), sensitive.ValueOf(rand.Text())
}
