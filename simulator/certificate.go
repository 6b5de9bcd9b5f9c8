package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"time"
)

// LoopbackCertificate makes a TLS configuration for 127.0.0.1 with a self-signed certificate. Clients must trust roots, which are in
// PEM. It takes TLS 1.2 or later, as API Gateway does. Serve issues the certificates of custom domains with it.
func LoopbackCertificate() (config *tls.Config, roots []byte, err error) {
	own, err := issue(nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: "m2m simulate"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IsCA: true,
	}, day)
	if err != nil {
		return nil, nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}, encode(own), nil
}

// domainCertificate makes a certificate for a custom domain, signed by a loopback certificate.
func domainCertificate(loopback *tls.Config, name string) (tls.Certificate, error) {
	if len(loopback.Certificates) != 1 || loopback.Certificates[0].Leaf == nil || !loopback.Certificates[0].Leaf.IsCA {
		return tls.Certificate{}, errors.New("a custom domain needs a TLS configuration of LoopbackCertificate, whose certificate can sign " +
			"the domain's")
	}
	return issue(&loopback.Certificates[0], &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, day)
}

// ClientAuthority issues client certificates for mutual TLS. Its truststore goes into Options.Truststore.
type ClientAuthority struct{ own tls.Certificate }

// NewClientAuthority makes an authority that is valid for a day.
func NewClientAuthority() (*ClientAuthority, error) {
	own, err := issue(nil, &x509.Certificate{Subject: pkix.Name{CommonName: "m2m simulate clients"}, KeyUsage: x509.KeyUsageCertSign,
		IsCA: true}, day)
	return &ClientAuthority{own}, err
}

// Truststore is the authority's certificate, in PEM.
func (a *ClientAuthority) Truststore() []byte { return encode(a.own) }

// Issue makes a certificate for a client, with its key. It ends after the validity; a negative one has ended already.
func (a *ClientAuthority) Issue(commonName string, validity time.Duration) (tls.Certificate, error) {
	return issue(&a.own, &x509.Certificate{
		Subject: pkix.Name{CommonName: commonName}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, validity)
}

const day = 24 * time.Hour

// issue makes a certificate and its key, signed by another or by itself.
func issue(by *tls.Certificate, template *x509.Certificate, validity time.Duration) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return tls.Certificate{}, err
	}
	template.NotBefore, template.NotAfter, template.BasicConstraintsValid = time.Now().Add(-time.Minute), time.Now().Add(validity), true
	if validity < 0 {
		template.NotBefore = time.Now().Add(2 * validity)
	}
	parent, signer := template, any(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

func encode(c tls.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})
}
