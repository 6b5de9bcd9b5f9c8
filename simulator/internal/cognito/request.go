package cognito

import (
	"encoding/base64"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBody and maxQuery bound what a request makes the pool parse; Cognito's own bounds are not documented.
const (
	maxBody  = 64 << 10
	maxQuery = 16 << 10
)

const formType = "application/x-www-form-urlencoded"

// tokenRequest is a request whose credentials have been found but not verified.
type tokenRequest struct {
	clientID, clientSecret string
	parameters             parameters
}

// parameters are those of the body and of the query string.
type parameters struct{ form, query url.Values }

// get prefers the body. AWS documents parameters in the body, and scope in the query string in its recipe for caching, but not which of two
// counts. The body is the worse answer for a cache that is keyed on the query string. A parameter without a value is none: RFC 6749 section
// 3.2.
func (p parameters) get(name string) string {
	if value := p.form.Get(name); value != "" {
		return value
	}
	return p.query.Get(name)
}

// readRequest reads a request's parameters and credentials.
func readRequest(r *http.Request) (*tokenRequest, *Answer) {
	p, refusal := readParameters(r)
	if refusal != nil {
		return nil, refusal
	}
	request := &tokenRequest{parameters: p}
	if refusal := request.readCredentials(r.Header.Values("Authorization")); refusal != nil {
		return nil, refusal
	}
	return request, nil
}

func readParameters(r *http.Request) (parameters, *Answer) {
	var p parameters
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != formType {
		return p, oauthError(invalidRequest, "Content-Type must be "+formType)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1)); err != nil {
			return p, oauthError(invalidRequest, "the body cannot be read")
		}
	}
	var query string
	if r.URL != nil {
		query = r.URL.RawQuery
	}
	if len(body) > maxBody || len(query) > maxQuery {
		return p, oauthError(invalidRequest, "the request is too long")
	}
	if p.form, err = url.ParseQuery(string(body)); err != nil {
		return p, oauthError(invalidRequest, "the body is not "+formType)
	}
	if p.query, err = url.ParseQuery(query); err != nil {
		return p, oauthError(invalidRequest, "the query string is malformed")
	}
	// RFC 6749 section 3.2: a parameter must not be included more than once. Others than these are ignored.
	for _, values := range []url.Values{p.form, p.query} {
		for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
			if len(values[name]) > 1 {
				return p, oauthError(invalidRequest, name+" is there more than once")
			}
		}
	}
	return p, nil
}

// readCredentials finds the client's id and secret in the Authorization header or in the parameters. RFC 6749 section 2.3.1.
//
// AWS does not document what becomes of a request with both. Here it passes when they agree and is refused when they do not.
func (t *tokenRequest) readCredentials(authorization []string) *Answer {
	if t.parameters.query.Get("client_secret") != "" {
		return oauthError(invalidRequest, "client_secret must not be in the query string") // RFC 6749 section 2.3.1
	}
	id, secret := t.parameters.get("client_id"), t.parameters.form.Get("client_secret")
	if len(authorization) > 1 {
		return oauthError(invalidRequest, "more than one Authorization header")
	}
	if len(authorization) == 0 || authorization[0] == "" {
		if id == "" {
			return oauthError(invalidRequest, "client_id is missing")
		}
		t.clientID, t.clientSecret = id, secret
		return nil
	}
	var ok bool
	if t.clientID, t.clientSecret, ok = parseBasic(authorization[0]); !ok {
		return oauthError(invalidClient, "")
	}
	if id != "" && id != t.clientID || secret != "" && secret != t.clientSecret {
		return oauthError(invalidRequest, "two different client credentials")
	}
	return nil
}

// parseBasic reads Basic credentials. Cognito documents plain Base64 of client_id:client_secret, without the form encoding that RFC 6749
// section 2.3.1 wants inside; that would turn a '+' in a secret into a space.
func parseBasic(header string) (id, secret string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(decoded), ":")
}
