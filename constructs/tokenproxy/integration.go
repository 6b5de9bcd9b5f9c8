package tokenproxy

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
)

const (
	authorization = requestHeader + authorizationHeader
	requestHeader = "method.request.header."
	scope         = "method.request.querystring.scope"
	clientID      = "method.request.querystring.client_id"
)

// keyParameters are what a request must have, the cache key, and all that Cognito gets of the request.
func (s *settings) keyParameters() []string {
	keys := []string{s.credentials(), scope}
	if s.clientIDRequired() {
		keys = append(keys, clientID)
	}
	return keys
}

func (s *settings) clientIDRequired() bool {
	return s.AllowMissingClientID == nil || !*s.AllowMissingClientID
}

// credentials is the parameter that holds the client's credentials.
func (s *settings) credentials() string {
	return requestHeader + s.Authorization.credentialsHeader()
}

func (s *settings) newIntegration() awsapigateway.Integration {
	options := &awsapigateway.IntegrationOptions{
		CacheKeyParameters: jsii.Strings(s.keyParameters()...),
		RequestParameters: &map[string]*string{
			"integration.request.header." + *s.OriginHeader.HeaderName(): jsii.String("stageVariables." + originheader.StageVariable),
		},
	}
	isProxy := s.Integration == HTTPProxyIntegration
	if !isProxy {
		s.makeCanonical(options)
	}
	return awsapigateway.NewHttpIntegration(s.Pool.TokenURL(), &awsapigateway.HttpIntegrationProps{
		HttpMethod: jsii.String("POST"),
		Proxy:      jsii.Bool(isProxy),
		Options:    options,
	})
}

// makeCanonical rebuilds the upstream request from the cache key and maps each of Cognito's answers on its own.
func (s *settings) makeCanonical(options *awsapigateway.IntegrationOptions) {
	parameters := *options.RequestParameters
	parameters["integration.request.header."+authorizationHeader] = jsii.String(s.credentials())
	parameters["integration.request.header.Content-Type"] = jsii.String("'application/x-www-form-urlencoded'")

	body := "grant_type=client_credentials"
	if s.clientIDRequired() {
		body += "&client_id=$util.urlEncode($input.params().querystring.get('client_id'))"
	}
	body += "&scope=$util.urlEncode($input.params().querystring.get('scope'))"
	templates := map[string]*string{}
	for _, contentType := range requestContentTypes {
		templates[contentType] = jsii.String(body)
	}
	options.RequestTemplates = &templates
	options.PassthroughBehavior = awsapigateway.PassthroughBehavior_NEVER
	options.IntegrationResponses = integrationResponses(s.ttl)
}

// requestContentTypes are what token clients send; a request of another type is answered 415. API Gateway takes a request without a type
// for application/json. Whether it compares parameters such as charset is not documented, so the usual spellings are listed.
var requestContentTypes = []string{
	"application/json",
	"application/x-www-form-urlencoded",
	"application/x-www-form-urlencoded;charset=utf-8",
	"application/x-www-form-urlencoded;charset=UTF-8",
	"application/x-www-form-urlencoded; charset=utf-8",
	"application/x-www-form-urlencoded; charset=UTF-8",
}

// integrationResponses map Cognito's statuses. There is one response for each status of ours, as API Gateway keeps no more, and the one
// without a selection pattern takes every status not named: 5xx and whatever else may come becomes a 502, never a 200.
//
// 400 and 401 carry Cognito's RFC 6749 body unchanged. 403 can only be the web ACL's, for which no client can do anything: 503. 404 and 408
// cannot be the client's doing either, which chooses neither the path nor the pace, and are a 502. Any other 4xx may be, by a header that
// is too long, say; as a 502 from the cache it would be taken for a failure of Cognito that is over, and the whole cache be flushed for it.
// It has a status of its own since its body need not be RFC 6749's.
func integrationResponses(ttl time.Duration) *[]*awsapigateway.IntegrationResponse {
	return &[]*awsapigateway.IntegrationResponse{
		integrationResponse("200", "200", tokenBody(ttl)),
		integrationResponse("400", "400", ""),
		integrationResponse("401", "401", ""),
		integrationResponse("422", otherRefusals, oauthError("invalid_request", "The token service cannot process the request.")),
		integrationResponse("429", "429", oauthError("temporarily_unavailable", "The token service is busy. Retry later.")),
		integrationResponse("503", "403", oauthError("temporarily_unavailable", "The token service refused the gateway. Retry later.")),
		integrationResponse("502", "", oauthError("server_error", "The token service failed. Retry later.")),
	}
}

// otherRefusals are all 4xx but 400, 401, 403, 404, 408 and 429.
const otherRefusals = "4(0[25679]|1[0-9]|2[0-8]|[3-9][0-9])"

func integrationResponse(status, selectionPattern, template string) *awsapigateway.IntegrationResponse {
	response := &awsapigateway.IntegrationResponse{
		StatusCode: jsii.String(status),
		ResponseParameters: &map[string]*string{
			"method.response.header.Cache-Control": jsii.String("'no-store'"),
			"method.response.header.Pragma":        jsii.String("'no-cache'"),
		},
	}
	if selectionPattern != "" {
		response.SelectionPattern = jsii.String(selectionPattern)
	}
	if template != "" {
		response.ResponseTemplates = &map[string]*string{"application/json": jsii.String(template)}
	}
	return response
}

// tokenBody is Cognito's token response with expires_in lowered by the cache TTL. A token from the cache is up to that old, so the number
// is a lower bound that holds on a hit and on a miss, whether API Gateway caches before or after this mapping. It is 0, which tells the
// client to use the token for nothing but the request at hand, where no bound is known: while a deployment raises the TTL before the
// validity, or should Cognito ever send something that cannot be subtracted from.
func tokenBody(ttl time.Duration) string {
	return fmt.Sprintf(`#set($token = $input.path('$'))
#set($expiresIn = $token.expires_in - %d)
#if(!$expiresIn || $expiresIn < 0)#set($expiresIn = 0)#end
{"access_token":"$token.access_token","expires_in":$expiresIn,"token_type":"$token.token_type"}`, int(ttl.Seconds()))
}

func oauthError(code, description string) string {
	return fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description)
}

func (s *settings) methodOptions(validator awsapigateway.IRequestValidator) *awsapigateway.MethodOptions {
	required := map[string]*bool{}
	for _, parameter := range s.keyParameters() {
		required[parameter] = jsii.Bool(true)
	}
	options := &awsapigateway.MethodOptions{
		AuthorizationType: s.Authorization.methodType(),
		RequestParameters: &required,
		RequestValidator:  validator,
	}
	if s.Authorization.isAPIKey() {
		options.ApiKeyRequired = jsii.Bool(true)
	}
	if s.Integration == HTTPProxyIntegration {
		return options
	}
	var responses []*awsapigateway.MethodResponse
	for _, r := range *integrationResponses(s.ttl) {
		responses = append(responses, &awsapigateway.MethodResponse{
			StatusCode: r.StatusCode,
			ResponseParameters: &map[string]*bool{
				"method.response.header.Cache-Control": jsii.Bool(true),
				"method.response.header.Pragma":        jsii.Bool(true),
			},
		})
	}
	options.MethodResponses = &responses
	return options
}
