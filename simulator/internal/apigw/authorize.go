package apigw

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/sigv4"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
)

// Caller is an IAM principal with an access key.
type Caller struct {
	Credentials aws.Credentials
	// ARN is the user's or the role's, Account the id in it.
	ARN, Account string
	// Invoke and InvalidateCache say whether its identity policies allow the action.
	Invoke, InvalidateCache bool
}

// Authorization types of a method.
const (
	withoutAuthorization = "NONE"
	byAuthorizer         = "CUSTOM"
	byIAM                = "AWS_IAM"
)

// refusal is what the gateway answers instead of going on.
type refusal struct {
	responseType string
	status       int
	message      string
}

// authorize decides as AWS documents for a resource policy together with each type of authorization, and then asks for the API key.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (s *Stage) authorize(req *request, rt *route) *refusal {
	var refused *refusal
	switch rt.authorization {
	case byIAM:
		refused = s.authenticate(req)
	case byAuthorizer:
		refused = s.askAuthorizer(req, rt)
	case byUserPool:
		if says := s.resourcePolicy(req, policy.Invoke); says == policy.Deny {
			return req.denied(says)
		}
		refused = s.askPool(req, rt)
	default:
		if says := s.resourcePolicy(req, policy.Invoke); says != policy.Allow && s.policy != nil {
			refused = req.denied(says)
		}
	}
	// Until a private API has a resource policy, all calls fail.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
	if refused == nil && s.private && s.policy == nil {
		refused = req.denied(policy.Silent)
	}
	if refused == nil && rt.keyRequired {
		refused = s.useKey(req)
	}
	return refused
}

// resourcePolicy is what the API's resource policy says to the request; without a policy it is silent.
func (s *Stage) resourcePolicy(req *request, action string) policy.Outcome {
	if s.policy == nil {
		return policy.Silent
	}
	asked := policy.Request{Action: action, Resource: req.methodARN, SourceIP: req.arrival.SourceIP, VPCEndpoint: req.arrival.VPCEndpoint}
	if req.caller != nil {
		asked.Caller = &policy.Caller{ARN: req.caller.ARN, Account: req.caller.Account}
	}
	return s.policy.Evaluate(asked)
}

// sameAccount is AWS's table A: one of the two has to allow, none to deny.
func sameAccount(a, b policy.Outcome) policy.Outcome {
	if a == policy.Silent || b == policy.Deny {
		return b
	}
	return a
}

// crossAccount is AWS's table B: both have to allow.
func crossAccount(a, b policy.Outcome) policy.Outcome {
	switch {
	case a == policy.Deny || b == policy.Deny:
		return policy.Deny
	case a == policy.Allow && b == policy.Allow:
		return policy.Allow
	}
	return policy.Silent
}

// authenticate verifies the signature, and evaluates the caller's permissions together with the resource policy.
func (s *Stage) authenticate(req *request) *refusal {
	id, err := s.verifier.Verify(req.http, req.body, s.config.Clock())
	switch {
	case errors.Is(err, sigv4.ErrUnsigned):
		return &refusal{"MISSING_AUTHENTICATION_TOKEN", http.StatusForbidden, "Missing Authentication Token"}
	case err != nil:
		// AWS documents one type for a bad signature, and none for an unknown key or an incomplete header.
		return &refusal{"INVALID_SIGNATURE", http.StatusForbidden, err.Error()}
	}
	caller := s.callers[id]
	req.caller, req.log.userARN = &caller, caller.ARN
	if outcome := s.permitted(req, policy.Invoke); outcome != policy.Allow {
		return req.denied(outcome)
	}
	return nil
}

// permitted combines the identity policies of the caller, who may be nobody, with the resource policy.
func (s *Stage) permitted(req *request, action string) policy.Outcome {
	identity := policy.Silent
	if c := req.caller; c != nil && (action == policy.Invoke && c.Invoke || action == policy.InvalidateCache && c.InvalidateCache) {
		identity = policy.Allow
	}
	if req.caller != nil && req.caller.Account != s.config.AccountID {
		return crossAccount(identity, s.resourcePolicy(req, action))
	}
	return sameAccount(identity, s.resourcePolicy(req, action))
}

// mayInvalidate says whether the request may pass the cache by. It takes authorization, which API Gateway requires unless somebody changes
// a setting that CloudFormation does not have. Whether a resource policy that allows it to everyone is enough is not documented: here it
// is.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
func (s *Stage) mayInvalidate(req *request) bool {
	// Cross-account cache invalidation is not supported.
	if req.caller != nil && req.caller.Account != s.config.AccountID {
		return false
	}
	return s.permitted(req, policy.InvalidateCache) == policy.Allow
}

func (r *request) denied(outcome policy.Outcome) *refusal {
	user := "anonymous"
	if r.caller != nil {
		user = r.caller.ARN
	}
	message := "User: " + user + " is not authorized to perform: " + policy.Invoke + " on resource: " + r.methodARN
	return &refusal{"ACCESS_DENIED", http.StatusForbidden, message + explicitly(outcome)}
}

func explicitly(outcome policy.Outcome) string {
	if outcome == policy.Deny {
		return " with an explicit deny"
	}
	return ""
}

// useKey counts the request with its API key.
func (s *Stage) useKey(req *request) *refusal {
	verdict := usageplan.Unknown
	if s.config.Keys != nil {
		req.log.apiKeyID, verdict = s.config.Keys.Use(strings.TrimSpace(req.http.Header.Get("X-Api-Key")), s.APIID, s.Name)
	}
	switch verdict {
	case usageplan.Unknown:
		return &refusal{"INVALID_API_KEY", http.StatusForbidden, "Forbidden"}
	case usageplan.Throttled:
		return &refusal{"THROTTLED", http.StatusTooManyRequests, "Too Many Requests"}
	case usageplan.QuotaExceeded:
		return &refusal{"QUOTA_EXCEEDED", http.StatusTooManyRequests, "Limit Exceeded"}
	}
	return nil
}
