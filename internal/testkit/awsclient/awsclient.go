// Package awsclient sends the requests of AWS SDK clients to servers of a test.
package awsclient

import (
	"bytes"
	"io"
	"net/http"
)

// HTTP returns an HTTP client that gives net/http a copy of each request's body. The SDK closes the body of a request when the answer has
// come. A server on loopback can answer before net/http has read the body to its end; net/http then closes the connection and the SDK
// cannot read the answer ("use of closed network connection"). The SDK repeats such requests, but tests count attempts.
func HTTP() *http.Client { return &http.Client{Transport: copied{}} }

type copied struct{}

func (copied) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body == nil {
		return http.DefaultTransport.RoundTrip(request)
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	sent := request.Clone(request.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(sent)
}
