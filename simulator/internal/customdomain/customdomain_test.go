package customdomain_test

import (
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/customdomain"
)

type object = map[string]any

const name = "token.example.com"

func plain() object {
	return object{
		"DomainName": name, "EndpointConfiguration": object{"Types": []any{"REGIONAL"}},
		"RegionalCertificateArn": "arn:aws:acm:eu-west-1:1:certificate/a",
		"SecurityPolicy":         "TLS_1_2",
	}
}

func mutual() object {
	o := plain()
	o["MutualTlsAuthentication"] = object{"TruststoreUri": "s3://bucket/truststore.pem", "TruststoreVersion": "v1"}
	o["OwnershipVerificationCertificateArn"] = "arn:aws:acm:eu-west-1:1:certificate/b"
	return o
}

func holding(content []byte) customdomain.Truststore {
	return func(uri, version string) ([]byte, error) {
		if uri != "s3://bucket/truststore.pem" || version != "v1" {
			return nil, errors.New("no such object")
		}
		return content, nil
	}
}

func read(t *testing.T, props object, truststore []byte) *customdomain.Domain {
	t.Helper()
	d, err := customdomain.Read("stack/Domain", props, holding(truststore))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shake makes a real handshake and one exchange over it, after which both sides know how it went. The server's error counts.
func shake(t *testing.T, d *customdomain.Domain, client *tls.Config) error {
	t.Helper()
	server := newAuthority(t, "server", nil)
	serving := tls.Certificate{Certificate: [][]byte{server.certificate.Raw}, PrivateKey: server.key}
	client.InsecureSkipVerify = true // The domain's certificate is not what these tests are about.
	if client.ServerName == "" {
		client.ServerName = name
	}
	clientSide, serverSide := net.Pipe()
	result := make(chan error, 1)
	go func() {
		result <- tls.Server(serverSide, d.TLS(serving, func() time.Time { return now })).HandshakeContext(t.Context())
		_ = serverSide.Close()
	}()
	connection := tls.Client(clientSide, client)
	if err := connection.HandshakeContext(t.Context()); err == nil {
		_, _ = connection.Read(make([]byte, 1)) // Of TLS 1.3, the server's refusal comes after the client's handshake.
	}
	_ = clientSide.Close()
	return <-result
}

func TestDomain_withoutMutualTLSTakesEveryone(t *testing.T) {
	d := read(t, plain(), nil)
	if err := shake(t, d, &tls.Config{}); err != nil || d.MutualTLS() {
		t.Errorf("handshake: %v, mutual TLS %t", err, d.MutualTLS())
	}
	if certificate, err := d.Admit(nil, now); err != nil || certificate != nil {
		t.Errorf("a request: %v, %v", certificate, err)
	}
}

func TestDomain_clientsNeedACertificateOfTheTruststore(t *testing.T) {
	root := newAuthority(t, "root", nil)
	second := newAuthority(t, "second", root)
	third := newAuthority(t, "third", second)
	fourth := newAuthority(t, "fourth", third)
	other := newAuthority(t, "root", nil) // The same name, another key.
	all := bundle(root.certificate, second.certificate, third.certificate, fourth.certificate)
	with := func(certificates ...tls.Certificate) *tls.Config { return &tls.Config{Certificates: certificates} }
	selfSigned := func() tls.Certificate {
		key := newKey(t, elliptic.P256())
		c := create(t, "client", key, nil, asIs)
		return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key, Leaf: c}
	}
	sent := third.client(t, asIs)
	sent.Certificate = append(sent.Certificate, third.certificate.Raw, second.certificate.Raw)
	for testName, test := range map[string]struct {
		truststore []byte
		client     *tls.Config
		want       string // of the error; empty: it succeeds
	}{
		"of the root":             {bundle(root.certificate), with(root.client(t, asIs)), ""},
		"of one of two roots":     {bundle(other.certificate, root.certificate), with(root.client(t, asIs)), ""},
		"a chain of four":         {all, with(third.client(t, asIs)), ""},
		"TLS 1.2":                 {all, &tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{root.client(t, asIs)}}, ""},
		"no certificate":          {all, &tls.Config{}, "client didn't provide a certificate"},
		"no certificate, TLS 1.2": {all, &tls.Config{MaxVersion: tls.VersionTLS12}, "client didn't provide a certificate"},
		"TLS 1.1": {all, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11,
			Certificates: []tls.Certificate{root.client(t, asIs)}}, "unsupported versions"},
		"of another authority":               {all, with(newAuthority(t, "stranger", nil).client(t, asIs)), "unknown authority"},
		"of another root with the same name": {all, with(other.client(t, asIs)), "unknown authority"},
		"self-signed":                        {all, with(selfSigned()), "unknown authority"},
		"expired":                            {all, with(root.client(t, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) })), "expired"},
		"not yet valid":                      {all, with(root.client(t, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) })), "not yet valid"},
		"for servers only": {all, with(root.client(t, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})), "incompatible key usage"},
		"a chain of five":                   {all, with(fourth.client(t, asIs)), "has 5 certificates, API Gateway takes 4"},
		"root missing in the truststore":    {bundle(second.certificate, third.certificate), with(third.client(t, asIs)), "unknown authority"},
		"sent instead of in the truststore": {bundle(root.certificate), with(sent), "unknown authority"},
	} {
		t.Run(testName, func(t *testing.T) {
			d := read(t, mutual(), test.truststore)
			err := shake(t, d, test.client)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A handshake for another name of the same listener does not open the domain.
func TestDomain_requestsAreHeldAgainstTheTruststoreAsWell(t *testing.T) {
	root := newAuthority(t, "root", nil)
	d := read(t, mutual(), bundle(root.certificate))
	good, bad := root.client(t, asIs), newAuthority(t, "other", nil).client(t, asIs)
	if c, err := d.Admit(&tls.ConnectionState{PeerCertificates: []*x509.Certificate{good.Leaf}}, now); err != nil || c != good.Leaf {
		t.Errorf("its client: %v, %v", c, err)
	}
	weak := create(t, "client", newKey(t, elliptic.P224()), root, asIs)
	for want, state := range map[string]*tls.ConnectionState{
		"the client showed no certificate": nil, "no certificate": {}, "unknown authority": {PeerCertificates: []*x509.Certificate{bad.Leaf}},
		"want RSA of 2048 bits or ECDSA of 256": {PeerCertificates: []*x509.Certificate{weak}},
	} {
		if _, err := d.Admit(state, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}

func TestDomain_securityPoliciesSetTheLowestVersion(t *testing.T) {
	for policy, lowest := range map[string]uint16{
		"TLS_1_0": tls.VersionTLS10, "TLS_1_2": tls.VersionTLS12, "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": tls.VersionTLS12,
		"SecurityPolicy_TLS13_1_3_2025_09": tls.VersionTLS13,
	} {
		props := plain()
		props["SecurityPolicy"] = policy
		if strings.HasPrefix(policy, "SecurityPolicy_") {
			props["EndpointAccessMode"] = "BASIC"
		}
		d := read(t, props, nil)
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
			err := shake(t, d, &tls.Config{MinVersion: version, MaxVersion: version})
			if (err == nil) != (version >= lowest) {
				t.Errorf("%s with %s: %v", policy, tls.VersionName(version), err)
			}
		}
	}
}

func TestDomain_strictAccessComparesTheNames(t *testing.T) {
	props := plain()
	props["SecurityPolicy"], props["EndpointAccessMode"] = "SecurityPolicy_TLS13_1_3_2025_09", "STRICT"
	d := read(t, props, nil)
	if err := shake(t, d, &tls.Config{}); err != nil {
		t.Error(err)
	}
	if _, err := d.Admit(&tls.ConnectionState{ServerName: "other.example.com"}, now); err == nil {
		t.Error("a request over a handshake for another name is admitted")
	}
}

func TestDomain_pathsBelongToTheLongestBasePath(t *testing.T) {
	d := read(t, plain(), nil)
	for _, mapping := range []object{{"BasePath": "auth"}, {}, {"BasePath": "a"}} {
		mapping["DomainName"], mapping["RestApiId"], mapping["Stage"] = name, "api", "v1"
		if err := d.Map("stack/Mapping", mapping, "api", "v1"); err != nil {
			t.Fatal(err)
		}
	}
	type parts struct {
		Base, Below string
		OK          bool
	}
	for path, want := range map[string]parts{
		"/oauth2/token": {"", "/oauth2/token", true}, "/auth/oauth2/token": {"/auth", "/oauth2/token", true}, "/a/b": {"/a", "/b", true},
		"/auth": {"/auth", "", true}, "/authx/y": {"", "/authx/y", true},
	} {
		base, below, ok := d.Below(path)
		if diff := cmp.Diff(want, parts{base, below, ok}); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	if diff := cmp.Diff([]string{"/auth", "/a", ""}, d.Bases()); diff != "" {
		t.Error(diff)
	}
	if _, _, ok := read(t, plain(), nil).Below("/oauth2/token"); ok {
		t.Error("a path of a domain without mappings is mapped")
	}
}

func TestDomain_mappingsElsewhereAreRefused(t *testing.T) {
	for want, change := range map[string]object{
		"stack/Mapping.DomainName: got":                                   {"DomainName": "other.example.com"},
		"stack/Mapping.RestApiId: got":                                    {"RestApiId": "other"},
		"stack/Mapping.Stage: got":                                        {"Stage": "v2"},
		`stack/Mapping.BasePath: got "a/b": base paths of several levels`: {"BasePath": "a/b"},
		"stack/Mapping.Path: unknown property":                            {"Path": "x"},
	} {
		mapping := object{"DomainName": name, "RestApiId": "api", "Stage": "v1"}
		for key, value := range change {
			mapping[key] = value
		}
		if err := read(t, plain(), nil).Map("stack/Mapping", mapping, "api", "v1"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

func TestDomain_unsupportedDomainsAreRefused(t *testing.T) {
	root := newAuthority(t, "root", nil)
	leaf := root.client(t, asIs)
	weakKey := weakRSA(t)
	weak := create(t, "weak", weakKey, nil, func(c *x509.Certificate) { c.IsCA = true })
	good := bundle(root.certificate)
	for want, test := range map[string]struct {
		change     func(object)
		truststore []byte
	}{
		`stack/Domain.DomainName: got "*.example.com"`: {func(o object) { o["DomainName"] = "*.example.com" }, good},
		`stack/Domain.EndpointConfiguration.Types: got ["EDGE"]`: {func(o object) {
			o["EndpointConfiguration"] = object{"Types": []any{"EDGE"}}
		}, good},
		"stack/Domain.CertificateArn: is not simulated":                 {func(o object) { o["CertificateArn"] = "arn" }, good},
		"stack/Domain.RoutingMode: got":                                 {func(o object) { o["RoutingMode"] = "ROUTING_RULE_ONLY" }, good},
		"stack/Domain.SecurityPolicy: is required":                      {func(o object) { delete(o, "SecurityPolicy") }, good},
		`stack/Domain.SecurityPolicy: got "TLS13_1_3_2025_09", allowed`: {func(o object) { o["SecurityPolicy"] = "TLS13_1_3_2025_09" }, good},
		`stack/Domain.SecurityPolicy: got "TLS_1_0", want TLS_1_2`:      {func(o object) { o["SecurityPolicy"] = "TLS_1_0" }, good},
		`stack/Domain.SecurityPolicy: got "SecurityPolicy_TLS13_1_3_2025_09", want TLS_1_2`: {func(o object) {
			o["SecurityPolicy"], o["EndpointAccessMode"] = "SecurityPolicy_TLS13_1_3_2025_09", "BASIC"
		}, good},
		"stack/Domain.EndpointAccessMode: goes with an enhanced security policy": {func(o object) { o["EndpointAccessMode"] = "STRICT" }, good},
		"stack/Domain.MutualTlsAuthentication.TruststoreVersion: is required": {func(o object) {
			delete(o["MutualTlsAuthentication"].(object), "TruststoreVersion")
		}, good},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/other: no such object": {func(o object) {
			o["MutualTlsAuthentication"].(object)["TruststoreUri"] = "s3://bucket/other"
		}, good},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: the truststore has 0 certificates": {func(object) {},
			[]byte("none")},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: the truststore has 1 certificates in PEM, of 2": {
			func(object) {}, append([]byte("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"), good...),
		},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: certificate 2 of the truststore, CN=client: it is no " +
			"cert": {
			func(object) {}, bundle(root.certificate, leaf.Leaf),
		},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: certificate 1 of the truststore, CN=weak: got a key " +
			"of type RSA": {
			func(object) {}, bundle(weak),
		},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: block 1 of the truststore is a PRIVATE KEY": {
			func(object) {}, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
		},
		"stack/Domain.MutualTlsAuthentication.TruststoreUri: s3://bucket/truststore.pem: certificate 1 of the truststore: x509": {
			func(object) {}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}),
		},
	} {
		props := mutual()
		test.change(props)
		if _, err := customdomain.Read("stack/Domain", props, holding(test.truststore)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}
