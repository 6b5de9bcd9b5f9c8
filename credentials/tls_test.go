package credentials

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func insecure(skip bool) *tls.Config { return &tls.Config{InsecureSkipVerify: skip} }

// served is a world whose gateway is a server, which the secret leads to.
func served(t *testing.T, start func(*httptest.Server), handle http.HandlerFunc) (*world, *httptest.Server) {
	t.Helper()
	server := httptest.NewUnstartedServer(handle)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes fail on purpose
	start(server)
	t.Cleanup(server.Close)
	w := newWorld()
	w.secretString = strings.Replace(document("A-first-client-secret-of-the-tenant"), "https://tokens.example.com", server.URL, 1)
	return w, server
}

func issue(rw http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintf(rw, `{"access_token":%q,"expires_in":900,"token_type":"Bearer"}`, jwt(time.Now(), time.Hour, 1))
}

func byItself(c *Config) { c.HTTPClient = nil }

func TestTLS_sendsTheClientCertificate(t *testing.T) {
	certificate, authority := clientCertificate(t)
	w, server := served(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority}
		s.StartTLS()
	}, issue)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	var asked atomic.Int64
	wantToken(t, w.source(t, func(c *Config) {
		byItself(c)
		c.TLS = &tls.Config{RootCAs: roots}
		c.ClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked.Add(1)
			return certificate, nil
		}
	}), "1")
	if asked.Load() != 1 {
		t.Errorf("the certificate was asked for %d times", asked.Load())
	}
	for name, config := range map[string]*tls.Config{"without a certificate": {RootCAs: roots}, "without the roots": nil} {
		if err := firstFailure(t, w, config); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "tls: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTLS_refusesOldVersions(t *testing.T) {
	w, server := served(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
		s.StartTLS()
	}, issue)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	err := firstFailure(t, w, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS10})
	if err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("got %v", err)
	}
}

// firstFailure is why the first token request with a TLS configuration fails, however long that takes.
func firstFailure(t *testing.T, w *world, config *tls.Config) error {
	t.Helper()
	failed := make(chan error, 1)
	s := w.source(t, func(c *Config) {
		byItself(c)
		c.TLS = config
		c.Observer = func(e Event) {
			if e.Kind == TokenRequest {
				select {
				case failed <- e.Err:
				default: // a retry
				}
			}
		}
	})
	go func() { _, _ = s.Token() }() // Retries until its timeout.
	return <-failed
}

// The credentials go nowhere else than to token_url, whatever client is given.
func TestSource_followsNoRedirects(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	w, _ := served(t, (*httptest.Server).Start, func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, other.URL, http.StatusTemporaryRedirect)
	})
	for name, client := range map[string]*http.Client{"its own": nil, "given": {}} {
		_, err := w.source(t, func(c *Config) { c.HTTPClient = client }).Token()
		var got *Error
		if !errors.As(err, &got) || !errors.Is(err, ErrRefused) || got.Status != http.StatusTemporaryRedirect || elsewhere.Load() > 0 {
			t.Errorf("%s client: got %v, %d requests elsewhere", name, err, elsewhere.Load())
		}
	}
}

// An answer without an end is read up to its limit.
func TestSource_boundsResponses(t *testing.T) {
	var sent atomic.Int64
	w, _ := served(t, (*httptest.Server).Start, func(rw http.ResponseWriter, _ *http.Request) {
		for sent.Load() < 100<<20 {
			n, err := rw.Write([]byte(longText(4096)))
			if err != nil {
				return
			}
			sent.Add(int64(n))
		}
	})
	_, err := w.source(t, byItself).Token()
	if !errors.Is(err, ErrResponse) || !strings.Contains(err.Error(), "longer than 65536 bytes") {
		t.Errorf("got %v", err)
	}
	if sent.Load() >= 100<<20 {
		t.Error("the answer was read to its end")
	}
}

// clientCertificate is one, and the pool that trusts it.
func clientCertificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "billing"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
