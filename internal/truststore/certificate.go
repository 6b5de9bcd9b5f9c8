package truststore

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

const (
	minRSABits   = 2048
	minECDSABits = 256
)

// signatures are SHA-256 or stronger, on keys of the two kinds that API Gateway takes.
var signatures = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
	x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
	x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
}

func subject(certificate *x509.Certificate) string {
	if name := certificate.Subject.String(); name != "" {
		return name
	}
	return "no subject"
}

func isAuthority(c *x509.Certificate) error {
	if !c.IsCA {
		return errors.New("is not the certificate of an authority, as its basic constraints don't say CA: use the certificates of the " +
			"authorities that sign the clients' certificates, not the clients' own")
	}
	if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0 {
		return errors.New("may not sign certificates, as its key usage does not say certSign: use an authority's")
	}
	return nil
}

func strongKey(c *x509.Certificate) error {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSABits {
			return fmt.Errorf("has an RSA key of %d bits: use %d or more", bits, minRSABits)
		}
	case *ecdsa.PublicKey:
		if bits := key.Params().BitSize; bits < minECDSABits {
			return fmt.Errorf("has an ECDSA key of %d bits: use %d or more", bits, minECDSABits)
		}
	default:
		return fmt.Errorf("has a key of type %s: use RSA or ECDSA", c.PublicKeyAlgorithm)
	}
	return nil
}

func strongSignature(c *x509.Certificate) error {
	if !slices.Contains(signatures, c.SignatureAlgorithm) {
		return fmt.Errorf("is signed with %s: use RSA or ECDSA with SHA-256 or stronger", c.SignatureAlgorithm)
	}
	return nil
}
