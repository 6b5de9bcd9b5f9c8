package token

import "strings"

// Event is what API Gateway asks a request authorizer with, as far as it matters here.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
type Event struct {
	MethodARN         string              `json:"methodArn"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	PathParameters    map[string]string   `json:"pathParameters"`
	RequestContext    RequestContext      `json:"requestContext"`
}

// RequestContext is what API Gateway itself knows of the request. The method and the resource's path are those of the identity sources.
type RequestContext struct {
	RequestID    string `json:"requestId"`
	HTTPMethod   string `json:"httpMethod"`
	ResourcePath string `json:"resourcePath"`
}

// authorization are all values of the Authorization header, whose name has no case.
func (e Event) authorization() []string {
	var multi, single []string
	for name, values := range e.MultiValueHeaders {
		if strings.EqualFold(name, "Authorization") {
			multi = append(multi, values...)
		}
	}
	for name, value := range e.Headers {
		if strings.EqualFold(name, "Authorization") {
			single = append(single, value)
		}
	}
	if len(multi) > 0 {
		return multi
	}
	return single
}

// bearer is the access token of the request. A second Authorization header is no token: which of the two API Gateway keeps the answer under is not
// documented. https://www.rfc-editor.org/rfc/rfc6750#section-2.1
func (e Event) bearer() (string, bool) {
	values := e.authorization()
	if len(values) != 1 {
		return "", false
	}
	scheme, token, found := strings.Cut(values[0], " ")
	return token, found && strings.EqualFold(scheme, "Bearer") && token != "" && !strings.ContainsAny(token, " \t\r\n,")
}

// Response is an authorizer's answer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
type Response struct {
	// PrincipalID is the client, or "denied" as long as nobody knows who it is.
	PrincipalID    string         `json:"principalId"`
	PolicyDocument PolicyDocument `json:"policyDocument"`
	// Context is what the integration gets as $context.authorizer.tenant, .clientId and .scopes, these separated by spaces. Only with an answer that allows.
	Context map[string]string `json:"context,omitempty"`
}

// PolicyDocument is an IAM policy.
type PolicyDocument struct {
	Version   string
	Statement []Statement
}

// Statement is one of its statements. Effect is Allow or Deny.
type Statement struct {
	Effect           string
	Action, Resource []string
}

func policy(effect, principal, resource string) Response {
	return Response{PrincipalID: principal, PolicyDocument: PolicyDocument{
		Version:   "2012-10-17",
		Statement: []Statement{{Effect: effect, Action: []string{"execute-api:Invoke"}, Resource: []string{resource}}},
	}}
}
