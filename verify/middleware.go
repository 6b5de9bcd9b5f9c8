package verify

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Middleware passes on requests whose bearer token is accepted and meets every requirement. Handlers get the token from FromContext.
// Other requests are answered as RFC 6750 section 3 specifies:
//
//	401 without error       no credentials, or credentials of another scheme
//	400 invalid_request     several Authorization headers, or one that is not as in RFC 6750 section 2.1
//	401 invalid_token       the token is refused
//	403 insufficient_scope  the token lacks a scope
//	503 with Retry-After    the keys of the issuer cannot be read
func (v *Verifier) Middleware(required ...Requirement) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token, found := bearer(r.Header.Values("Authorization"))
			switch found {
			case noCredentials:
				v.answer(w, http.StatusUnauthorized, "", "", nil)
				return
			case badCredentials:
				v.answer(w, http.StatusBadRequest, "invalid_request", "the Authorization header is not a single bearer token", nil)
				return
			}
			t, err := v.Verify(r.Context(), token, required...)
			if err != nil {
				v.refuse(w, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(NewContext(r.Context(), t)))
		})
	}
}

func (v *Verifier) refuse(w http.ResponseWriter, err error) {
	var e *Error
	if !errors.As(err, &e) {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	switch e.Reason {
	case ErrKeysUnavailable:
		seconds := (e.RetryAfter + time.Second - 1) / time.Second
		w.Header().Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	case ErrScope:
		v.answer(w, http.StatusForbidden, "insufficient_scope", e.Detail, e.Required)
	default:
		v.answer(w, http.StatusUnauthorized, "invalid_token", e.Detail, nil)
	}
}

// answer writes the challenge of RFC 6750 section 3. Its values are quotable: New checks the realm, the others are constants here.
func (v *Verifier) answer(w http.ResponseWriter, status int, code, description string, scopes []string) {
	challenge := `Bearer realm="` + v.config.Realm + `"`
	if code != "" {
		challenge += `, error="` + code + `", error_description="` + description + `"`
	}
	if list := strings.Join(scopes, " "); list != "" && quotable(list) {
		challenge += `, scope="` + list + `"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

type credentials int

const (
	noCredentials credentials = iota
	badCredentials
	bearerToken
)

// bearer returns the token in the values of the Authorization header: RFC 6750 section 2.1. The case of the scheme does not matter
// (RFC 9110 section 11.1).
func bearer(values []string) (string, credentials) {
	if len(values) == 0 {
		return "", noCredentials
	}
	if len(values) > 1 {
		return "", badCredentials
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	token := strings.TrimLeft(rest, " ") // one space or more
	switch {
	case !strings.EqualFold(scheme, "Bearer"):
		return "", noCredentials
	case token == "" || strings.Trim(token, tokenCharacters) != "":
		return "", badCredentials
	}
	return token, bearerToken
}

// tokenCharacters are those of RFC 6750's b64token.
const tokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
