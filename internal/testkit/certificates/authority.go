// Package certificates makes certificate authorities for tests of truststores.
package certificates

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// Authority is a certificate with its key, which signs others.
type Authority struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// New makes an authority that a truststore may hold: valid from 2025 to 2125, signed by the issuer or, without one, by itself. It has the
// given key or, without one, a new one. change, if there is one, changes the certificate before it is signed.
func New(t testing.TB, name string, issuer *Authority, key crypto.Signer, change func(*x509.Certificate)) Authority {
	t.Helper()
	if key == nil {
		key = ECDSA(t, elliptic.P256())
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2125, time.January, 1, 0, 0, 0, 0, time.UTC),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Certificate, issuer.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return Authority{certificate, key}
}

// ECDSA is a new key.
func ECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// PEM is a truststore of these authorities.
func PEM(all ...Authority) string {
	var b strings.Builder
	for _, a := range all {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw}))
	}
	return b.String()
}
