// Package customdomain executes Regional custom domain names of API Gateway's REST APIs: which TLS handshakes succeed, mutual TLS among
// them, and which part of a path belongs to the stage.
//
// ACM's certificates are not looked at: who serves a domain brings a certificate.
package customdomain

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// Domain is a custom domain name. It does not change after the last call of Map, so it is safe for concurrent use then.
type Domain struct {
	// Name is the domain name.
	Name string

	minVersion uint16
	strict     bool
	truststore *truststore // nil: clients need no certificate
	bases      []string    // "" or "/base", longest first
}

// Truststore gives the PEM of the truststore at a version of an S3 object.
type Truststore func(uri, version string) ([]byte, error)

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)

// Read reads the properties of an AWS::ApiGateway::DomainName, free of intrinsic functions; path names the resource in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-domainname.html
func Read(path string, props map[string]any, find Truststore) (*Domain, error) {
	o := properties.Read(path, props)
	o.Require("DomainName", "EndpointConfiguration", "RegionalCertificateArn", "SecurityPolicy")
	o.Accept(map[string]string{
		"RegionalCertificateArn":              "who serves the domain brings a certificate",
		"OwnershipVerificationCertificateArn": "it is looked at when the domain is created only",
		"Tags":                                "for billing and access control",
	})
	o.Refuse(map[string]string{"CertificateArn": "it is for edge-optimized and private domain names"})
	d := &Domain{Name: o.Text("DomainName")}
	if o.Has("DomainName") && !domainName.MatchString(d.Name) {
		o.Errorf("DomainName", "got %q, want a host name in lower case without a wildcard", d.Name)
	}
	if e := o.Object("EndpointConfiguration"); e != nil {
		e.Accept(map[string]string{"IpAddressType": "every address reaches loopback"})
		if types := e.Texts("Types"); !slices.Equal(types, []string{"REGIONAL"}) {
			e.Errorf("Types", "got %q, want REGIONAL", types)
		}
	}
	o.OneOf("RoutingMode", "BASE_PATH_MAPPING_ONLY")
	d.readSecurity(o)
	if m := o.Object("MutualTlsAuthentication"); m != nil {
		d.readMutualTLS(o, m, find)
	}
	return d, o.Err()
}

// Map adds an AWS::ApiGateway::BasePathMapping to the stage of an API, the only one there is.
func (d *Domain) Map(path string, props map[string]any, apiID, stage string) error {
	o := properties.Read(path, props)
	o.Require("DomainName", "RestApiId", "Stage")
	o.OneOf("DomainName", d.Name)
	o.OneOf("RestApiId", apiID)
	o.OneOf("Stage", stage)
	base := o.Text("BasePath")
	if strings.Contains(base, "/") {
		o.Errorf("BasePath", "got %q: base paths of several levels are not simulated", base)
	}
	if base != "" {
		base = "/" + base
	}
	if slices.Contains(d.bases, base) {
		o.Errorf("BasePath", "%q is mapped twice", base)
	}
	d.bases = append(d.bases, base)
	slices.SortFunc(d.bases, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return o.Err()
}

// Bases are the base paths that are mapped to the stage: "" or "/base".
func (d *Domain) Bases() []string { return slices.Clone(d.bases) }

// Below parts a request's path into the base path and what the stage gets. Without a mapping ok is false.
func (d *Domain) Below(path string) (base, below string, ok bool) {
	for _, base := range d.bases {
		if below, ok := strings.CutPrefix(path, base); ok && (below == "" || below[0] == '/') {
			return base, below, true
		}
	}
	return "", "", false
}
