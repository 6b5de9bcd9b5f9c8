package app

import (
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

func edgeProps(env *config.Environment) *webacl.EdgeWebACLProps {
	edge := env.Gateway.Edge
	if edge == nil {
		return nil
	}
	return &webacl.EdgeWebACLProps{
		RateLimitPerIP:         number(edge.RateLimitPerIP),
		RateLimitPerCredential: number(edge.RateLimitPerCredential),
		RateWindow:             seconds(edge.RateWindow),
		MaxBodyBytes:           number(edge.MaxBodyBytes),
		AllowedCIDRs:           *jsii.Strings(edge.AllowedCIDRs...),
		AllowedCountries:       *jsii.Strings(edge.AllowedCountries...),
		AnonymousIP:            webacl.AnonymousIP(edge.AnonymousIP),
		BotControl:             jsii.Bool(edge.BotControl),
	}
}

func domainProps(env *config.Environment) *tokendomain.TokenDomainProps {
	domain := env.Gateway.Domain
	if domain == nil {
		return nil
	}
	props := &tokendomain.TokenDomainProps{
		DomainName:              jsii.String(domain.Name),
		CertificateArn:          jsii.String(domain.CertificateARN),
		OwnershipCertificateArn: given(domain.OwnershipCertificateARN),
		SecurityPolicy:          given(domain.SecurityPolicy),
		HostedZoneID:            given(domain.HostedZone.ID),
		HostedZoneName:          given(domain.HostedZone.Name),
	}
	if mtls := domain.MutualTLS; mtls != nil {
		props.MutualTLS = &tokendomain.MutualTLS{TruststorePath: jsii.String(mtls.Truststore)}
	}
	return props
}

func authorizationProps(g config.Gateway) *tokenproxy.Authorization {
	a := g.Authorization
	switch a.Type {
	case "lambda":
		lambda := &tokenproxy.LambdaAuthorizer{CacheTTL: seconds(a.CacheTTL), FunctionArn: given(a.FunctionARN)}
		if a.FunctionARN == "" {
			lambda.AllowList = &tokenproxy.AllowList{ClientIDs: *jsii.Strings(a.ClientIDs...), SourceNetworks: *jsii.Strings(a.SourceNetworks...)}
		}
		return &tokenproxy.Authorization{Lambda: lambda}
	case "iam":
		return &tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{
			CredentialsHeader: given(a.CredentialsHeader), Callers: *jsii.Strings(a.Callers...),
		}}
	case "apiKey":
		return &tokenproxy.Authorization{APIKey: jsii.Bool(true), UsagePlans: usagePlanProps(a.UsagePlans)}
	}
	return nil
}

func usagePlanProps(plans []*config.UsagePlan) []*tokenproxy.UsagePlan {
	var props []*tokenproxy.UsagePlan
	for _, plan := range plans {
		p := &tokenproxy.UsagePlan{Name: jsii.String(plan.Name)}
		if plan.RequestsPerDay > 0 {
			p.QuotaPerDay = number(plan.RequestsPerDay)
		}
		if plan.RatePerSecond > 0 {
			p.RatePerSecond, p.Burst = jsii.Number(plan.RatePerSecond), number(plan.Burst)
		}
		props = append(props, p)
	}
	return props
}

// endpointProps closes the default endpoint when there is a domain name, which would otherwise be no more than a second way in.
func endpointProps(g config.Gateway) *tokenproxy.Endpoint {
	endpoint := &tokenproxy.Endpoint{}
	if g.Endpoint.Type == "private" {
		endpoint.Private = &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings(g.Endpoint.VPCEndpointIDs...)}
	}
	if g.Domain != nil {
		endpoint.DisableDefaultEndpoint = jsii.Bool(true)
		endpoint.SecurityPolicy = given(g.Domain.SecurityPolicy)
	}
	if p := g.ResourcePolicy; p != nil {
		endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{
			AllowedCIDRs:        *jsii.Strings(p.AllowedCIDRs...),
			AllowedAccounts:     *jsii.Strings(p.AllowedAccounts...),
			AllowedVPCEndpoints: *jsii.Strings(p.AllowedVPCEndpoints...),
		}
	}
	return endpoint
}

// apiKeyProps names the secrets of API keys under the tenants' prefix, so that who may read the one may decrypt the other.
func apiKeyProps(env *config.Environment, file *config.TenantFile) []*tokenproxy.APIKeyProps {
	var props []*tokenproxy.APIKeyProps
	for _, t := range file.Tenants {
		if t.UsagePlan == "" {
			continue
		}
		props = append(props, &tokenproxy.APIKeyProps{
			Plan:       jsii.String(t.UsagePlan),
			TenantID:   jsii.String(t.ID),
			SecretName: jsii.String(env.Credentials.SecretPrefix + "api-keys/" + t.ID),
			Readers:    *jsii.Strings(t.Readers...),
		})
	}
	return props
}

func number(n int) *float64 { return jsii.Number(float64(n)) }
