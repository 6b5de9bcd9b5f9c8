package verify_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// peerCase is described in testdata/README.md.
type peerCase struct {
	Test                  string
	Token                 *string
	RawHeader, RawPayload string
	Header, Claims        map[string]any
	OtherKey              bool
	Scope                 []string
	Want                  verify.Reason
}

// TestVerify_passesTheCasesOfAWSJWTVerify has the cases by which aws-jwt-verify is tested.
func TestVerify_passesTheCasesOfAWSJWTVerify(t *testing.T) {
	s := newStage(t)
	v := newVerifier(t, s.config)
	body, err := os.ReadFile("testdata/aws-jwt-verify.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []peerCase
	if err := json.Unmarshal(body, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		var required []verify.Requirement
		if c.Scope != nil {
			required = append(required, verify.AnyScope(c.Scope...))
		}
		_, err := v.Verify(t.Context(), c.token(t, s), required...)
		var reason error
		if c.Want != "" {
			reason = c.Want
		}
		want(t, c.Test, err, reason)
	}
}

func (c peerCase) token(t *testing.T, s *stage) string {
	t.Helper()
	if c.Token != nil {
		return *c.Token
	}
	key := s.Key()
	header := changed(map[string]any{"kid": key.ID, "alg": "RS256"}, c.Header)
	claims := changed(s.Claims("orders/read"), c.Claims)
	for name, value := range claims {
		if text, ok := value.(string); ok && strings.HasPrefix(text, "now") {
			offset, err := strconv.Atoi(strings.TrimPrefix(text, "now"))
			if err != nil {
				t.Fatal(err)
			}
			claims[name] = s.clock.now().Unix() + int64(offset)
		}
	}
	if c.OtherKey {
		key = verifytest.NewKey(t)
	}
	rawHeader, rawPayload := c.RawHeader, c.RawPayload
	if rawHeader == "" {
		rawHeader = marshal(t, header)
	}
	if rawPayload == "" {
		rawPayload = marshal(t, claims)
	}
	return key.SignRaw(rawHeader, rawPayload)
}

func changed(of, changes map[string]any) map[string]any {
	for name, value := range changes {
		if of[name] = value; value == nil {
			delete(of, name)
		}
	}
	return of
}

func marshal(t testing.TB, value any) string {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The only example of RFC 7515 with RS256 names no key. As a token it is refused, because Cognito's tokens always name one.
func TestSignature_ofRFC7515AppendixA2(t *testing.T) {
	const modulus = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR" +
		"T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD" +
		"Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
	const signed = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	const signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9" +
		"uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqt" +
		"FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
	jwk := marshal(t, map[string]string{"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "use": "sig", "kid": "A.2"})
	decoded, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, signed string
		want         bool
	}{
		{"as it is", signed, true}, {"one letter changed", strings.Replace(signed, "J9.", "J8.", 1), false},
		{"shortened", signed[:len(signed)-1], false},
	} {
		got, err := verify.SignedBy([]byte(jwk), []byte(c.signed), decoded)
		if err != nil || got != c.want {
			t.Errorf("%s: got %t, %v, want %t", c.name, got, err, c.want)
		}
	}
	s := newStage(t)
	_, err = newVerifier(t, s.config).Verify(t.Context(), signed+"."+signature)
	want(t, "without kid", err, verify.ErrKeyUnknown)
}
