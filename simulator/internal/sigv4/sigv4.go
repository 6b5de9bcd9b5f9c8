// Package sigv4 verifies AWS Signature Version 4 as a service does: it signs the request again, by the SDK's own signer, and compares.
//
// Two things are not supported and so refused: signatures in the query string, and the signing of headers that the SDK's signer leaves out,
// such as User-Agent. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package sigv4

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Errors of a request.
var (
	ErrUnsigned   = errors.New("the request is not signed")
	ErrIncomplete = errors.New("the Authorization header is no whole signature: Credential, SignedHeaders with host and x-amz-date, and " +
		"Signature are needed")
	ErrUnknownKey = errors.New("the security token included in the request is invalid")
	ErrExpired    = errors.New("the signature is expired, or not yet valid")
	ErrMismatch   = errors.New("the request signature we calculated does not match the signature you provided")
)

// Algorithm is how an Authorization header with a signature starts.
const Algorithm = "AWS4-HMAC-SHA256"

const (
	dateFormat = "20060102T150405Z"
	// skew is how far a signature's time may be off. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
	skew = 5 * time.Minute
)

// Verifier verifies requests to one service in one Region.
type Verifier struct {
	Service, Region string
	// Find gives the credentials of an access key; ok is false when there is none.
	Find func(accessKeyID string) (credentials aws.Credentials, ok bool)
}

// Verify returns the access key that signed the request, whose body has been read. An error is one of this package's.
func (v *Verifier) Verify(r *http.Request, body []byte, now time.Time) (accessKeyID string, err error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", ErrUnsigned
	}
	given, ok := parse(header)
	date, err := time.Parse(dateFormat, r.Header.Get("X-Amz-Date"))
	if !ok || err != nil || !slices.Contains(given.headers, "host") || !slices.Contains(given.headers, "x-amz-date") {
		return "", ErrIncomplete
	}
	if given.scope != date.Format("20060102")+"/"+v.Region+"/"+v.Service+"/aws4_request" {
		return "", ErrMismatch
	}
	credentials, ok := v.Find(given.accessKeyID)
	// The signer adds the session token that it is given, so a request without it must not get that far.
	if !ok || r.Header.Get("X-Amz-Security-Token") != credentials.SessionToken {
		return "", ErrUnknownKey
	}
	if now.Sub(date).Abs() > skew {
		return "", ErrExpired
	}
	again, err := v.sign(r, body, given, credentials, date)
	if err != nil || !slices.Equal(again.headers, given.headers) || subtle.ConstantTimeCompare([]byte(again.signature),
		[]byte(given.signature)) != 1 {
		return "", ErrMismatch
	}
	return given.accessKeyID, nil
}

// sign signs what the given signature covers.
func (v *Verifier) sign(r *http.Request, body []byte, given signature, credentials aws.Credentials, date time.Time) (signature, error) {
	again, err := http.NewRequestWithContext(r.Context(), r.Method, "/", http.NoBody)
	if err != nil {
		return signature{}, err
	}
	url := *r.URL
	again.URL, again.Host = &url, r.Host
	for _, name := range given.headers {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = int64(len(body))
		default:
			again.Header[http.CanonicalHeaderKey(name)] = slices.Clone(r.Header.Values(name))
		}
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(context.WithoutCancel(r.Context()), credentials, again, hex.EncodeToString(hash[:]), v.Service, v.Region,
		date); err != nil {
		return signature{}, err
	}
	signed, ok := parse(again.Header.Get("Authorization"))
	if !ok {
		return signature{}, ErrIncomplete
	}
	return signed, nil
}

// signature is what an Authorization header says.
type signature struct {
	accessKeyID, scope, signature string
	headers                       []string
}

func parse(header string) (signature, bool) {
	var s signature
	parts, ok := strings.CutPrefix(header, Algorithm+" ")
	if !ok {
		return s, false
	}
	values := map[string]string{}
	for part := range strings.SplitSeq(parts, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		values[name] = value
	}
	s.accessKeyID, s.scope, _ = strings.Cut(values["Credential"], "/")
	s.signature, s.headers = values["Signature"], strings.Split(values["SignedHeaders"], ";")
	return s, s.accessKeyID != "" && s.scope != "" && s.signature != "" && values["SignedHeaders"] != ""
}
