package apigw

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// Function is the Lambda function behind a method with an integration of type AWS_PROXY.
type Function func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error)

// functionOf finds the function that an integration of type AWS_PROXY invokes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
func (b *builder) functionOf(where string, spec integrationSpec) (Function, error) {
	uri := functionURI.FindStringSubmatch(spec.Uri)
	switch {
	case uri == nil:
		return nil, fmt.Errorf("%s: Integration.Uri %q is not supported with type AWS_PROXY: use the invocation of a Lambda function, "+
			"…:lambda:path/2015-03-31/functions/ARN/invocations", where, spec.Uri)
	case spec.IntegrationHttpMethod != http.MethodPost:
		return nil, fmt.Errorf("%s: Integration.IntegrationHttpMethod %q: Lambda functions are invoked by POST", where,
			spec.IntegrationHttpMethod)
	case len(spec.RequestParameters)+len(spec.RequestTemplates)+len(spec.IntegrationResponses) > 0:
		return nil, fmt.Errorf("%s: Integration: nothing is mapped with type AWS_PROXY: leave out RequestParameters, RequestTemplates and "+
			"IntegrationResponses", where)
	case b.config.Function == nil:
		return nil, fmt.Errorf("%s: there is nobody to run function %s", where, uri[1])
	}
	function, err := b.config.Function(uri[1])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	return function, nil
}

// askFunction runs the function. Whatever is wrong with its answer is answered 502.
func (s *Stage) askFunction(req *request, rt *route) (answer, refusal *Answer) {
	began := s.config.Clock()
	response, err := run(req.http.Context(), rt.function, s.proxyEvent(req, rt))
	if err == nil {
		answer, err = proxyAnswer(response)
	}
	if err != nil {
		return nil, s.refuse(req, "DEFAULT_5XX", http.StatusBadGateway, "Internal server error")
	}
	req.log.integrationStatus, req.log.integrationLatency = answer.Status, s.config.Clock().Sub(began)
	return answer, nil
}

func run(ctx context.Context, f Function, event events.APIGatewayProxyRequest) (response events.APIGatewayProxyResponse, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the function panicked: %v", cause)
		}
	}()
	return f(ctx, event)
}

func (s *Stage) proxyEvent(req *request, rt *route) events.APIGatewayProxyRequest {
	event := events.APIGatewayProxyRequest{
		Resource: rt.path, Path: req.arrival.BasePath + req.arrival.Path, HTTPMethod: req.http.Method, PathParameters: req.parameters,
		StageVariables: req.variables,
		Headers:        map[string]string{"Host": req.http.Host}, MultiValueHeaders: map[string][]string{"Host": {req.http.Host}},
		RequestContext: events.APIGatewayProxyRequestContext{
			AccountID: s.config.AccountID, ResourceID: rt.resourceID, Stage: s.Name, DomainName: req.http.Host, RequestID: req.log.requestID,
			Protocol:     req.http.Proto,
			ResourcePath: rt.path, Path: req.http.URL.Path, HTTPMethod: req.http.Method, APIID: s.APIID, Authorizer: req.authorizer,
			Identity:         events.APIGatewayRequestIdentity{SourceIP: req.arrival.SourceIP.String(), UserAgent: req.http.UserAgent()},
			RequestTimeEpoch: req.log.began.UnixMilli(),
		},
	}
	for name, values := range req.http.Header {
		event.Headers[name], event.MultiValueHeaders[name] = last(values), values
	}
	for name, values := range req.query {
		if event.QueryStringParameters == nil {
			event.QueryStringParameters, event.MultiValueQueryStringParameters = map[string]string{}, map[string][]string{}
		}
		event.QueryStringParameters[name], event.MultiValueQueryStringParameters[name] = last(values), values
	}
	event.Body = string(req.body)
	if !utf8.Valid(req.body) {
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString(req.body), true
	}
	return event
}

func proxyAnswer(response events.APIGatewayProxyResponse) (*Answer, error) {
	if response.StatusCode < 100 || response.StatusCode > 599 {
		return nil, errors.New("the function's answer has no statusCode")
	}
	answer := &Answer{Status: response.StatusCode, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(response.Body)}
	for name, value := range response.Headers {
		answer.Header.Set(name, value)
	}
	for name, values := range response.MultiValueHeaders {
		answer.Header[http.CanonicalHeaderKey(name)] = values
	}
	if response.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(response.Body)
		if err != nil {
			return nil, err
		}
		answer.Body = body
	}
	return answer, nil
}
