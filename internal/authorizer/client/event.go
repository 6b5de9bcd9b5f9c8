package client

// Event is what API Gateway asks a request authorizer with, as far as a rule looks at it. It is defined here so that constructs can share this package's
// names without the dependencies of a Lambda function.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
type Event struct {
	MethodARN                       string              `json:"methodArn"`
	Headers                         map[string]string   `json:"headers"`
	MultiValueHeaders               map[string][]string `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string   `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string `json:"multiValueQueryStringParameters"`
	RequestContext                  RequestContext      `json:"requestContext"`
}

// RequestContext is what API Gateway itself knows of the request.
type RequestContext struct {
	RequestID string   `json:"requestId"`
	Identity  Identity `json:"identity"`
}

// Identity is where the request comes from.
type Identity struct {
	SourceIP string `json:"sourceIp"`
}

// Response is an authorizer's answer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
type Response struct {
	// PrincipalID is the client, "unlisted" when it does not look like one, or "denied".
	PrincipalID    string         `json:"principalId"`
	PolicyDocument PolicyDocument `json:"policyDocument"`
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

func policy(effect, principal, methodARN string) Response {
	return Response{PrincipalID: principal, PolicyDocument: PolicyDocument{
		Version:   "2012-10-17",
		Statement: []Statement{{Effect: effect, Action: []string{"execute-api:Invoke"}, Resource: []string{methodARN}}},
	}}
}
