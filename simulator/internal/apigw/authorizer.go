package apigw

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
)

// Authorizer is the function of a Lambda authorizer. One of type REQUEST needs Request, one of type TOKEN needs Token.
type Authorizer struct {
	Request func(context.Context, events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error)
	Token   func(context.Context, events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error)
}

// authorizer is an AWS::ApiGateway::Authorizer.
type authorizer struct {
	function Authorizer
	verify   Verify // of an authorizer of type COGNITO_USER_POOLS, which has no function
	token    bool
	sources  []source
	valid    *regexp.Regexp // of a token; nil: every one
	ttl      time.Duration
	clock    func() time.Time

	mu      sync.Mutex
	results map[string]result // by the identity sources' values
}

type result struct {
	policy  *policy.Policy
	context map[string]any // what the function says of the caller
	expires time.Time
}

const (
	defaultResultTTL = 300.0
	maxResultTTL     = 3600.0
	// maxResults bounds what is kept. AWS documents no bound.
	maxResults = 10_000
)

// functionURI is the form of AuthorizerUri.
var functionURI = regexp.MustCompile(`^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(arn:[^/]+)/invocations$`)

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func newAuthorizer(where string, spec authorizerSpec, c Config) (*authorizer, error) {
	if spec.Type == byUserPool {
		return newPoolAuthorizer(where, spec, c)
	}
	a := &authorizer{clock: c.Clock, results: map[string]result{}}
	switch spec.Type {
	case "REQUEST":
	case "TOKEN":
		a.token = true
	default:
		return nil, fmt.Errorf("%s: Type %q is not supported: use REQUEST, TOKEN or COGNITO_USER_POOLS", where, spec.Type)
	}
	if len(spec.ProviderARNs) > 0 {
		return nil, fmt.Errorf("%s: ProviderARNs %q have no effect with Type %q", where, spec.ProviderARNs, spec.Type)
	}
	if err := a.readSettings(where, spec); err != nil {
		return nil, err
	}
	uri := functionURI.FindStringSubmatch(spec.AuthorizerUri)
	if uri == nil {
		return nil, fmt.Errorf("%s: AuthorizerUri %q is not supported: use the invocation of a Lambda function, "+
			"…:lambda:path/2015-03-31/functions/ARN/invocations", where, spec.AuthorizerUri)
	}
	if c.Authorizer == nil {
		return nil, fmt.Errorf("%s: there is nobody to run function %s", where, uri[1])
	}
	var err error
	if a.function, err = c.Authorizer(uri[1]); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	if a.token && a.function.Token == nil || !a.token && a.function.Request == nil {
		return nil, fmt.Errorf("%s: function %s takes no events of an authorizer of type %s", where, uri[1], spec.Type)
	}
	return a, nil
}

func (a *authorizer) readSettings(where string, spec authorizerSpec) error {
	ttl := defaultResultTTL
	if spec.AuthorizerResultTtlInSeconds != nil {
		ttl = *spec.AuthorizerResultTtlInSeconds
	}
	if ttl < 0 || ttl > maxResultTTL {
		return fmt.Errorf("%s: AuthorizerResultTtlInSeconds %v: allowed are 0 to %v", where, ttl, maxResultTTL)
	}
	a.ttl = time.Duration(ttl * float64(time.Second))
	for text := range strings.SplitSeq(spec.IdentitySource, ",") {
		if spec.IdentitySource == "" {
			break
		}
		found, err := parseIdentitySource(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%s: IdentitySource: %w", where, err)
		}
		a.sources = append(a.sources, found)
	}
	switch {
	case a.token && (len(a.sources) != 1 || a.sources[0].kind != fromHeader):
		return fmt.Errorf("%s: IdentitySource %q: an authorizer of type TOKEN has one header", where, spec.IdentitySource)
	case !a.token && a.ttl > 0 && len(a.sources) == 0:
		return fmt.Errorf("%s: IdentitySource is required while results are kept, for %s", where, a.ttl)
	case !a.token && spec.IdentityValidationExpression != "":
		return fmt.Errorf("%s: IdentityValidationExpression does not apply to an authorizer of type REQUEST", where)
	}
	if spec.IdentityValidationExpression != "" {
		valid, err := regexp.Compile("^(?:" + spec.IdentityValidationExpression + ")$")
		if err != nil {
			return fmt.Errorf("%s: IdentityValidationExpression %q: %w", where, spec.IdentityValidationExpression, err)
		}
		a.valid = valid
	}
	return nil
}

// contextSources are the context variables that an identity source may be.
var contextSources = []string{fromSourceIP, fromHTTPMethod, fromResourcePath, fromContextPath}

// parseIdentitySource knows what the mapping of parameters does, and some of the context.
func parseIdentitySource(text string) (source, error) {
	if slices.Contains(contextSources, text) {
		return source{text, ""}, nil
	}
	found, err := parseSource(text)
	if err != nil || found.kind == fromConstant || found.kind == fromResponseHeader {
		return source{}, fmt.Errorf("%q is not supported: use method.request.header.NAME, method.request.querystring.NAME, "+
			"method.request.path.NAME, stageVariables.NAME or one of %s", text, strings.Join(contextSources, ", "))
	}
	return found, nil
}

var unauthorized = &refusal{"UNAUTHORIZED", http.StatusUnauthorized, "Unauthorized"}

// askAuthorizer combines what the method's authorizer returns with what the resource policy says. A resource policy that denies spares the
// function; one that merely does not allow changes nothing when the function allows.
func (s *Stage) askAuthorizer(req *request, rt *route) *refusal {
	a, says := rt.authorizer, s.resourcePolicy(req, policy.Invoke)
	if says == policy.Deny {
		return req.denied(says)
	}
	key, ok := a.identity(req)
	if !ok {
		return unauthorized
	}
	found, ok := a.kept(key)
	if !ok {
		response, err := s.invoke(req, rt)
		if err != nil {
			// By this very message a function refuses to know the caller. Any other error is the authorizer's own.
			if err.Error() == "Unauthorized" {
				return unauthorized
			}
			return &refusal{"AUTHORIZER_CONFIGURATION_ERROR", http.StatusInternalServerError, "Internal server error"}
		}
		if found, err = newResult(response); err != nil {
			return &refusal{"AUTHORIZER_CONFIGURATION_ERROR", http.StatusInternalServerError, "Internal server error"}
		}
		a.keep(key, found)
	}
	req.authorizer = found.context
	req.log.principal, _ = found.context["principalId"].(string)
	// The policy is cached and evaluated for each request: a policy that names a single method refuses the others.
	outcome := sameAccount(found.policy.Evaluate(policy.Request{Action: policy.Invoke, Resource: req.methodARN}), says)
	if outcome != policy.Allow {
		return &refusal{"ACCESS_DENIED", http.StatusForbidden, "User is not authorized to access this resource" + explicitly(outcome)}
	}
	return nil
}
