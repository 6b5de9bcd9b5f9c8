package awslimits

import (
	"fmt"
	"strings"
)

var (
	regionalCertificate = texts("certificate ARN %q is not an ACM certificate", certificatePattern,
		"arn:aws:acm:REGION:ACCOUNT:certificate/ID")
	hostedZoneID = texts("hosted zone %q is not an id", `^Z[A-Z0-9]{1,31}$`, "Z and up to 31 of A-Z and 0-9")
)

// RegionalCertificate checks the ACM certificate of an API's Regional domain name, which must be in the domain name's Region; "" is a
// Region that is known at deployment only.
func RegionalCertificate(arn, region string) error {
	if err := regionalCertificate.check(arn); err != nil {
		return err
	}
	if home := strings.Split(arn, ":")[3]; region != "" && home != region {
		return fmt.Errorf("certificate ARN %q is in %s: a Regional domain name needs a certificate of its own Region, use one of %s",
			arn, home, region)
	}
	return nil
}

// HostedZone checks the Route 53 hosted zone in which an alias of a domain name is made.
func HostedZone(id, name, domain string) error {
	if err := hostedZoneID.check(id); err != nil {
		return err
	}
	if domain != name && !strings.HasSuffix(domain, "."+name) {
		return fmt.Errorf("hosted zone %s does not hold %s: use the zone of a domain that %s ends with", name, domain, domain)
	}
	return nil
}
