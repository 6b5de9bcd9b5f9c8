package customdomain

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// MutualTLS says whether clients need a certificate.
func (d *Domain) MutualTLS() bool { return d.truststore != nil }

// TLS makes the configuration of handshakes for the domain, with a certificate for it.
func (d *Domain) TLS(certificate tls.Certificate, now func() time.Time) *tls.Config {
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: d.minVersion}
	if d.truststore == nil {
		return config
	}
	// Clients are not told which authorities are trusted, so that they show what they have, and every certificate is really checked.
	config.ClientAuth = tls.RequireAnyClientCert
	// A resumed session would not be checked again.
	config.SessionTicketsDisabled = true
	config.VerifyConnection = func(state tls.ConnectionState) error {
		_, err := d.Admit(&state, now())
		return err
	}
	return config
}

// Admit says whether a request over a connection may reach the domain, whatever name the handshake was for, and returns the client's
// certificate, if the domain demands one. A nil state is a request without TLS.
func (d *Domain) Admit(state *tls.ConnectionState, now time.Time) (*x509.Certificate, error) {
	if d.strict && state != nil && state.ServerName != d.Name {
		return nil, errors.New("the handshake was for " + state.ServerName + ", not for " + d.Name)
	}
	if d.truststore == nil {
		return nil, nil
	}
	if state == nil || len(state.PeerCertificates) == 0 {
		return nil, errors.New("the client showed no certificate")
	}
	return state.PeerCertificates[0], d.truststore.verify(state.PeerCertificates[0], now)
}
