package cognito

import (
	"encoding/json"
	"net/http"
)

// Error codes of RFC 6749 section 5.2. Cognito documents status 400 for all of them at the token endpoint, invalid_client included.
const (
	invalidRequest       = "invalid_request"
	invalidClient        = "invalid_client"
	invalidGrant         = "invalid_grant"
	invalidScope         = "invalid_scope"
	unauthorizedClient   = "unauthorized_client"
	unsupportedGrantType = "unsupported_grant_type"
)

func oauthError(code, description string) *Answer {
	return errorAnswer(http.StatusBadRequest, code, description)
}

// tooManyRequests has a body of our own choice: AWS documents neither it nor a Retry-After header, so there is none.
func tooManyRequests() *Answer {
	return errorAnswer(http.StatusTooManyRequests, "too_many_requests", "Rate exceeded")
}

func serverError(err error) *Answer {
	return errorAnswer(http.StatusInternalServerError, "server_error", err.Error())
}

func errorAnswer(status int, code, description string) *Answer {
	body, err := json.Marshal(struct {
		Error       string `json:"error"`
		Description string `json:"error_description,omitempty"`
	}{code, description})
	if err != nil {
		body = nil // strings always marshal
	}
	return newAnswer(status, body)
}

// newAnswer forbids to store the answer. RFC 6749 section 5.1.
func newAnswer(status int, body []byte) *Answer {
	header := http.Header{"Cache-Control": {"no-store"}, "Pragma": {"no-cache"}}
	if body != nil {
		header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	return &Answer{Status: status, Header: header, Body: body}
}
