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

// maxResponse bounds what is read of an answer. API Gateway's headers, in which a token has to fit, end at 10,240 bytes:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const maxResponse = 64 << 10

// response is a successful token response. RFC 6749 section 5.1.
type response struct {
	token sensitive.Value
	// expiresIn is a lower bound of what is left; 0 when there is none.
	expiresIn time.Duration
	// issued and expires are the token's own iat and exp; zero when they cannot be read.
	issued, expires time.Time
	// date is the server's time; zero when it did not say.
	date time.Time
}

// tokenPattern is b64token of RFC 6750 section 2.1: what may follow Bearer.
var tokenPattern = regexp.MustCompile(`^[A-Za-z0-9\-._~+/]+=*$`)

// parseResponse never quotes what it read in an error.
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
	r := response{token: sensitive.ValueOf(d.AccessToken), expiresIn: time.Duration(min(d.ExpiresIn, number(maxLifetime/time.Second))) * time.Second}
	r.issued, r.expires = times(d.AccessToken)
	return r, nil
}

// number is a count of seconds: not negative, 0 for anything else than a number. Some servers send it as a text.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	var f float64
	if json.Unmarshal([]byte(strings.Trim(string(text), `"`)), &f) == nil && f > 0 && f < math.MaxInt32*1e3 {
		*n = number(f)
	}
	return nil
}

// times are iat and exp of a JWT. Its signature is not verified: that is the resource server's to do, and a token that lies about its time harms
// nobody but its holder.
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

// codePattern is what an OAuth error may be, RFC 6749 section 5.2, and no longer than those that exist. A code is shown in errors; so it may not be
// long enough for a credential.
var codePattern = regexp.MustCompile(`^[a-z_]{1,40}$`)

// errorCode is the OAuth error of an answer, "" when there is none.
func errorCode(body []byte) string {
	var d struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &d) != nil || !codePattern.MatchString(d.Error) {
		return ""
	}
	return d.Error
}
