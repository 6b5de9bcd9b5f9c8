package simulator

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
)

// Transport answers requests to the hosts of the assembly in this process, by the URLs that its templates have: the gateway's and the
// resource servers' default endpoints, custom domains without mutual TLS, the user pool's domain and the issuer of its tokens. A request to
// any other host fails.
func (s *System) Transport() http.RoundTripper { return transport{s} }

type transport struct{ system *System }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ask := t.system.at(hostName(r.URL.Host))
	if ask == nil {
		return nil, errors.New("host " + r.URL.Host + " is not in the assembly")
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return roundTrip(ask, r)
}

// at finds who answers at a host.
func (s *System) at(host string) func(*http.Request) (*apigw.Answer, error) {
	_, isIssuer := strings.CutPrefix(s.pool.Issuer(), "https://"+host+"/")
	switch {
	case isIssuer || host == s.domainName:
		return s.askCognito
	case host == defaultEndpoint(s.stage, s.region) || s.domains[host] != nil:
		return s.askGateway
	}
	for _, server := range s.servers {
		if strings.HasPrefix(server.URL, "https://"+host+"/") {
			return func(r *http.Request) (*apigw.Answer, error) { return s.askServer(server, r) }
		}
	}
	return nil
}

// roundTrip hands a client's request to a handler as a server gets it.
func roundTrip(ask func(*http.Request) (*apigw.Answer, error), r *http.Request) (*http.Response, error) {
	received := r.Clone(r.Context())
	if received.Host == "" {
		received.Host = r.URL.Host
	}
	if received.Body == nil {
		received.Body = http.NoBody
	}
	defer func() { _ = received.Body.Close() }()
	answer, err := ask(received)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: answer.Header.Clone(), Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)), Request: r,
	}, nil
}
