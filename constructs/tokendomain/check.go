package tokendomain

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/truststore"
)

// Warnings of a TokenDomain. An app acknowledges one by awscdk.Annotations_Of(domain).AcknowledgeWarning(id, reason).
const (
	// RevocationWarning comes with every MutualTLS.
	RevocationWarning = "@cognito-m2m/tokendomain:revocationNotChecked"
	// ExpiryWarning comes when a certificate of the truststore ends within 90 days.
	ExpiryWarning = "@cognito-m2m/tokendomain:truststoreExpires"
	// SecurityPolicyWarning comes when the API has another security policy than the domain name.
	SecurityPolicyWarning = "@cognito-m2m/tokendomain:apiSecurityPolicy"
)

type warning struct{ id, message string }

// settings are the props with defaults filled in, after the check.
type settings struct {
	TokenDomainProps
	// truststoreRefused says that the file must not get anywhere: it might hold a private key.
	truststoreRefused bool
	// truststoreDigest is the SHA-256 of the file that was checked.
	truststoreDigest string
	warnings         []warning
}

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props TokenDomainProps) check(scope constructs.Construct, errs *report.Errors) settings {
	s := settings{TokenDomainProps: props}
	s.fillDefaults()
	errs.Text("DomainName", s.DomainName, awslimits.CustomDomain)
	s.checkCertificates(scope, errs)
	s.checkPolicy(errs)
	s.checkProxy(errs)
	s.checkHostedZone(errs)
	if s.MutualTLS != nil {
		s.checkMutualTLS(errs)
	}
	return s
}

func (s *settings) fillDefaults() {
	if s.SecurityPolicy == nil {
		s.SecurityPolicy = jsii.String("TLS_1_2")
	}
	if s.EndpointAccessMode == nil && awslimits.EnhancedSecurityPolicy(*s.SecurityPolicy) {
		s.EndpointAccessMode = jsii.String("STRICT")
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.LogEncryptionKey == nil {
		s.LogEncryptionKey = s.Proxy.LogEncryptionKey()
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}

func (s *settings) checkCertificates(scope constructs.Construct, errs *report.Errors) {
	region := awscdk.Stack_Of(scope).Region()
	if report.IsToken(region) {
		region = jsii.String("")
	}
	for _, c := range []struct {
		prop string
		arn  *string
	}{{"CertificateArn", s.CertificateArn}, {"OwnershipCertificateArn", s.OwnershipCertificateArn}} {
		if c.arn != nil && !report.IsToken(c.arn) {
			errs.Add(c.prop, awslimits.RegionalCertificate(*c.arn, *region))
		}
	}
	if s.OwnershipCertificateArn != nil && s.MutualTLS == nil {
		errs.Addf("OwnershipCertificateArn", "goes with MutualTLS only: leave it out, or add MutualTLS")
	}
}

func (s *settings) checkPolicy(errs *report.Errors) {
	if err := awslimits.SecurityPolicy(*s.SecurityPolicy); err != nil {
		errs.Add("SecurityPolicy", err)
		return
	}
	if s.EndpointAccessMode != nil {
		errs.Add("EndpointAccessMode", awslimits.EndpointAccessMode(*s.EndpointAccessMode, *s.SecurityPolicy))
	}
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
	if s.MutualTLS != nil && awslimits.EnhancedSecurityPolicy(*s.SecurityPolicy) {
		errs.Addf("SecurityPolicy", "%s does not go with MutualTLS, as API Gateway refuses it: use TLS_1_2, which takes TLS 1.3 as well",
			*s.SecurityPolicy)
	}
}

func (s *settings) checkProxy(errs *report.Errors) {
	if s.Proxy.IsPrivate() {
		errs.Addf("Proxy", "has a private endpoint, to which a public domain name cannot lead: make the proxy Regional, or leave the domain "+
			"name out")
	}
	if s.MutualTLS != nil && !s.Proxy.DefaultEndpointDisabled() {
		errs.Addf("Proxy", "has an open default endpoint, by which a client without a certificate would get in: set DisableDefaultEndpoint of "+
			"the proxy")
	}
	policy := "none, which is TLS_1_0"
	if own := s.Proxy.SecurityPolicy(); own != nil {
		policy = *own
	}
	if policy != *s.SecurityPolicy {
		s.warn(SecurityPolicyWarning, "The API's security policy is %s, the domain name's %s. AWS's documentation says that the API's "+
			"negotiates the handshake: give both the same.", policy, *s.SecurityPolicy)
	}
}

func (s *settings) checkHostedZone(errs *report.Errors) {
	if (s.HostedZoneID == nil) != (s.HostedZoneName == nil) {
		errs.Addf("HostedZoneID, HostedZoneName", "only one is given: use both or none")
		s.HostedZoneID, s.HostedZoneName = nil, nil
	}
	if s.HostedZoneID != nil && !report.IsToken(s.HostedZoneID) && !report.IsToken(s.HostedZoneName) && !report.IsToken(s.DomainName) {
		errs.Add("HostedZoneID, HostedZoneName", awslimits.HostedZone(*s.HostedZoneID, *s.HostedZoneName, *s.DomainName))
	}
}

func (s *settings) checkMutualTLS(errs *report.Errors) {
	s.warn(RevocationWarning, "API Gateway does not check whether a client's certificate was revoked: a client is shut out by a Lambda "+
		"authorizer, or all of an authority's by another truststore (docs/runbook.md).")
	if b := s.MutualTLS.Bucket; b != nil && b.EncryptionKey() != nil {
		errs.Addf("MutualTLS.Bucket", "is encrypted with a KMS key, and AWS documents no permission by which API Gateway could use it: use a "+
			"bucket encrypted by keys that S3 manages")
	}
	const prop = "MutualTLS.TruststorePath"
	content, err := os.ReadFile(*s.MutualTLS.TruststorePath)
	if err != nil {
		errs.Addf(prop, "%v: use the path of a file of PEM certificates", err)
		s.truststoreRefused = true
		return
	}
	s.truststoreDigest = fmt.Sprintf("%x", sha256.Sum256(content))
	found := truststore.Check(filepath.Base(*s.MutualTLS.TruststorePath), content, time.Now())
	for _, message := range found.Errors {
		errs.Addf(prop, "%s", message)
	}
	for _, message := range found.Warnings {
		s.warn(ExpiryWarning, "%s. Renew the truststore before (docs/runbook.md).", message)
	}
	s.truststoreRefused = len(found.Errors) > 0
}

func (s *settings) warn(id, format string, args ...any) {
	s.warnings = append(s.warnings, warning{id, fmt.Sprintf(format, args...)})
}
