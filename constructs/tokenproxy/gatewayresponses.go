package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"
)

// addGatewayResponses gives every answer that the gateway itself makes the form of RFC 6749 section 5.2, as token clients parse no other.
func addGatewayResponses(api awsapigateway.RestApi, authorization *Authorization) {
	withHeader := func(id string, responseType awsapigateway.ResponseType, status *string, template string, headers map[string]*string) {
		headers["Cache-Control"], headers["Pragma"] = jsii.String("'no-store'"), jsii.String("'no-cache'")
		api.AddGatewayResponse(jsii.String(id), &awsapigateway.GatewayResponseOptions{
			Type:            responseType,
			StatusCode:      status,
			ResponseHeaders: &headers,
			Templates:       &map[string]*string{"application/json": jsii.String(template)},
		})
	}
	add := func(id string, responseType awsapigateway.ResponseType, status *string, template string) {
		withHeader(id, responseType, status, template, map[string]*string{})
	}
	// A response type is one of API Gateway's own words; its message may hold a character that must be escaped in JSON, or be missing.
	add("Default4xx", awsapigateway.ResponseType_DEFAULT_4XX(), nil, oauthError("invalid_request", "$context.error.responseType"))
	add("Default5xx", awsapigateway.ResponseType_DEFAULT_5XX(), nil, oauthError("server_error", "The token gateway failed. Retry later."))
	add("BadRequestParameters", awsapigateway.ResponseType_BAD_REQUEST_PARAMETERS(), jsii.String("400"),
		`{"error":"invalid_request","error_description":$context.error.messageString}`)
	add("UnsupportedMediaType", awsapigateway.ResponseType_UNSUPPORTED_MEDIA_TYPE(), jsii.String("415"),
		oauthError("invalid_request", "Send the request as application/x-www-form-urlencoded."))
	// API Gateway's type for a path or method that the API does not have, and for a request that is not signed where it must be.
	notServed, only := "404", "Only POST of /oauth2/token is served."
	if authorization.isIAM() {
		notServed, only = "403", "Only POST of /oauth2/token is served, and only with AWS Signature Version 4."
	}
	add("NotServed", awsapigateway.ResponseType_MISSING_AUTHENTICATION_TOKEN(), jsii.String(notServed), oauthError("invalid_request", only))
	add("Throttled", awsapigateway.ResponseType_THROTTLED(), jsii.String("429"),
		oauthError("temporarily_unavailable", "Too many requests. Use the token again until it expires, and retry later."))
	add("QuotaExceeded", awsapigateway.ResponseType_QUOTA_EXCEEDED(), jsii.String("429"),
		oauthError("temporarily_unavailable", "The request quota is used up. Retry later."))
	add("AccessDenied", awsapigateway.ResponseType_ACCESS_DENIED(), jsii.String("403"),
		oauthError("access_denied", "The request is not allowed."))
	add("WafFiltered", awsapigateway.ResponseType_WAF_FILTERED(), jsii.String("403"),
		oauthError("access_denied", "The request is not allowed."))
	switch {
	case authorization.isLambda():
		// A request that lacks an identity source of the authorizer. RFC 6749 section 5.2 requires the name of the scheme.
		withHeader("Unauthorized", awsapigateway.ResponseType_UNAUTHORIZED(), jsii.String("401"),
			oauthError("invalid_client", "Send the client's credentials as HTTP Basic authorization, and client_id in the query."),
			map[string]*string{"WWW-Authenticate": jsii.String("'Basic'")})
	case authorization.isIAM():
		add("InvalidSignature", awsapigateway.ResponseType_INVALID_SIGNATURE(), jsii.String("403"),
			oauthError("access_denied", "The AWS signature of the request is not valid."))
		add("ExpiredToken", awsapigateway.ResponseType_EXPIRED_TOKEN(), jsii.String("403"),
			oauthError("access_denied", "The AWS credentials of the request have expired."))
	case authorization.isAPIKey():
		add("InvalidApiKey", awsapigateway.ResponseType_INVALID_API_KEY(), jsii.String("403"),
			oauthError("access_denied", "Send a valid API key in the header x-api-key."))
	}
}
