// Package authorizer is what the Lambda authorizers of REST APIs have in common: their requests, of type REQUEST, and their answers.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
package authorizer

import (
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

type (
	// Event is a request that an authorizer decides about.
	Event = events.APIGatewayCustomAuthorizerRequestTypeRequest
	// Response is the answer of an authorizer.
	Response = events.APIGatewayCustomAuthorizerResponse
)

var (
	// ErrUnauthorized is the error that API Gateway answers with 401. API Gateway compares the text.
	ErrUnauthorized = errors.New("Unauthorized")
	// ErrNoMethod refuses an event that names no method, so that there is no policy for it. API Gateway answers 500.
	ErrNoMethod = errors.New("the event names no method: use a request event of an API Gateway REST API")
)

// Policy returns an answer that allows or denies a principal the methods of one resource. The effect is Allow or Deny.
func Policy(effect, principal, resource string) Response {
	return Response{PrincipalID: principal, PolicyDocument: events.APIGatewayCustomAuthorizerPolicy{
		Version:   "2012-10-17",
		Statement: []events.IAMPolicyStatement{{Effect: effect, Action: []string{"execute-api:Invoke"}, Resource: []string{resource}}},
	}}
}

// Authorization returns all values of the Authorization header. API Gateway passes on names of headers as the client wrote them, so
// their case does not matter here.
func Authorization(event Event) []string {
	var multi, single []string
	for name, values := range event.MultiValueHeaders {
		if strings.EqualFold(name, "Authorization") {
			multi = append(multi, values...)
		}
	}
	for name, value := range event.Headers {
		if strings.EqualFold(name, "Authorization") {
			single = append(single, value)
		}
	}
	if len(multi) > 0 {
		return multi
	}
	return single
}
