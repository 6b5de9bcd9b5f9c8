package awslimits

import (
	"fmt"
	"regexp"
	"strings"
)

var hostedZoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)

// RegionalCertificate checks the ACM certificate of an API's Regional domain name, which must be in the domain name's Region; "" is a Region that is
// known at deployment only.
func RegionalCertificate(arn, region string) error {
	parts := certificateARN.FindStringSubmatch(arn)
	if parts == nil {
		return fmt.Errorf("certificate ARN %q is not an ACM certificate: use arn:aws:acm:REGION:ACCOUNT:certificate/ID", arn)
	}
	if region != "" && parts[2] != region {
		return fmt.Errorf("certificate ARN %q is in %s: a Regional domain name needs a certificate of its own Region, use one of %s", arn, parts[2], region)
	}
	return nil
}

// HostedZone checks the Route 53 hosted zone in which an alias of a domain name is made.
func HostedZone(id, name, domain string) error {
	if !hostedZoneID.MatchString(id) {
		return fmt.Errorf("hosted zone %q is not an id: use Z and up to 31 of A-Z and 0-9", id)
	}
	if domain != name && !strings.HasSuffix(domain, "."+name) {
		return fmt.Errorf("hosted zone %s does not hold %s: use the zone of a domain that %s ends with", name, domain, domain)
	}
	return nil
}
