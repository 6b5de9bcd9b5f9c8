// Package truststore checks the file of certificate authorities whose client certificates API Gateway accepts on a domain name with mutual
// TLS.
//
// API Gateway takes a file with mistakes: it warns in an answer that CloudFormation does not show, and then refuses some clients or all of
// them. What it documents of the file is checked here instead:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html. A greatest size or number of certificates is not
// among it.
package truststore

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// MaxChain is how many certificate authorities may stand above a client's certificate.
	MaxChain = 4
	// ExpiryWarning is how long before its end a certificate is warned of.
	ExpiryWarning = 90 * 24 * time.Hour
)

// Report is what Check found. Each message names the file and, where it is about one, the block, counted from 1, and its subject.
type Report struct {
	Errors, Warnings []string
}

// Check checks the content of a truststore file: PEM blocks that are certificates of authorities, valid now, with keys of RSA 2048 or ECDSA
// 256 or more, signed with SHA-256 or stronger, whose chains are complete and at most MaxChain long. It warns of a certificate that ends
// within ExpiryWarning.
//
// No message holds anything of a block that is not a certificate: it might be a private key.
func Check(file string, content []byte, now time.Time) Report {
	c := checker{file: file}
	for i, part := range blocks(content) {
		c.block(i+1, part, now)
	}
	if c.count == 0 {
		c.report.Errors = append(c.report.Errors, file+" holds no certificate: use PEM blocks that begin with -----BEGIN CERTIFICATE-----")
	}
	// A missing authority would be reported as missing, though it is there with a mistake of its own.
	if len(c.report.Errors) == 0 {
		c.chains()
	}
	return c.report
}

// part is what begins as a PEM block does, up to the next one.
type part struct {
	content []byte
	// inLine says that it begins within a line: files were put together of which the first did not end with a new line.
	inLine bool
}

// blocks finds the parts. pem.Decode alone would pass over a damaged one in silence.
func blocks(content []byte) []part {
	const begin = "-----BEGIN "
	var parts []part
	before, rest, found := bytes.Cut(content, []byte(begin))
	for found {
		inLine := len(before) > 0 && before[len(before)-1] != '\n'
		before, rest, found = bytes.Cut(rest, []byte(begin))
		parts = append(parts, part{append([]byte(begin), before...), inLine})
	}
	return parts
}

type authority struct {
	*x509.Certificate
	where string
}

type checker struct {
	file        string
	count       int
	authorities []authority
	report      Report
}

func (c *checker) block(number int, p part, now time.Time) {
	c.count++
	where := fmt.Sprintf("%s, block %d", c.file, number)
	block, _ := pem.Decode(p.content)
	switch {
	case isPrivateKey(p.content):
		c.errorf(where, "is a private key: a truststore holds certificates only. Take it out, and replace the key wherever it is in use, "+
			"since this file is no place where it could have stayed secret")
		return
	case p.inLine:
		c.errorf(where, "does not begin on a line of its own: put each -----BEGIN CERTIFICATE----- on one")
		return
	case block == nil:
		c.errorf(where, "is damaged: want -----BEGIN CERTIFICATE-----, base64 and -----END CERTIFICATE-----")
		return
	case block.Type != "CERTIFICATE":
		c.errorf(where, "is a %s: use CERTIFICATE blocks only", block.Type)
		return
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.errorf(where, "is no X.509 certificate: %v", err)
		return
	}
	where = fmt.Sprintf("%s (%s)", where, subject(certificate))
	for _, err := range []error{isAuthority(certificate), strongKey(certificate), strongSignature(certificate)} {
		if err != nil {
			c.errorf(where, "%v", err)
		}
	}
	c.validity(where, certificate, now)
	c.authorities = append(c.authorities, authority{certificate, where})
}

func (c *checker) errorf(where, format string, args ...any) {
	c.report.Errors = append(c.report.Errors, where+" "+fmt.Sprintf(format, args...))
}

// isPrivateKey looks at the first line alone, so that a damaged or encrypted key is noticed too.
func isPrivateKey(content []byte) bool {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	return bytes.Contains(first, []byte("PRIVATE KEY"))
}

func (c *checker) validity(where string, certificate *x509.Certificate, now time.Time) {
	const day = "2006-01-02"
	switch {
	case now.Before(certificate.NotBefore):
		c.errorf(where, "is not valid before %s", certificate.NotBefore.Format(day))
	case now.After(certificate.NotAfter):
		c.errorf(where, "ended on %s: every client below it is refused", certificate.NotAfter.Format(day))
	case now.Add(ExpiryWarning).After(certificate.NotAfter):
		c.report.Warnings = append(c.report.Warnings, fmt.Sprintf(
			"%s ends on %s: from then on every client below it is refused, and nothing else says so", where, certificate.NotAfter.Format(day)))
	}
}

// chains follows every certificate up to its root. API Gateway wants the complete chain in the file; what a client sends along is not used
// for it.
func (c *checker) chains() {
	for _, a := range c.authorities {
		length, missing := c.climb(a, nil)
		if missing != "" {
			c.errorf(a.where, "has no complete chain: %s is not in the file", strings.TrimSpace(missing))
		} else if length > MaxChain {
			c.errorf(a.where, "stands %d authorities deep: API Gateway follows a chain of up to %d", length, MaxChain)
		}
	}
}

// climb returns the length of the shortest complete chain from a to a root, or the name of an issuer that is missing. below are those it
// came from, since authorities may have signed one another.
func (c *checker) climb(a authority, below []authority) (length int, missing string) {
	if bytes.Equal(a.RawSubject, a.RawIssuer) && a.CheckSignatureFrom(a.Certificate) == nil {
		return 1, ""
	}
	missing = a.Issuer.String()
	for _, issuer := range c.authorities {
		if !bytes.Equal(a.RawIssuer, issuer.RawSubject) || slices.Contains(below, issuer) || a.CheckSignatureFrom(issuer.Certificate) != nil {
			continue
		}
		n, further := c.climb(issuer, append(slices.Clone(below), a))
		switch {
		case further != "" && length == 0:
			missing = further
		case further == "" && (length == 0 || n+1 < length):
			length, missing = n+1, ""
		}
	}
	return length, missing
}
