package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// Authorization is what a request must pass besides Cognito's own authentication of the client. Exactly one of Lambda, IAM and APIKey is
// set.
//
// None of them is part of the cache key: who passes and presents a client's credentials gets that client's token. The credentials stay the
// only thing that a token depends on.
type Authorization struct {
	// Lambda asks a Lambda function.
	Lambda *LambdaAuthorizer
	// IAM takes requests signed with AWS credentials only.
	IAM *IAMAuthorization
	// APIKey takes requests with an API key of one of UsagePlans only, in the header x-api-key. NewAPIKey creates keys.
	//
	// A key tells tenants apart for quotas and throttles; it is nothing that a client authenticates with, and is not tied to its client id.
	// With HTTPProxyIntegration it is passed on to Cognito like every header.
	APIKey *bool
	// UsagePlans are what API keys may use: at least one with APIKey, none without.
	UsagePlans []*UsagePlan
}

// LambdaAuthorizer asks a Lambda function about each request. Exactly one of Function, FunctionArn and AllowList is set.
type LambdaAuthorizer struct {
	// Function is an authorizer of your own, in this account and Region. It gets request events and answers with a policy.
	//
	// API Gateway keeps the answer under the Authorization header, the source address and, unless AllowMissingClientID is set, the client_id:
	// the answer must depend on nothing else. It is also used for all methods that the same values ask for. A policy for the event's methodArn
	// is right here, as there is one method; one written for another API, with a wildcard, allows what may be added later.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
	//
	// The access log has the principalId of its answer: a name of the client, not a secret, and of characters that need no escape in JSON.
	Function awslambda.IFunction
	// FunctionArn is the ARN of such a function that another app creates, in this account and Region.
	FunctionArn *string
	// AllowList makes a function that lets these clients and networks in. Not with HTTPProxyIntegration, which passes a body on that may name
	// another client than the one looked at.
	AllowList *AllowList
	// CacheTTL is how long API Gateway keeps an answer: whole seconds, up to an hour; 0 asks for every request. For as long a client that was
	// taken off an allow list still gets in. Default: 5 minutes.
	CacheTTL awscdk.Duration
}

// AllowList names who gets in. At least one of its lists is set. It is held in a Lambda function's environment of 4,096 bytes, enough for
// about 140 clients.
type AllowList struct {
	// ClientIDs are the ids of the app clients. A request's client_id must be that of its credentials. Default: any client.
	ClientIDs []*string
	// SourceNetworks are IPv4 and IPv6 networks in CIDR notation, as API Gateway sees them. Default: any network.
	SourceNetworks []*string
}

// IAMAuthorization takes requests signed with Signature Version 4 for execute-api. The signature takes the Authorization header, so that
// the client's credentials travel in another one, which is in the place of Authorization then: required, part of the cache key, and what
// Cognito gets as Authorization. The signature goes no further than the gateway. Not with HTTPProxyIntegration, which would pass the
// signature on.
type IAMAuthorization struct {
	// CredentialsHeader carries "Basic ...": x- and 1 to 62 letters, digits and '-', not x-amz... and not x-forwarded..., and not the origin
	// header. Default: x-client-authorization.
	CredentialsHeader *string
	// Callers are the ARNs of the IAM roles and users that may call; all others are denied, whatever their own policies allow. They must
	// exist. Those of other accounts need execute-api:Invoke in a policy of their own as well. Default: every principal of this account, or of
	// the accounts in ResourcePolicy, whose own policies allow it.
	Callers []*string
}

// UsagePlan limits what each of its API keys may use. API Gateway applies these limits on a best-effort basis.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
type UsagePlan struct {
	// Name is 1 to 64 letters, digits, '-' and '_'. Another name is another plan. Required.
	Name *string
	// QuotaPerDay, QuotaPerWeek and QuotaPerMonth are requests, answers from the cache included. At most one is set. Default: no quota.
	QuotaPerDay, QuotaPerWeek, QuotaPerMonth *float64
	// RatePerSecond and Burst throttle each key; the rate is at most that of the stage. Both or none are set. Default: the stage's throttle
	// alone.
	RatePerSecond, Burst *float64
}

// authorizationHeader is where credentials are unless a signature is there.
const authorizationHeader = "Authorization"

// isIAM, isLambda and isAPIKey can be asked of no authorization as well.
func (a *Authorization) isIAM() bool    { return a != nil && a.IAM != nil }
func (a *Authorization) isLambda() bool { return a != nil && a.Lambda != nil }
func (a *Authorization) isAPIKey() bool { return a != nil && a.APIKey != nil && *a.APIKey }

func (a *Authorization) methodType() awsapigateway.AuthorizationType {
	switch {
	case a.isIAM():
		return awsapigateway.AuthorizationType_IAM
	case a.isLambda():
		return awsapigateway.AuthorizationType_CUSTOM
	}
	return awsapigateway.AuthorizationType_NONE
}

// credentialsHeader is the header that carries the client's credentials, after the check.
func (a *Authorization) credentialsHeader() string {
	if a.isIAM() {
		return *a.IAM.CredentialsHeader
	}
	return authorizationHeader
}
