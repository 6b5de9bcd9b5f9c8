package credentials

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// maxResponse is the maximum length of a response. A token must fit into the headers of API Gateway, which are limited to 10,240 bytes:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxResponse = 64 << 10

// response is a successful token response. RFC 6749 section 5.1.
type response struct {
	token sensitive.Value
	// expiresIn is a lower bound of the remaining validity; 0 if the response has none.
	expiresIn time.Duration
	// issued and expires are the token's iat and exp; zero if they cannot be read.
	issued, expires time.Time
	// date is the server's time; zero if the response has no Date.
	date time.Time
}

// tokenPattern is b64token of RFC 6750 section 2.1.
var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9\-._~+/]+=*$`)

// parseResponse reads a token response. Its errors never quote the response.
func parseResponse(body []byte) (response, error) {
	var d struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   number `json:"expires_in"`
	}
	if json.Unmarshal(body, &d) != nil {
		return response{}, errors.New("want a JSON object with access_token, token_type and expires_in, got something else")
	}
	if !strings.EqualFold(d.TokenType, "Bearer") {
		return response{}, errors.New("token_type is not Bearer")
	}
	if !tokenPattern.MatchString(d.AccessToken) {
		return response{}, errors.New("access_token is missing, or has a character that no token has")
	}
	r := response{
		token:     sensitive.ValueOf(d.AccessToken),
		expiresIn: time.Duration(min(d.ExpiresIn, number(maxLifetime/time.Second))) * time.Second,
	}
	r.issued, r.expires = times(d.AccessToken)
	return r, nil
}

// number is a number of seconds, as a JSON number or as a string. Everything else, and what is negative, counts as 0.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	var f float64
	if json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &f) == nil && f > 0 && f < math.MaxInt32*1e3 {
		*n = number(f)
	}
	return nil
}

// times returns iat and exp of a JWT, or zero times. The signature is not verified: resource servers do that, and wrong times
// affect only this workload.
func times(token string) (issued, expires time.Time) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return
	}
	var claims struct {
		Issued  number `json:"iat"`
		Expires number `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Expires == 0 {
		return
	}
	if claims.Issued > 0 {
		issued = time.Unix(int64(claims.Issued), 0)
	}
	return issued, time.Unix(int64(claims.Expires), 0)
}

// codePattern matches OAuth error codes: RFC 6749 section 5.2. The length is limited because codes are part of errors, which must
// not contain a credential.
var codePattern = regexp.MustCompile(`^[a-z_]{1,40}$`)

// errorCode returns the OAuth error code of a response, or "".
func errorCode(body []byte) string {
	var d struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &d) != nil || !codePattern.MatchString(d.Error) {
		return ""
	}
	return d.Error
}
