package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// certificates are the certificates of a run. Without TLS there are none.
type certificates struct {
	config *tls.Config
	// caFile holds the gateway's CA; clientFile and keyFile are a client's. Empty if not written.
	caFile, clientFile, keyFile string
	// written holds the files to remove at the end.
	written []string
}

// certificates creates the certificate of this run and the files that flags ask for: its CA, and a client certificate.
func (s *simulation) certificates(system *simulator.System, clients *simulator.ClientAuthority) (*certificates, error) {
	domains := system.Gateway().Domains()
	if clients != nil && !slices.ContainsFunc(domains, func(d simulator.Domain) bool { return d.MutualTLS }) {
		return nil, usageError{errors.New("--client-cert-dir: the assembly has no custom domain with mutual TLS")}
	}
	c := &certificates{}
	if !s.tls && len(domains) == 0 {
		return c, nil
	}
	config, roots, err := simulator.LoopbackCertificate()
	if err != nil {
		return nil, err
	}
	c.config = config
	if err := c.write(s.clientCertDir, s.tls, roots, clients); err != nil {
		c.remove()
		return nil, err
	}
	return c, nil
}

func (c *certificates) write(dir string, trust bool, roots []byte, clients *simulator.ClientAuthority) (err error) {
	switch {
	case dir != "":
		err = os.MkdirAll(dir, 0o700)
	case trust:
		dir, err = os.MkdirTemp("", "m2m-simulate-")
		c.written = append(c.written, dir)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if c.caFile, err = c.add(dir, "ca.pem", roots); err != nil || clients == nil {
		return err
	}
	client, err := clients.Issue("m2m simulate client", 24*time.Hour)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	if err != nil {
		return err
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: client.Certificate[0]})
	if c.clientFile, err = c.add(dir, "client.pem", certificate); err != nil {
		return err
	}
	c.keyFile, err = c.add(dir, "client.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	return err
}

// add never overwrites a file: the directory of --client-cert-dir may hold certificates in use.
func (c *certificates) add(dir, name string, content []byte) (string, error) {
	path := filepath.Join(dir, name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	c.written = append(c.written, path)
	_, err = file.Write(content)
	return path, errors.Join(err, file.Close())
}

// remove removes what was written: files before their directory.
func (c *certificates) remove() {
	for _, path := range slices.Backward(c.written) {
		_ = os.Remove(path)
	}
}
