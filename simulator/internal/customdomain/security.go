package customdomain

import (
	"crypto/tls"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// minVersions are the lowest TLS versions of the security policies for Regional endpoints. What their ciphers allow beyond that is not
// simulated.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
var minVersions = map[string]uint16{
	"TLS_1_0":                             tls.VersionTLS10,
	"TLS_1_2":                             tls.VersionTLS12,
	enhanced + "TLS13_1_2_PQ_2025_09":     tls.VersionTLS12,
	enhanced + "TLS13_1_2_PFS_PQ_2025_09": tls.VersionTLS12,
	enhanced + "TLS13_1_3_2025_09":        tls.VersionTLS13,
	enhanced + "TLS13_1_3_FIPS_2025_09":   tls.VersionTLS13,
}

// enhanced is how the names of all but the two legacy security policies start.
const enhanced = "SecurityPolicy_"

// MinVersion is the lowest TLS version of a security policy.
func MinVersion(securityPolicy string) (version uint16, ok bool) {
	version, ok = minVersions[securityPolicy]
	return version, ok
}

// readSecurity reads the security policy, which has to be there as AWS documents no default, and the endpoint access mode that enhanced
// ones need.
func (d *Domain) readSecurity(o *properties.Object) {
	policy := o.OneOf("SecurityPolicy", slices.Sorted(maps.Keys(minVersions))...)
	d.minVersion = minVersions[policy]
	// BASIC is what there was before there were modes; STRICT compares the handshake's server name with the Host header.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
	d.strict = o.OneOf("EndpointAccessMode", "BASIC", "STRICT") == "STRICT"
	if isEnhanced := strings.HasPrefix(policy, enhanced); policy != "" && isEnhanced != o.Has("EndpointAccessMode") {
		o.Errorf("EndpointAccessMode", "goes with an enhanced security policy, and is required there; the policy is %s", policy)
	}
}

func (d *Domain) readMutualTLS(o, m *properties.Object, find Truststore) {
	m.Require("TruststoreUri", "TruststoreVersion")
	if policy := o.Text("SecurityPolicy"); policy != "TLS_1_2" {
		// TLS 1.2 at least, and "You can't enable mutual TLS on a domain name that uses an enhanced security policy".
		o.Errorf("SecurityPolicy", "got %q, want TLS_1_2, the only one with mutual TLS", policy)
	}
	uri, version := m.Text("TruststoreUri"), m.Text("TruststoreVersion")
	if uri == "" || version == "" {
		return
	}
	pem, err := find(uri, version)
	if err == nil {
		d.truststore, err = readTruststore(pem)
	}
	if err != nil {
		m.Errorf("TruststoreUri", "%s: %w", uri, err)
	}
}
