package config

import (
	"cmp"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/truststore"
)

// TokenDomain is a domain name of the gateway's own.
type TokenDomain struct {
	// Name is the domain name. It must not be userPool.domain.customName.
	Name string `yaml:"name" required:"true" rule:"CustomDomain"`
	// CertificateARN is the ACM certificate of the name, in the environment's account and Region.
	CertificateARN string `yaml:"certificateArn" required:"true" rule:"RegionalCertificate"`
	// OwnershipCertificateARN is a public ACM certificate of the name. It is for mutualTls with a certificate that is imported or of a private
	// authority.
	OwnershipCertificateARN string `yaml:"ownershipCertificateArn" rule:"RegionalCertificate"`
	// HostedZone is the Route 53 hosted zone that gets an alias. Without it you create the DNS record.
	HostedZone HostedZone `yaml:"hostedZone"`
	// SecurityPolicy is the TLS policy of the domain name and of the API. TLS_1_2 takes TLS 1.3 as well. The others do not go with mutualTls.
	SecurityPolicy string `yaml:"securityPolicy" default:"TLS_1_2" rule:"SecurityPolicy"`
	// MutualTLS requires client certificates.
	MutualTLS *MutualTLS `yaml:"mutualTls"`
}

// HostedZone is a hosted zone of Route 53.
type HostedZone struct {
	// ID is the id of the zone. Give id and name.
	ID string `yaml:"id"`
	// Name is the domain of the zone. Give id and name.
	Name string `yaml:"name"`
}

// MutualTLS requires client certificates. Loading turns the name of the truststore into the path of its file.
type MutualTLS struct {
	// Truststore is the name of a .pem file in the environment's folder, with the authorities whose client certificates are accepted. It is
	// checked at synth.
	Truststore string `yaml:"truststore" required:"true" rule:"TruststoreName" see:"#client-certificates"`
}

func (l *loaded) checkTokenDomain(t *TokenDomain) {
	if !l.given(t) {
		return
	}
	for _, certificate := range []*string{&t.CertificateARN, &t.OwnershipCertificateARN} {
		if l.sound(certificate) {
			l.must(certificate, cmp.Or(awslimits.RegionalCertificate(*certificate, l.meant(&l.env.Region)),
				awslimits.InAccount(*certificate, l.meant(&l.env.Account))))
		}
	}
	l.checkHostedZone(t)
	l.checkTruststore(t.MutualTLS)
	if custom := &l.env.UserPool.Domain.CustomName; l.given(custom) && l.given(&t.Name) && *custom == t.Name {
		l.report(&t.Name, "%q is the user pool's own domain, userPool.domain.customName: use another name", t.Name)
	}
	if l.given(&t.OwnershipCertificateARN) && l.absent(t.MutualTLS) {
		l.report(&t.OwnershipCertificateARN, "has no effect without mutualTls, the only case in which API Gateway asks for it: remove it, or "+
			"add mutualTls")
	}
	if l.given(t.MutualTLS) && l.given(&t.SecurityPolicy) && awslimits.EnhancedSecurityPolicy(t.SecurityPolicy) {
		l.report(&t.SecurityPolicy, "%s does not go with mutualTls, as API Gateway refuses it: use TLS_1_2, which takes TLS 1.3 as well",
			t.SecurityPolicy)
	}
	if l.meant(&l.env.Gateway.Endpoint.Type) == "private" {
		l.report(t, "does not go with endpoint type private, to which a public domain name cannot lead: remove it, or use type regional")
	}
	l.needsAccount(&t.CertificateARN, "is a certificate")
}

func (l *loaded) checkHostedZone(t *TokenDomain) {
	zone := &t.HostedZone
	if !l.given(zone) {
		return
	}
	for _, half := range []*string{&zone.ID, &zone.Name} {
		if l.absent(half) {
			l.report(half, "is missing: a hosted zone needs its id and its name")
		}
	}
	if !l.given(&zone.ID) || !l.given(&zone.Name) {
		return
	}
	domain := t.Name
	if !l.sound(&t.Name) {
		domain = zone.Name // Its mistake is reported already: the zone is not to blame.
	}
	l.must(zone, awslimits.HostedZone(zone.ID, zone.Name, domain))
}

// checkTruststore checks the truststore, a file of the environment's folder, and resolves its path.
func (l *loaded) checkTruststore(m *MutualTLS) {
	if !l.sound(&m.Truststore) {
		return
	}
	file := path.Join(l.folder, m.Truststore)
	content, err := readWithin(l.folder, m.Truststore)
	m.Truststore = file
	if err != nil {
		l.report(&m.Truststore, "%s cannot be read: %v", file, reason(err))
		return
	}
	for _, mistake := range truststore.Check(file, content, time.Now()).Errors {
		l.report(&m.Truststore, "%s", mistake)
	}
}

// readWithin reads a file of a folder, and follows no link out of it.
func readWithin(folder, name string) ([]byte, error) {
	root, err := os.OpenRoot(filepath.FromSlash(folder))
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	return root.ReadFile(name)
}
