package tokenproxy

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// resourcePolicy is the API's policy, or nil where everyone may call.
//
// It allows the token method alone, and denies everyone who is not on a list. The denials are needed: a signed request of this account is
// let in by the caller's own policy where the API's policy merely fails to allow it, and a Lambda authorizer is asked unless the API's
// policy denies.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (s *settings) resourcePolicy() awsiam.PolicyDocument {
	var denials []awsiam.PolicyStatement
	deny := func(sid, operator, key string, allowed []*string) {
		if len(allowed) > 0 {
			denials = append(denials, invokeStatement(sid, awsiam.Effect_DENY, "execute-api:/*", awsiam.NewAnyPrincipal(),
				map[string]any{operator: map[string]any{key: allowed}}))
		}
	}
	if s.Endpoint.hasPolicy() {
		deny("OtherNetworks", "NotIpAddress", "aws:SourceIp", s.Endpoint.ResourcePolicy.AllowedCIDRs)
		deny("OtherAccounts", "StringNotEquals", "aws:PrincipalAccount", s.Endpoint.ResourcePolicy.AllowedAccounts)
	}
	deny("OtherVPCEndpoints", "StringNotEquals", "aws:SourceVpce", s.vpcEndpoints())
	if s.Authorization.isIAM() {
		deny("OtherCallers", "ArnNotEquals", "aws:PrincipalArn", s.Authorization.IAM.Callers)
	}
	if len(denials) == 0 {
		return nil
	}
	// The stage and method as API Gateway's policies abbreviate them: their ARN would make policy and API depend on each other.
	allow := invokeStatement("TokenMethod", awsiam.Effect_ALLOW, "execute-api:/"+*s.StageName+"/POST/oauth2/token", nil, nil)
	allow.AddPrincipals(s.allowedPrincipals()...)
	statements := append([]awsiam.PolicyStatement{allow}, denials...)
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

// vpcEndpoints are those through which requests may come to a private API.
func (s *settings) vpcEndpoints() []*string {
	if !s.Endpoint.isPrivate() {
		return nil
	}
	if s.Endpoint.hasPolicy() && len(s.Endpoint.ResourcePolicy.AllowedVPCEndpoints) > 0 {
		return s.Endpoint.ResourcePolicy.AllowedVPCEndpoints
	}
	return s.Endpoint.Private.VPCEndpointIDs
}

// allowedPrincipals are everyone unless requests are signed: everyone would then be every AWS account, with no more than a policy of its
// own.
func (s *settings) allowedPrincipals() []awsiam.IPrincipal {
	if !s.Authorization.isIAM() {
		return []awsiam.IPrincipal{awsiam.NewAnyPrincipal()}
	}
	var principals []awsiam.IPrincipal
	for _, arn := range s.Authorization.IAM.Callers {
		principals = append(principals, awsiam.NewArnPrincipal(arn))
	}
	if len(principals) == 0 && s.Endpoint.hasPolicy() {
		for _, account := range s.Endpoint.ResourcePolicy.AllowedAccounts {
			principals = append(principals, awsiam.NewAccountPrincipal(account))
		}
	}
	if len(principals) == 0 {
		principals = append(principals, awsiam.NewAccountRootPrincipal())
	}
	return principals
}

func invokeStatement(sid string, effect awsiam.Effect, resource string, principal awsiam.IPrincipal,
	conditions map[string]any) awsiam.PolicyStatement {
	props := &awsiam.PolicyStatementProps{Sid: jsii.String(sid), Effect: effect, Actions: jsii.Strings("execute-api:Invoke"),
		Resources: jsii.Strings(resource)}
	if principal != nil {
		props.Principals = &[]awsiam.IPrincipal{principal}
	}
	if conditions != nil {
		props.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(props)
}

// checkPolicySize notes a policy that API Gateway would refuse. What is known at deployment only counts as it is written in the template,
// which is longer.
func (p *TokenProxy) checkPolicySize(policy awsiam.PolicyDocument, errs *report.Errors) {
	if policy == nil {
		return
	}
	body, err := json.Marshal(awscdk.Stack_Of(p.Construct).Resolve(policy))
	if err == nil && len(body) > awslimits.ResourcePolicyBytes {
		errs.Addf("Endpoint.ResourcePolicy", "is a policy of %d bytes, and API Gateway allows %d: list fewer, or wider ones", len(body),
			awslimits.ResourcePolicyBytes)
	}
}
