package tokendomain_test

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/certificates"
)

func TestProps_mistakesAreReportedTogether(t *testing.T) {
	with := mutual(t)
	type props = tokendomain.TokenDomainProps
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *props)
		want      []string
	}{
		"several at once": {func(_ awscdk.Stack, p *props) {
			p.DomainName, p.CertificateArn, p.SecurityPolicy = jsii.String("Token"),
				jsii.String("arn:aws:acm:us-east-1:111122223333:certificate/0f1e"), jsii.String("TLS_1_0")
			p.HostedZoneID, p.OwnershipCertificateArn = jsii.String("Z1"), jsii.String("certificate")
		}, []string{
			`CertificateArn: certificate ARN "arn:aws:acm:us-east-1:111122223333:certificate/0f1e" is in us-east-1: ` +
				`a Regional domain name needs a certificate of its own Region, use one of eu-west-1`,
			`DomainName: custom domain "Token" is not a domain name`,
			`HostedZoneID, HostedZoneName: only one is given: use both or none`,
			`OwnershipCertificateArn: certificate ARN "certificate" is not an ACM certificate`,
			`OwnershipCertificateArn: goes with MutualTLS only`,
			`SecurityPolicy: security policy "TLS_1_0" is not one of TLS_1_2, SecurityPolicy_TLS13_`,
		}},
		"name known at deployment": {func(s awscdk.Stack, p *props) {
			p.DomainName = awscdk.NewCfnParameter(s, jsii.String("Name"), nil).ValueAsString()
			p.HostedZoneID, p.HostedZoneName = jsii.String("Z1"), jsii.String("example.com")
		}, []string{"DomainName: must be known at synth"}},
		"another zone": {func(_ awscdk.Stack, p *props) {
			p.HostedZoneID, p.HostedZoneName = jsii.String("Z1"), jsii.String("example.org")
		}, []string{"HostedZoneID, HostedZoneName: hosted zone example.org does not hold token.example.com"}},
		"access mode without its policy": {func(_ awscdk.Stack, p *props) { p.EndpointAccessMode = jsii.String("STRICT") },
			[]string{`EndpointAccessMode: endpoint access mode "STRICT" does not go with security policy "TLS_1_2"`}},
		"unknown access mode": {func(_ awscdk.Stack, p *props) {
			p.SecurityPolicy, p.EndpointAccessMode = jsii.String("SecurityPolicy_TLS13_1_3_2025_09"), jsii.String("LOOSE")
		}, []string{`EndpointAccessMode: endpoint access mode "LOOSE" is not one of STRICT, BASIC`}},
		"private proxy": {func(_ awscdk.Stack, p *props) {
			proxyOf(p).private = true
		}, []string{"Proxy: has a private endpoint, to which a public domain name cannot lead"}},
		"mutual TLS beside an open default endpoint": {func(s awscdk.Stack, p *props) {
			with(s, p)
			proxyOf(p).open = true
		}, []string{"Proxy: has an open default endpoint, by which a client without a certificate would get in: set DisableDefaultEndpoint"}},
		"mutual TLS with an enhanced policy": {func(s awscdk.Stack, p *props) {
			with(s, p)
			p.SecurityPolicy = jsii.String("SecurityPolicy_TLS13_1_2_PQ_2025_09")
		}, []string{"SecurityPolicy: SecurityPolicy_TLS13_1_2_PQ_2025_09 does not go with MutualTLS, as API Gateway refuses it: use TLS_1_2"}},
		"bucket with a KMS key": {func(s awscdk.Stack, p *props) {
			with(s, p)
			p.MutualTLS.Bucket = awss3.NewBucket(s, jsii.String("Given"), &awss3.BucketProps{EncryptionKey: awskms.NewKey(s, jsii.String("Key"),
				nil), Versioned: jsii.Bool(true)})
		}, []string{"MutualTLS.Bucket: is encrypted with a KMS key"}},
		"no such file": {func(_ awscdk.Stack, p *props) {
			p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: jsii.String("nowhere.pem")}
		}, []string{"MutualTLS.TruststorePath: open nowhere.pem: no such file or directory: use the path of a file of PEM certificates"}},
		"client's own certificate": {func(_ awscdk.Stack, p *props) {
			client := certificates.New(t, "client-7", nil, nil, func(c *x509.Certificate) { c.IsCA = false })
			p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: file(t, certificates.PEM(certificates.New(t, "Clients", nil, nil, nil), client))}
		}, []string{"MutualTLS.TruststorePath: truststore.pem, block 2 (CN=client-7) is not the certificate of an authority"}},
	} {
		t.Run(name, func(t *testing.T) {
			stack, _ := newDomain(t, test.configure)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func TestWarnings(t *testing.T) {
	const days = 24 * time.Hour
	ending := func(in time.Duration) func(awscdk.Stack, *tokendomain.TokenDomainProps) {
		return func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
			a := certificates.New(t, "Clients", nil, nil, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(in) })
			p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: file(t, certificates.PEM(a))}
		}
	}
	revocation := map[string]string{tokendomain.RevocationWarning: "API Gateway does not check whether a client's certificate was revoked"}
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *tokendomain.TokenDomainProps)
		want      map[string]string
	}{
		"mutual TLS": {ending(100 * days), revocation},
		"acknowledged": {func(s awscdk.Stack, p *tokendomain.TokenDomainProps) {
			ending(100*days)(s, p)
			awscdk.Annotations_Of(s).AcknowledgeWarning(jsii.String(tokendomain.RevocationWarning), jsii.String("Certificates live for a day"))
		}, nil},
		"ends soon": {ending(80 * days), map[string]string{
			tokendomain.RevocationWarning: revocation[tokendomain.RevocationWarning],
			tokendomain.ExpiryWarning:     "truststore.pem, block 1 (CN=Clients) ends on " + time.Now().Add(80*days).UTC().Format("2006-01-02"),
		}},
		"API without a policy": {func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) { proxyOf(p).policy = nil },
			map[string]string{tokendomain.SecurityPolicyWarning: "The API's security policy is none, which is TLS_1_0, the domain name's TLS_1_2."}},
		"API with another policy": {func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
			p.SecurityPolicy = jsii.String("SecurityPolicy_TLS13_1_3_2025_09")
		},
			map[string]string{tokendomain.SecurityPolicyWarning: "The API's security policy is TLS_1_2, the domain name's " +
				"SecurityPolicy_TLS13_1_3_2025_09."}},
	} {
		t.Run(name, func(t *testing.T) {
			stack, _ := newDomain(t, test.configure)
			got := warnings(stack)
			for id, message := range test.want {
				if !strings.HasPrefix(got[id], message) {
					t.Errorf("%s: got %q, want %s…", id, got[id], message)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %d warnings, want %d: %v", len(got), len(test.want), got)
			}
		})
	}
}

// A private key in the truststore's place gets neither into a message nor into an asset, and what is deployed in spite of the error is not
// open.
func TestProps_privateKeyIsNotUploaded(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(certificates.New(t, "Clients", nil, nil, nil).Key)
	if err != nil {
		t.Fatal(err)
	}
	pem := certificates.PEM(certificates.Authority{Certificate: &x509.Certificate{Raw: der}})
	pem = strings.ReplaceAll(pem, "CERTIFICATE", "PRIVATE KEY")
	stack, _ := newDomain(t, func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
		p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: file(t, pem)}
	})
	cdktest.ExpectErrors(t, stack, []string{"MutualTLS.TruststorePath: truststore.pem, block 1 is a private key"})
	template := cdktest.Synth(t, stack)
	domain := template.Properties(domainID)
	if body, _ := json.Marshal(domain["MutualTlsAuthentication"]); string(body) != `{"TruststoreUri":"s3://refused/refused"}` {
		t.Errorf("mutual TLS: got %s", body)
	}
	line := strings.Split(pem, "\n")[1]
	err = filepath.WalkDir(*stack.Node().Root().(awscdk.App).Outdir(), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), line) {
			return fmt.Errorf("%s holds the private key", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestProps_missingPropsPanic(t *testing.T) {
	for want, drop := range map[string]func(*tokendomain.TokenDomainProps){
		"tokendomain: TokenDomainProps.Proxy, DomainName and CertificateArn are required": func(p *tokendomain.TokenDomainProps) {
			p.CertificateArn = nil
		},
		"tokendomain: MutualTLS.TruststorePath is required": func(p *tokendomain.TokenDomainProps) { p.MutualTLS = &tokendomain.MutualTLS{} },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			newDomain(t, func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) { drop(p) })
		}()
	}
}
