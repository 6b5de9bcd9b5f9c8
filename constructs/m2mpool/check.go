package m2mpool

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// check notes every mistake in props and returns props that can be built: what is wrong is left out or replaced, which no template can
// come of, since a noted mistake fails the synth.
func (props M2MPoolProps) check(errs *report.Errors) M2MPoolProps {
	props.Domain = props.Domain.check(errs)
	if props.UserPoolName != nil && !report.IsToken(props.UserPoolName) {
		errs.Add("UserPoolName", awslimits.UserPoolName(*props.UserPoolName))
	}
	if props.FeaturePlan == "" {
		props.FeaturePlan = awscognito.FeaturePlan_ESSENTIALS
	}

	var valid []*ResourceServer
	var identifiers []string
	for i, server := range props.ResourceServers {
		prop := fmt.Sprintf("ResourceServers[%d]", i)
		if !server.check(prop, errs) {
			continue
		}
		if slices.Contains(identifiers, *server.Identifier) {
			errs.Addf(prop+".Identifier", "duplicate %q: identifiers are unique in a pool", *server.Identifier)
			continue
		}
		identifiers = append(identifiers, *server.Identifier)
		valid = append(valid, server)
	}
	props.ResourceServers = valid
	return props
}

func (d *Domain) check(errs *report.Errors) *Domain {
	placeholder := &Domain{Prefix: jsii.String("invalid")}
	switch {
	case d == nil:
		errs.Addf("Domain", "is required: give a Prefix, or a CustomName and its CertificateArn")
		return placeholder
	case (d.Prefix == nil) == (d.CustomName == nil):
		errs.Addf("Domain", "needs exactly one of Prefix and CustomName")
		return placeholder
	case d.Prefix != nil:
		if d.CertificateArn != nil {
			errs.Addf("Domain.CertificateArn", "belongs to a CustomName: a Prefix has AWS's certificate")
		}
		if report.IsToken(d.Prefix) {
			return d
		}
		if err := awslimits.DomainPrefix(*d.Prefix); err != nil {
			errs.Add("Domain.Prefix", err)
			return placeholder
		}
		return d
	}
	if !report.IsToken(d.CustomName) {
		errs.Add("Domain.CustomName", awslimits.CustomDomain(*d.CustomName))
	}
	switch {
	case d.CertificateArn == nil:
		errs.Addf("Domain.CertificateArn", "is required with a CustomName: the ARN of an ACM certificate in us-east-1")
		return placeholder
	case report.IsToken(d.CertificateArn):
		return d
	}
	if err := awslimits.CustomDomainCertificate(*d.CertificateArn); err != nil {
		errs.Add("Domain.CertificateArn", err)
		return placeholder
	}
	return d
}

// check notes the mistakes in a resource server under the name of the prop that holds it, and says whether there is none.
func (s *ResourceServer) check(prop string, errs *report.Errors) bool {
	if s == nil || s.Identifier == nil {
		errs.Addf(prop+".Identifier", "is required")
		return false
	}
	var own report.Errors
	if report.IsToken(s.Identifier) {
		own.Addf(prop+".Identifier", "must be known at synth: it names the resource and its scopes")
	} else {
		own.Add(prop+".Identifier", awslimits.ResourceServerIdentifier(*s.Identifier))
	}
	switch {
	case s.Name == nil && awslimits.ResourceServerName(*s.Identifier) != nil:
		own.Addf(prop+".Name", "is required, since the identifier %q is not allowed as a name: use 1 to 128 letters, digits, spaces and _+=,.@-",
			*s.Identifier)
	case s.Name != nil && !report.IsToken(s.Name):
		own.Add(prop+".Name", awslimits.ResourceServerName(*s.Name))
	}
	own.AddAll(CheckScopes(prop+".Scopes", s.Scopes))
	return errs.Merge(own)
}

// CheckScopes returns every mistake in the scopes of one resource server. Each error begins with the field that it is about, within the
// prop.
func CheckScopes(prop string, scopes []*Scope) []error {
	var errs report.Errors
	if n := len(scopes); n < 1 || n > awslimits.ScopesPerResourceServer {
		errs.Addf(prop, "has %d scopes: a resource server has 1 to %d", n, awslimits.ScopesPerResourceServer)
	}
	var names []string
	for i, scope := range scopes {
		at := fmt.Sprintf("%s[%d]", prop, i)
		if scope == nil || scope.Name == nil || scope.Description == nil {
			errs.Addf(at, "needs a Name and a Description")
			continue
		}
		if report.IsToken(scope.Name) {
			errs.Addf(at+".Name", "must be known at synth: app clients name it")
			continue
		}
		errs.Add(at+".Name", awslimits.ScopeName(*scope.Name))
		errs.Add(at+".Description", awslimits.ScopeDescription(*scope.Description))
		if slices.Contains(names, *scope.Name) {
			errs.Addf(at+".Name", "duplicate %q: scope names are unique in a resource server", *scope.Name)
		}
		names = append(names, *scope.Name)
	}
	return errs.All()
}

// FullNames are the server's scopes as tokens carry them: identifier/name.
func (s *ResourceServer) FullNames() []string {
	names := make([]string, 0, len(s.Scopes))
	for _, scope := range s.Scopes {
		names = append(names, *s.Identifier+"/"+*scope.Name)
	}
	return names
}
