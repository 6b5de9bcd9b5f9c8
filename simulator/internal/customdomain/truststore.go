package customdomain

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxChain is how many certificates a client's chain may have, its own and the root included.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
const maxChain = 4

// truststore has the authorities that client certificates are checked against. All that a chain needs has to be in it, up to the root; what
// a client sends besides its certificate counts for nothing.
type truststore struct{ roots, intermediates *x509.CertPool }

// readTruststore refuses what API Gateway would take with a warning: a certificate that it cannot use.
func readTruststore(bundle []byte) (*truststore, error) {
	t := &truststore{x509.NewCertPool(), x509.NewCertPool()}
	n, announced := 0, bytes.Count(bundle, []byte("-----BEGIN "))
	for {
		block, rest := pem.Decode(bundle)
		if block == nil {
			break
		}
		n, bundle = n+1, rest
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("block %d of the truststore is a %s, want certificates only", n, block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the truststore: %w", n, err)
		}
		if err := checkAuthority(certificate); err != nil {
			return nil, fmt.Errorf("certificate %d of the truststore, %s: %w", n, certificate.Subject, err)
		}
		pool := t.intermediates
		if bytes.Equal(certificate.RawSubject, certificate.RawIssuer) && certificate.CheckSignatureFrom(certificate) == nil {
			pool = t.roots
		}
		pool.AddCert(certificate)
	}
	if n == 0 || n != announced {
		return nil, fmt.Errorf("the truststore has %d certificates in PEM, of %d that are begun", n, announced)
	}
	return t, nil
}

func checkAuthority(c *x509.Certificate) error {
	if !c.IsCA {
		return errors.New("it is no certificate authority's")
	}
	return checkStrength(c)
}

var signatures = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
	x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
}

// checkStrength holds a certificate against what API Gateway demands: SHA-256, and RSA of 2048 bits or ECDSA of 256, at least.
func checkStrength(c *x509.Certificate) error {
	strong := false
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		strong = key.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		strong = key.Curve.Params().BitSize >= 256
	}
	if !strong || !slices.Contains(signatures, c.SignatureAlgorithm) {
		return fmt.Errorf("got a key of type %s, signed by %s: want RSA of 2048 bits or ECDSA of 256, and SHA-256, at least",
			c.PublicKeyAlgorithm, c.SignatureAlgorithm)
	}
	return nil
}

// verify checks a client's certificate.
func (t *truststore) verify(certificate *x509.Certificate, now time.Time) error {
	if err := checkStrength(certificate); err != nil {
		return err
	}
	chains, err := certificate.Verify(x509.VerifyOptions{
		Roots: t.roots, Intermediates: t.intermediates, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return len(chain) <= maxChain }) {
		return fmt.Errorf("the certificate's chain has %d certificates, API Gateway takes %d", len(chains[0]), maxChain)
	}
	return nil
}
