package m2mpool

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/metadata"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/existing"
)

// FromUserPool describes a user pool that the app does not create, so that the other constructs can use it. It creates no resource and
// changes nothing of the pool. What it says of the pool is in the Metadata of the stack's template, for the simulator.
//
// The token service protects the pool with a web ACL that lets only token requests of the gateway through. Users of the pool cannot sign in
// any more, and a web ACL that the pool has is replaced. package webacl asks for an acknowledgement of both.
//
// Mistakes in props become error annotations on the construct, all of them in one synth.
func FromUserPool(scope constructs.Construct, id *string, props *ExistingPoolProps) *M2MPool {
	p := &M2MPool{Construct: constructs.NewConstruct(scope, id), existing: true}
	if props == nil {
		props = &ExistingPoolProps{}
	}
	var errs report.Errors
	valid := props.check(&errs)
	errs.Attach(p.Construct)

	p.userPool, p.scopes = valid.UserPool, valid.scopes
	if p.userPool == nil {
		p.userPool = awscognito.UserPool_FromUserPoolId(p.Construct, jsii.String("UserPool"), valid.UserPoolID)
	}
	p.userPoolID = p.userPool.UserPoolId()
	p.issuer = jsii.String("https://" + *p.userPool.UserPoolProviderName())
	p.domainURL = valid.Domain.url(p.Construct)
	name := valid.Domain.Prefix
	if name == nil {
		name = valid.Domain.CustomName
	}
	p.domain = awscognito.UserPoolDomain_FromDomainName(p.Construct, jsii.String("Domain"), name)
	p.describe(*name)
	return p
}

// describe leaves out a pool that another stack of the app creates.
func (p *M2MPool) describe(domain string) {
	if !report.IsToken(p.userPoolID) {
		metadata.Add(p.Construct, existing.PoolKey, map[string]any{"userPoolId": p.userPoolID, "domain": domain, "scopes": p.Scopes()})
	}
}

// existingSettings are the props after the check.
type existingSettings struct {
	ExistingPoolProps
	scopes []string
}

// check notes every mistake in props and returns settings that can be used in spite of it.
func (props ExistingPoolProps) check(errs *report.Errors) existingSettings {
	s := existingSettings{ExistingPoolProps: props}
	if (props.UserPoolID == nil) == (props.UserPool == nil) {
		errs.Addf("UserPoolID", "needs exactly one of UserPoolID and UserPool")
		s.UserPoolID = jsii.String("invalid")
	} else if props.UserPool == nil && !report.IsToken(props.UserPoolID) {
		errs.Add("UserPoolID", awslimits.UserPoolID(*props.UserPoolID))
	}
	s.Domain = props.Domain.checkExisting(errs)
	seen := map[string]bool{}
	for i, server := range props.ResourceServers {
		at := fmt.Sprintf("ResourceServers[%d]", i)
		if server == nil {
			errs.Addf(at+".Identifier", "is required")
			continue
		}
		identifier := errs.Text(at+".Identifier", server.Identifier, awslimits.ResourceServerIdentifier)
		if identifier != "" && seen[identifier] {
			errs.Addf(at+".Identifier", "duplicate %q", identifier)
		}
		seen[identifier] = true
		if n := len(server.Scopes); n < 1 || n > awslimits.ScopesPerResourceServer {
			errs.Addf(at+".Scopes", "has %d scopes: a resource server has 1 to %d", n, awslimits.ScopesPerResourceServer)
		}
		for _, name := range errs.Texts(at+".Scopes", server.Scopes, awslimits.ScopeName) {
			s.scopes = append(s.scopes, identifier+"/"+name)
		}
	}
	return s
}

func (d *Domain) checkExisting(errs *report.Errors) *Domain {
	if d == nil || (d.Prefix == nil) == (d.CustomName == nil) {
		errs.Addf("Domain", "needs exactly one of Prefix and CustomName")
		return &Domain{Prefix: jsii.String("invalid")}
	}
	if d.Prefix != nil {
		errs.Text("Domain.Prefix", d.Prefix, awslimits.DomainPrefix)
	} else {
		errs.Text("Domain.CustomName", d.CustomName, awslimits.CustomDomain)
	}
	return d
}
