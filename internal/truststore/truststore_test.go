package truststore_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/certificates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/truststore"
)

var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// chain is a root and the authorities below it, n in all.
func chain(t *testing.T, n int) []certificates.Authority {
	t.Helper()
	all := []certificates.Authority{certificates.New(t, "Root", nil, nil, nil)}
	for len(all) < n {
		all = append(all, certificates.New(t, "Intermediate "+string(rune('0'+len(all))), &all[len(all)-1], nil, nil))
	}
	return all
}

func expect(t *testing.T, content string, errors, warnings []string) {
	t.Helper()
	report := truststore.Check("trust.pem", []byte(content), now)
	for _, kind := range []struct {
		name      string
		got, want []string
	}{{"errors", report.Errors, errors}, {"warnings", report.Warnings, warnings}} {
		same := slices.EqualFunc(kind.got, kind.want, strings.HasPrefix)
		if !same {
			t.Errorf("%s:\n got %s\nwant %s", kind.name, strings.Join(kind.got, "\n"), strings.Join(kind.want, "\n"))
		}
	}
}

func TestCheck_goodFiles(t *testing.T) {
	four, other := chain(t, truststore.MaxChain), certificates.New(t, "Other", nil, rsaKey(t, 2048), nil)
	for name, content := range map[string]string{
		"one root":                     certificates.PEM(other),
		"chain of four, root last":     certificates.PEM(four[3], four[2], four[1], four[0]),
		"comments and Windows' lines":  "# Clients\n" + strings.ReplaceAll(certificates.PEM(four[0], other), "\n", "\r\n"),
		"stronger keys and signatures": certificates.PEM(certificates.New(t, "Strong", nil, certificates.ECDSA(t, elliptic.P521()), nil)),
	} {
		t.Run(name, func(t *testing.T) { expect(t, content, nil, nil) })
	}
}

func TestCheck_mistakes(t *testing.T) {
	good := certificates.New(t, "Good", nil, nil, nil)
	one := certificates.PEM(good)
	mistaken := func(key crypto.Signer, change func(*x509.Certificate)) string {
		return certificates.PEM(good, certificates.New(t, "Bad", nil, key, change))
	}
	_, ed25519Key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	five := chain(t, truststore.MaxChain+1)
	for name, test := range map[string]struct {
		content string
		want    []string
	}{
		"empty":  {"", []string{"trust.pem holds no certificate: use PEM blocks"}},
		"no PEM": {"-----CERTIFICATE-----", []string{"trust.pem holds no certificate"}},
		"no end": {strings.Replace(
			certificates.PEM(good, good), "-----END CERTIFICATE-----\n", "", 1,
		), []string{"trust.pem, block 1 is damaged"}},
		"damaged base64": {one + strings.Replace(one, "\nM", "\n*", 1), []string{"trust.pem, block 2 is damaged"}},
		"not on a line":  {strings.TrimSpace(one) + one, []string{"trust.pem, block 2 does not begin on a line of its own"}},
		"public key":     {one + block("PUBLIC KEY", []byte("x")), []string{"trust.pem, block 2 is a PUBLIC KEY: use CERTIFICATE blocks only"}},
		"no certificate": {one + block("CERTIFICATE", []byte("x")), []string{"trust.pem, block 2 is no X.509 certificate: "}},
		"client's own": {mistaken(
			nil, func(c *x509.Certificate) { c.IsCA = false },
		), []string{"trust.pem, block 2 (CN=Bad) is not the certificate of an authority"}},
		"no constraints": {mistaken(
			nil, func(c *x509.Certificate) { c.BasicConstraintsValid, c.IsCA = false, false },
		), []string{"trust.pem, block 2 (CN=Bad) is not the certificate of an authority"}},
		"may not sign": {mistaken(
			nil, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature },
		), []string{"trust.pem, block 2 (CN=Bad) may not sign certificates"}},
		"weak RSA": {mistaken(rsaKey(t, 1024), nil), []string{
			"trust.pem, block 2 (CN=Bad) has an RSA key of 1024 bits: use 2048 or more",
		}},
		"weak ECDSA": {mistaken(
			certificates.ECDSA(t, elliptic.P224()), nil,
		), []string{"trust.pem, block 2 (CN=Bad) has an ECDSA key of 224 bits: use 256 or more"}},
		"SHA-1": {mistaken(
			nil, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 },
		), []string{"trust.pem, block 2 (CN=Bad) is signed with ECDSA-SHA1: use RSA or ECDSA with SHA-256"}},
		"other algorithm": {mistaken(ed25519Key, nil), []string{
			"trust.pem, block 2 (CN=Bad) has a key of type Ed25519", "trust.pem, block 2 (CN=Bad) is signed with Ed25519",
		}},
		"ended": {mistaken(
			nil, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) },
		), []string{"trust.pem, block 2 (CN=Bad) ended on 2026-03-01"}},
		"not yet valid": {mistaken(
			nil, func(c *x509.Certificate) { c.NotBefore = now.AddDate(0, 1, 0) },
		), []string{"trust.pem, block 2 (CN=Bad) is not valid before 2026-04-01"}},
		"no subject": {mistaken(
			nil, func(c *x509.Certificate) { c.Subject, c.IsCA = pkix.Name{}, false },
		), []string{"trust.pem, block 2 (no subject) is not"}},
		"chain of five": {certificates.PEM(five...), []string{
			"trust.pem, block 5 (CN=Intermediate 4) stands 5 authorities deep: API Gateway follows a chain of up to 4",
		}},
		"no root": {certificates.PEM(five[1], five[2]), []string{
			"trust.pem, block 1 (CN=Intermediate 1) has no complete chain: CN=Root is not in the file",
			"trust.pem, block 2 (CN=Intermediate 2) has no complete chain: CN=Root",
		}},
		"root's namesake": {certificates.PEM(
			certificates.New(t, "Root", nil, nil, nil), five[1],
		), []string{"trust.pem, block 2 (CN=Intermediate 1) has no complete chain: CN=Root"}},
		"several at once": {certificates.PEM(certificates.New(
			t, "A", nil, rsaKey(t, 1024), func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) },
		)), []string{"trust.pem, block 1 (CN=A) has an RSA key", "trust.pem, block 1 (CN=A) ended on"}},
		"key in its place": {
			one + "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nc2VjcmV0\n",
			[]string{"trust.pem, block 2 is a private key: a truststore holds certificates only"},
		},
	} {
		t.Run(name, func(t *testing.T) { expect(t, test.content, test.want, nil) })
	}
}

func TestCheck_warnsOfExpiry(t *testing.T) {
	ending := func(in time.Duration) string {
		return certificates.PEM(certificates.New(t, "Root", nil, nil, func(c *x509.Certificate) { c.NotAfter = now.Add(in) }))
	}
	expect(t, ending(truststore.ExpiryWarning), nil, nil)
	expect(
		t, ending(truststore.ExpiryWarning-time.Hour), nil,
		[]string{"trust.pem, block 1 (CN=Root) ends on 2026-05-30: from then on every client below it is refused"},
	)
}

// An authority that two others have signed is followed by the shorter way.
func TestCheck_shorterChainCounts(t *testing.T) {
	long, other := chain(t, truststore.MaxChain), certificates.New(t, "Other", nil, nil, nil)
	last := long[len(long)-1]
	cross := certificates.New(t, last.Certificate.Subject.CommonName, &other, last.Key, nil)
	below := certificates.New(t, "Below", &last, nil, nil)
	expect(t, certificates.PEM(append(long, below, cross, other)...), nil, nil)
	expect(t, certificates.PEM(append([]certificates.Authority{cross, other, below}, long...)...), nil, nil)
}

// Authorities that have signed one another are not followed for ever.
func TestCheck_crossSignedAuthorities(t *testing.T) {
	root := certificates.New(t, "Root", nil, nil, nil)
	a, b := certificates.New(t, "A", &root, nil, nil), certificates.New(t, "B", &root, nil, nil)
	crossA, crossB := certificates.New(t, "A", &b, a.Key, nil), certificates.New(t, "B", &a, b.Key, nil)
	expect(t, certificates.PEM(crossA, crossB, a, b, root), nil, nil)
	expect(
		t, certificates.PEM(crossA, crossB),
		[]string{"trust.pem, block 1 (CN=A) has no complete chain", "trust.pem, block 2 (CN=B) has no complete chain"}, nil,
	)
}

func TestCheck_messagesHoldNothingOfAPrivateKey(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(certificates.ECDSA(t, elliptic.P256()))
	if err != nil {
		t.Fatal(err)
	}
	key := block("PRIVATE KEY", der)
	whole := strings.ReplaceAll(strings.TrimSpace(key), "\n", "")
	for _, content := range []string{
		key, block("EC PRIVATE KEY", der), block("CERTIFICATE", der), block("ENCRYPTED PRIVATE KEY", der),
		strings.TrimSuffix(key, "-----END PRIVATE KEY-----\n"), whole,
	} {
		report := truststore.Check("trust.pem", []byte(content), now)
		if len(report.Errors) != 1 {
			t.Errorf("got %d errors, want 1: %v", len(report.Errors), report.Errors)
		}
		said := strings.Join(report.Errors, "\n")
		for _, line := range strings.Split(key, "\n")[1:3] {
			for i := 0; i+16 <= len(line); i += 16 {
				if strings.Contains(said, line[i:i+16]) {
					t.Errorf("an error shows the key: %s", said)
				}
			}
		}
	}
}

func block(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}
