package config

import (
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/truststore"
)

// TokenDomain is a domain name of the gateway's own.
type TokenDomain struct {
	Name, CertificateARN string
	// OwnershipCertificateARN is empty when the certificate is a public one of ACM.
	OwnershipCertificateARN string
	// HostedZoneID and HostedZoneName are empty when the DNS record is made elsewhere.
	HostedZoneID, HostedZoneName string
	SecurityPolicy               string
	// Truststore is the path of the authorities whose client certificates are taken, or empty without mutual TLS.
	Truststore string
}

// domain checks the domain name of the gateway. It is nil when there is none. folder is the environment's.
func (d door) domain(raw rawTokenDomain, folder string, problems *Problems) *TokenDomain {
	if raw.state != given {
		return nil
	}
	t := TokenDomain{
		Name:                    required(raw.Name, awslimits.CustomDomain, problems),
		CertificateARN:          required(raw.CertificateARN, d.certificate, problems),
		OwnershipCertificateARN: optional(raw.OwnershipCertificateARN, "", d.certificate, problems),
		SecurityPolicy:          optional(raw.SecurityPolicy, "TLS_1_2", awslimits.SecurityPolicy, problems),
	}
	t.HostedZoneID, t.HostedZoneName = hostedZone(raw, problems)
	if raw.MutualTLS.state == given {
		t.Truststore = truststoreFile(raw.MutualTLS.Truststore, folder, problems)
	}
	if custom := d.raw.UserPool.Domain.CustomName; custom.state == given && raw.Name.state == given && custom.got == raw.Name.got {
		problems.at(raw.Name.place, "%q is the user pool's own domain, userPool.domain.customName: use another name", raw.Name.got)
	}
	if raw.OwnershipCertificateARN.state == given && raw.MutualTLS.state == absent {
		problems.at(raw.OwnershipCertificateARN.place, "has no effect without mutualTls, the only case in which API Gateway asks for it: remove it, or add mutualTls")
	}
	if raw.MutualTLS.state == given && raw.SecurityPolicy.state == given && awslimits.EnhancedSecurityPolicy(t.SecurityPolicy) {
		problems.at(raw.SecurityPolicy.place, "%s does not go with mutualTls, as API Gateway refuses it: use TLS_1_2, which takes TLS 1.3 as well", t.SecurityPolicy)
	}
	if d.endpointType == "private" {
		problems.at(raw.place, "does not go with endpoint type private, to which a public domain name cannot lead: remove it, or use type regional")
	}
	d.placed(raw.CertificateARN.place, "is a certificate", problems)
	return &t
}

func (d door) certificate(arn string) error {
	if err := awslimits.RegionalCertificate(arn, d.region); err != nil {
		return err
	}
	return awslimits.InAccount(arn, d.account)
}

func hostedZone(raw rawTokenDomain, problems *Problems) (id, name string) {
	zone := raw.HostedZone
	if zone.state != given {
		return "", ""
	}
	for _, half := range []value[string]{zone.ID, zone.Name} {
		if half.state == absent {
			problems.at(half.place, "is missing: a hosted zone needs its id and its name")
		}
	}
	if zone.ID.state != given || zone.Name.state != given {
		return zone.ID.got, zone.Name.got
	}
	domain := raw.Name.got
	if raw.Name.state != given || awslimits.CustomDomain(domain) != nil {
		domain = zone.Name.got // Its mistake is reported already: the zone is not to blame.
	}
	if err := awslimits.HostedZone(zone.ID.got, zone.Name.got, domain); err != nil {
		problems.at(zone.place, "%v", err)
	}
	return zone.ID.got, zone.Name.got
}

// truststoreFile checks the truststore, a file of the environment's folder, and returns its path.
func truststoreFile(raw value[string], folder string, problems *Problems) string {
	name := required(raw, awslimits.TruststoreName, problems)
	if raw.state != given || awslimits.TruststoreName(name) != nil {
		return ""
	}
	file := path.Join(folder, name)
	content, err := readWithin(folder, name)
	if err != nil {
		problems.at(raw.place, "%s cannot be read: %v", file, reason(err))
		return file
	}
	for _, mistake := range truststore.Check(file, content, time.Now()).Errors {
		problems.at(raw.place, "%s", mistake)
	}
	return file
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
