package conformance

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// Transport is http.DefaultTransport with HTTP/1.1 only, as HTTP/2 has no header names in upper case and the questions send both. The roots are
// the certificate authorities to trust; nil stands for the system's.
func Transport(roots *x509.CertPool) *http.Transport {
	transport := &http.Transport{}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true)
	return transport
}
