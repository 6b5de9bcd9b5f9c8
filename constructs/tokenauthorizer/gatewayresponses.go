package tokenauthorizer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// AddGatewayResponses gives a REST API's answers to requests that did not pass the challenge that RFC 6750 section 3 requires in
// WWW-Authenticate: 401 for a missing or bad token, 403 with insufficient_scope for one that does not suffice. Which of the two is
// wrong with a token API Gateway does not tell, so 401 has no error code, as section 3.1 requires for a request without a token.
//
// realm names what is protected: 1 to 64 letters, digits, spaces and ._/:-. Another one is a programmer's error and panics.
//
// Not needed for HTTP APIs, which bring a challenge of their own.
func AddGatewayResponses(api awsapigateway.RestApi, realm string) {
	if api == nil {
		panic("tokenauthorizer: AddGatewayResponses needs an API")
	}
	if err := awslimits.Realm(realm); err != nil {
		panic("tokenauthorizer: " + err.Error())
	}
	add := func(id string, responseType awsapigateway.ResponseType, status, challenge string) {
		api.AddGatewayResponse(jsii.String(id), &awsapigateway.GatewayResponseOptions{
			Type:       responseType,
			StatusCode: jsii.String(status),
			ResponseHeaders: &map[string]*string{
				"WWW-Authenticate": jsii.String("'" + challenge + "'"),
				"Cache-Control":    jsii.String("'no-store'"),
			},
			Templates: &map[string]*string{"application/json": jsii.String(`{"message":$context.error.messageString}`)},
		})
	}
	bearer := `Bearer realm="` + realm + `"`
	add("TokenMissing", awsapigateway.ResponseType_UNAUTHORIZED(), "401", bearer)
	add("TokenInsufficient", awsapigateway.ResponseType_ACCESS_DENIED(), "403", bearer+`, error="insufficient_scope"`)
}
