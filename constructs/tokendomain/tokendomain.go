// Package tokendomain gives a token proxy a domain name of its own, and with it, if wanted, mutual TLS.
package tokendomain

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// TokenDomain is a Regional domain name that leads to the stage of a token proxy.
type TokenDomain struct {
	constructs.Construct
	name   string
	domain awsapigateway.CfnDomainName
	bucket awss3.IBucket
}

// NewTokenDomain creates, in this order, with mutual TLS the truststore's bucket and the custom resource that puts the truststore there,
// the domain name, the mapping of its whole path to the proxy's stage, and the alias in the hosted zone if there is one.
//
// A changed truststore file is another version of the object, to which the domain name is moved after it is there. The custom resource's
// function is compiled at synth, which needs Go. Mistakes in props and in the truststore become error annotations on the construct, all of
// them in one synth; a missing required prop is a programmer's error and panics.
func NewTokenDomain(scope constructs.Construct, id *string, props *TokenDomainProps) *TokenDomain {
	if props == nil || props.Proxy == nil || props.DomainName == nil || props.CertificateArn == nil {
		panic("tokendomain: TokenDomainProps.Proxy, DomainName and CertificateArn are required")
	}
	if props.MutualTLS != nil && props.MutualTLS.TruststorePath == nil {
		panic("tokendomain: MutualTLS.TruststorePath is required")
	}
	d := &TokenDomain{Construct: constructs.NewConstruct(scope, id), name: *props.DomainName}
	var errs report.Errors
	s := props.check(d.Construct, &errs)
	errs.Attach(d.Construct)
	for _, w := range s.warnings {
		awscdk.Annotations_Of(d.Construct).AddWarningV2(jsii.String(w.id), jsii.String(w.message))
	}
	d.addDomainName(&s)
	d.addMapping(&s)
	d.addAlias(&s)
	return d
}

// addDomainName uses the L1: the L2 has no ownership certificate.
func (d *TokenDomain) addDomainName(s *settings) {
	props := &awsapigateway.CfnDomainNameProps{
		DomainName:                          s.DomainName,
		RegionalCertificateArn:              s.CertificateArn,
		OwnershipVerificationCertificateArn: s.OwnershipCertificateArn,
		EndpointConfiguration:               &awsapigateway.CfnDomainName_EndpointConfigurationProperty{Types: jsii.Strings("REGIONAL")},
		SecurityPolicy:                      s.SecurityPolicy,
		EndpointAccessMode:                  s.EndpointAccessMode,
	}
	if s.MutualTLS != nil {
		props.MutualTlsAuthentication = d.addTruststore(s)
	}
	d.domain = awsapigateway.NewCfnDomainName(d.Construct, jsii.String("DomainName"), props)
}

// addMapping leads the whole path to the stage, without a base path: the stage's name is no part of the token URL.
func (d *TokenDomain) addMapping(s *settings) {
	awsapigateway.NewCfnBasePathMapping(d.Construct, jsii.String("Mapping"), &awsapigateway.CfnBasePathMappingProps{
		DomainName: d.domain.Ref(),
		RestApiId:  s.Proxy.RestAPI().RestApiId(),
		Stage:      s.Proxy.Stage().StageName(),
	})
}

func (d *TokenDomain) addAlias(s *settings) {
	if s.HostedZoneID == nil {
		return
	}
	awsroute53.NewCfnRecordSet(d.Construct, jsii.String("Alias"), &awsroute53.CfnRecordSetProps{
		HostedZoneId: s.HostedZoneID,
		Name:         jsii.String(d.name + "."),
		Type:         jsii.String("A"),
		AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{DnsName: d.domain.AttrRegionalDomainName(),
			HostedZoneId: d.domain.AttrRegionalHostedZoneId()},
	})
}

// TokenURL is the URL that clients ask for tokens, without a query string.
func (d *TokenDomain) TokenURL() *string { return jsii.String("https://" + d.name + "/oauth2/token") }

// DomainName is the domain name.
func (d *TokenDomain) DomainName() *string { return jsii.String(d.name) }

// RegionalDomainName is the name that a DNS record of the domain name must lead to, as a CNAME or an alias in RegionalHostedZoneID.
func (d *TokenDomain) RegionalDomainName() *string { return d.domain.AttrRegionalDomainName() }

// RegionalHostedZoneID is API Gateway's hosted zone of RegionalDomainName.
func (d *TokenDomain) RegionalHostedZoneID() *string { return d.domain.AttrRegionalHostedZoneId() }

// Resource is the domain name's resource.
func (d *TokenDomain) Resource() awsapigateway.CfnDomainName { return d.domain }

// TruststoreBucket holds the truststore; nil without mutual TLS.
func (d *TokenDomain) TruststoreBucket() awss3.IBucket { return d.bucket }
