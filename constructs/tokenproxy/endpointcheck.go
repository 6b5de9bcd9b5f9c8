package tokenproxy

import (
	"fmt"

	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// checkEndpoint notes every mistake, and builds the default endpoint where there is any.
func (s *settings) checkEndpoint(errs *report.Errors) {
	if s.Endpoint == nil {
		return
	}
	given := *s.Endpoint
	s.Endpoint = &given // Defaults are filled into a copy.
	var own report.Errors
	if given.Private != nil {
		const at = "Endpoint.Private.VPCEndpointIDs"
		if len(given.Private.VPCEndpointIDs) == 0 {
			own.Addf(at, "are missing: nobody reaches a private API but through a VPC endpoint")
		}
		own.List(at, given.Private.VPCEndpointIDs, awslimits.VPCEndpointID)
		if given.defaultDisabled() {
			own.Addf("Endpoint.DisableDefaultEndpoint", "does not go with Private: the default endpoint is the only one of a private API")
		}
	}
	if given.ResourcePolicy != nil {
		s.checkResourcePolicy(&own)
	}
	s.checkSecurityPolicy(&own)
	if !errs.Merge(own) {
		s.Endpoint = nil
	}
}

func (s *settings) checkResourcePolicy(errs *report.Errors) {
	policy := s.Endpoint.ResourcePolicy
	const at = "Endpoint.ResourcePolicy"
	if len(policy.AllowedCIDRs)+len(policy.AllowedAccounts)+len(policy.AllowedVPCEndpoints) == 0 {
		errs.Addf(at, "is empty, which would let nobody in: name AllowedCIDRs, AllowedAccounts or AllowedVPCEndpoints, or leave it out")
	}
	if len(policy.AllowedCIDRs) > 0 && s.Endpoint.isPrivate() {
		errs.Addf(at+".AllowedCIDRs", "do not go with Private, whose requests have no public address, so that nobody would get in: use "+
			"AllowedVPCEndpoints")
	}
	if len(policy.AllowedVPCEndpoints) > 0 && !s.Endpoint.isPrivate() {
		errs.Addf(at+".AllowedVPCEndpoints", "need Private: AWS tells the VPC endpoint of a request to private APIs only, so that nobody "+
			"would get in")
	}
	if len(policy.AllowedAccounts) > 0 && !s.Authorization.isIAM() {
		errs.Addf(at+".AllowedAccounts", "need Authorization.IAM: who did not sign a request has no account, so that nobody would get in")
	}
	errs.List(at+".AllowedCIDRs", policy.AllowedCIDRs, awslimits.Network)
	errs.List(at+".AllowedVPCEndpoints", policy.AllowedVPCEndpoints, awslimits.VPCEndpointID)
	errs.List(at+".AllowedAccounts", policy.AllowedAccounts, awslimits.AccountID)
	if len(policy.AllowedAccounts) > 0 && s.Authorization.isIAM() {
		s.checkCallersAccounts(errs, policy.AllowedAccounts)
	}
}

// checkCallersAccounts notes callers whom the accounts leave out.
func (s *settings) checkCallersAccounts(errs *report.Errors, accounts []*string) {
	allowed := map[string]bool{}
	for _, account := range accounts {
		if account == nil || report.IsToken(account) {
			return
		}
		allowed[*account] = true
	}
	for i, caller := range s.Authorization.IAM.Callers {
		if caller == nil || report.IsToken(caller) || awslimits.Caller(*caller) != nil {
			continue
		}
		if account := awslimits.CallerAccount(*caller); !allowed[account] {
			errs.Addf(fmt.Sprintf("Authorization.IAM.Callers[%d]", i),
				"is of account %s, which Endpoint.ResourcePolicy.AllowedAccounts leaves out: it would not get in", account)
		}
	}
}

func (s *settings) checkSecurityPolicy(errs *report.Errors) {
	e := s.Endpoint
	policy := ""
	if e.SecurityPolicy != nil {
		policy = *e.SecurityPolicy
		errs.Add("Endpoint.SecurityPolicy", awslimits.SecurityPolicy(policy))
		if e.EndpointAccessMode == nil && awslimits.EnhancedSecurityPolicy(policy) {
			e.EndpointAccessMode = jsii.String("STRICT")
		}
	}
	if e.EndpointAccessMode != nil {
		errs.Add("Endpoint.EndpointAccessMode", awslimits.EndpointAccessMode(*e.EndpointAccessMode, policy))
	}
}
