package tokenproxy

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// checkAuthorization notes every mistake, also in kinds of which there is one too many, and says whether there is none.
func (s *settings) checkAuthorization(errs *report.Errors, stack awscdk.Stack) bool {
	if s.Authorization == nil {
		return true
	}
	given := *s.Authorization
	s.Authorization = &given // Defaults are filled into a copy.
	var own report.Errors
	var kinds []string
	if given.Lambda != nil {
		kinds = append(kinds, "Lambda")
		s.checkLambda(&own, stack)
	}
	if given.IAM != nil {
		kinds = append(kinds, "IAM")
		s.checkIAM(&own)
	}
	if given.isAPIKey() {
		kinds = append(kinds, "APIKey")
	}
	if len(kinds) != 1 {
		got := "none"
		if len(kinds) > 0 {
			got = strings.Join(kinds, " and ")
		}
		own.Addf("Authorization", "needs exactly one of Lambda, IAM and APIKey, got %s: leave Authorization out for none", got)
	}
	s.checkUsagePlans(&own)
	return errs.Merge(own)
}

func (s *settings) checkLambda(errs *report.Errors, stack awscdk.Stack) {
	l := s.Authorization.Lambda
	const at = "Authorization.Lambda"
	given := 0
	for _, is := range []bool{l.Function != nil, l.FunctionArn != nil, l.AllowList != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		errs.Addf(at, "needs exactly one of Function, FunctionArn and AllowList")
	}
	s.authorizerTTL = awslimits.DefaultAuthorizerTTL
	errs.Duration(at+".CacheTTL", l.CacheTTL, &s.authorizerTTL, awslimits.AuthorizerTTL)
	if l.Function != nil {
		env := l.Function.Env()
		if elsewhere(env.Account, stack.Account()) || elsewhere(env.Region, stack.Region()) {
			errs.Addf(at+".Function", "is in account %s, Region %s, and the proxy in %s, %s: use a function in the proxy's",
				*env.Account, *env.Region, *stack.Account(), *stack.Region())
		}
	}
	if l.AllowList != nil {
		if s.Integration == HTTPProxyIntegration {
			errs.Addf(at+".AllowList", "does not go with integration %s, which passes on a body that may name another client than the one looked "+
				"at: use %s",
				HTTPProxyIntegration, CanonicalIntegration)
		}
		l.AllowList.check(errs, at+".AllowList")
	}
}

// elsewhere says whether two accounts or Regions differ, as far as both are known.
func elsewhere(a, b *string) bool {
	return !report.IsToken(a) && !report.IsToken(b) && *a != *b
}

func (l *AllowList) check(errs *report.Errors, at string) {
	if len(l.ClientIDs)+len(l.SourceNetworks) == 0 {
		errs.Addf(at, "is empty, which would let everyone in: name ClientIDs, SourceNetworks or both")
	}
	errs.List(at+".ClientIDs", l.ClientIDs, awslimits.ClientID)
	errs.List(at+".SourceNetworks", l.SourceNetworks, awslimits.Network)
	size := len(allowlist.ClientIDsVariable) + len(allowlist.SourceNetworksVariable) + len(allowlist.IgnoreClientIDVariable+"true")
	for _, value := range append(append([]*string{}, l.ClientIDs...), l.SourceNetworks...) {
		switch {
		case value == nil:
		case report.IsToken(value):
			size += clientIDLength + 1
		default:
			size += len(*value) + 1
		}
	}
	if size > awslimits.LambdaEnvironmentBytes {
		errs.Addf(at, "takes %d bytes of a Lambda function's environment, which holds %d: list networks in place of clients, or use Function",
			size, awslimits.LambdaEnvironmentBytes)
	}
}

// clientIDLength is how long the ids are that Cognito makes.
const clientIDLength = 26

func (s *settings) checkIAM(errs *report.Errors) {
	iam := *s.Authorization.IAM
	s.Authorization.IAM = &iam
	const at = "Authorization.IAM"
	if s.Integration == HTTPProxyIntegration {
		errs.Addf(at, "does not go with integration %s, which passes the signature on to Cognito in the place of the credentials: use %s",
			HTTPProxyIntegration, CanonicalIntegration)
	}
	if iam.CredentialsHeader == nil {
		iam.CredentialsHeader = jsii.String(awslimits.DefaultCredentialsHeader)
	}
	errs.Text(at+".CredentialsHeader", iam.CredentialsHeader, func(header string) error {
		return awslimits.CredentialsHeader(header, *s.OriginHeader.HeaderName())
	})
	errs.List(at+".Callers", iam.Callers, awslimits.Caller)
}
